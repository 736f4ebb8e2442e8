import Columnar

enum Transport: UInt8, Sendable {
  case icmp = 1
  case tcp = 6
  case udp = 17

  /// Bytes of IP and transport headers in a packet.
  var headerBytes: Int64 { self == .tcp ? 40 : 28 }
}

/// How a conversation went.
enum Outcome: UInt8, Sendable {
  case complete
  /// Ended by a reset of the originator, the responder.
  case aborted, reset
  /// Refused at once; never answered.
  case rejected, unanswered

  var isFailure: Bool { self == .rejected || self == .unanswered }
}

/// What Zeek would recognise.
enum Service: UInt8, Sendable {
  case none, tls, http, dns, smb, kerberos, ldap, smtp, ssh, snmp, ntp, rdp, sip

  var name: String {
    switch self {
    case .none: "-"
    case .tls: "ssl"
    case .http: "http"
    case .dns: "dns"
    case .smb: "gssapi,smb"
    case .kerberos: "krb_tcp"
    case .ldap: "ldap_tcp"
    case .smtp: "smtp"
    case .ssh: "ssh"
    case .snmp: "snmp"
    case .ntp: "ntp"
    case .rdp: "rdp"
    case .sip: "sip"
    }
  }
}

/// One exchange between two addresses, as it was on the wire. Exporters tell it their own way.
struct Conversation: Sendable {
  var start: Instant
  var durationMicroseconds: Int64
  let client: UInt32
  let server: UInt32
  let clientPort: UInt16
  /// For ICMP the type.
  let serverPort: UInt16
  let transport: Transport
  var outcome: Outcome
  let service: Service
  /// Application bytes and packets, what the client sent and what the server sent.
  var payloadSent: Int64
  var payloadReceived: Int64
  var packetsSent: Int64
  var packetsReceived: Int64
  let roundTripMicroseconds: Int32
  /// Of the day's DNS questions.
  let question: Int32?
  /// Of the plan's attacks; of what is exported, whether it signs somebody in depends on it alone.
  let attack: Int32?

  var end: Instant { start.advanced(byMicroseconds: durationMicroseconds) }

  /// With IP and transport headers; SYNs carry 12 bytes of options.
  var bytesSent: Int64 { bytes(payloadSent, packetsSent) }
  var bytesReceived: Int64 { bytes(payloadReceived, packetsReceived) }

  private func bytes(_ payload: Int64, _ packets: Int64) -> Int64 {
    let options: Int64 = transport == .tcp && packets > 0 && outcome != .rejected ? 12 : 0
    return packets == 0 ? 0 : payload + packets * transport.headerBytes + options
  }
}

struct DNSQuestion: Sendable {
  enum Kind: UInt16, Sendable {
    case a = 1
    case ptr = 12
    case txt = 16
    case aaaa = 28

    var name: String {
      switch self {
      case .a: "A"
      case .ptr: "PTR"
      case .txt: "TXT"
      case .aaaa: "AAAA"
      }
    }
  }

  let name: String
  let kind: Kind
  let exists: Bool
  /// Already in the exporter's form; empty for none.
  let answers: [String]
  let timeToLive: Double
}
