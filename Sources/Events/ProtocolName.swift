/// The IANA name of the protocols that firms see; a number otherwise.
package func protocolName(_ number: UInt8) -> String {
  switch number {
  case 1: "icmp"
  case 6: "tcp"
  case 17: "udp"
  case 47: "gre"
  case 50: "esp"
  case 58: "icmp6"
  default: "ip-\(number)"
  }
}
