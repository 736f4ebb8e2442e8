/// One conversation as it is written: what was added up, and the row of its first record, from
/// which the other columns are taken. Counters are `Counter.unknown` where no record had one.
struct Conversation {
  var start: Int64
  var end: Int64
  var sourceBytes: Int64
  var destinationBytes: Int64
  var sourcePackets: Int64
  var destinationPackets: Int64
  var networkBytes: Int64
  var first: RowReference
  /// A hash of both ends, whichever began, and the protocol.
  var tuple: UInt64
  var recordCount: UInt32
  var tcpFlags: UInt8
  var marks: Marks

  struct Marks: OptionSet {
    let rawValue: UInt8
    /// The originator is the destination of the first record.
    static let isTurned = Marks(rawValue: 1)
    static let isDirectionKnown = Marks(rawValue: 1 << 1)
    static let hasEnd = Marks(rawValue: 1 << 2)
    static let hasTCPFlags = Marks(rawValue: 1 << 3)
    /// Its ports, if any, are no ports and stay where they are.
    static let isICMP = Marks(rawValue: 1 << 4)
  }
}

extension Conversation {
  /// A record that is a conversation by itself.
  init(_ record: FlowRecord) {
    var marks: Marks = []
    if !record.marks.contains(.isDirectionUnknown) { marks.insert(.isDirectionKnown) }
    if record.marks.contains(.hasEnd) { marks.insert(.hasEnd) }
    if record.marks.contains(.hasTCPFlags) { marks.insert(.hasTCPFlags) }
    if record.marks.contains(.isICMP) { marks.insert(.isICMP) }
    self.init(
      start: record.start, end: record.end, sourceBytes: record.senderBytes,
      destinationBytes: record.receiverBytes, sourcePackets: record.senderPackets,
      destinationPackets: record.receiverPackets, networkBytes: record.networkBytes,
      first: record.place,
      tuple: record.key.hashWithoutSource, recordCount: 1, tcpFlags: record.tcpFlags, marks: marks)
  }
}
