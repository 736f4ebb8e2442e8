/// One row as read, with what pairing needs of it. Counters are `Counter.unknown` where the row
/// has none.
struct FlowRecord {
  var key: ConversationKey
  var hash: UInt64
  /// Microseconds since 1970.
  var start: Int64
  var end: Int64
  var senderBytes: Int64
  var receiverBytes: Int64
  var senderPackets: Int64
  var receiverPackets: Int64
  var networkBytes: Int64
  var place: RowReference
  var tcpFlags: UInt8
  var marks: Marks

  struct Marks: OptionSet {
    let rawValue: UInt16
    /// The sender is the key's second end.
    static let isFromSecond = Marks(rawValue: 1)
    static let hasEnd = Marks(rawValue: 1 << 1)
    static let hasTCPFlags = Marks(rawValue: 1 << 2)
    /// May be one of several records of its conversation.
    static let isJoined = Marks(rawValue: 1 << 3)
    /// The record itself says who the originator is.
    static let isBiflow = Marks(rawValue: 1 << 4)
    /// The record itself says that the originator isn't known.
    static let isDirectionUnknown = Marks(rawValue: 1 << 5)
    static let isICMP = Marks(rawValue: 1 << 6)
    /// An ICMP message that asks, such as an echo request.
    static let isRequest = Marks(rawValue: 1 << 7)
    /// An ICMP message that answers.
    static let isReply = Marks(rawValue: 1 << 8)
    static let isTCP = Marks(rawValue: 1 << 9)
    static let hasPorts = Marks(rawValue: 1 << 10)
  }

  /// 0 or 1: which end of the key sent it.
  @inline(__always) var side: Int { marks.contains(.isFromSecond) ? 1 : 0 }

  /// Whether it has seen a TCP handshake's first segment.
  @inline(__always) var hasHandshake: Bool {
    marks.contains(.hasTCPFlags) && tcpFlags & TCPFlags.syn != 0
  }
}

enum TCPFlags {
  static let fin: UInt8 = 1
  static let syn: UInt8 = 2
  static let rst: UInt8 = 4
  static let ack: UInt8 = 16
}
