import Columnar

extension Network {
  /// Private, link-local, loopback, multicast and other addresses that are nobody's on the Internet
  /// (IANA's registries of special-purpose addresses).
  package static let reserved = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
  ].compactMap { Network($0) }
}

extension Address {
  /// Whether it may be somebody's on the Internet.
  package var isPublic: Bool { !Network.reserved.contains { $0.contains(self) } }
}
