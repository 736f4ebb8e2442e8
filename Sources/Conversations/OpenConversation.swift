/// A conversation that further records may join.
struct OpenConversation {
  let key: ConversationKey
  let hash: UInt64
  /// All records so far.
  var run: RecordRun
  /// The records that the next day sees too: both days judge rows after midnight by these alone.
  var lateRun = RecordRun()
  /// Start of the first record, and the latest end.
  private(set) var start: Int64
  private(set) var end: Int64
  /// By end of the key: what it sent, and when it first did (`Int64.max` if it didn't).
  private(set) var bytes: (Int64, Int64) = (Counter.unknown, Counter.unknown)
  private(set) var packets: (Int64, Int64) = (Counter.unknown, Counter.unknown)
  private(set) var firstStart: (Int64, Int64) = (Int64.max, Int64.max)
  private(set) var tcpFlags: (UInt8, UInt8) = (0, 0)
  private(set) var networkBytes = Counter.unknown
  private(set) var first: RowReference
  private(set) var recordCount: UInt32 = 0
  private(set) var marks: FlowRecord.Marks
  /// The originator as known from the part of the conversation that belongs to the day before.
  private(set) var inheritedOriginator: Originator?
  /// Written already; its place in the table is free.
  var isClosed = false

  init(_ record: FlowRecord, inheriting originator: Originator? = nil) {
    key = record.key
    hash = record.hash
    run = RecordRun(record)
    start = record.start
    end = record.end
    first = record.place
    marks = record.marks
    inheritedOriginator = originator
    count(record)
  }

  mutating func add(_ record: FlowRecord) {
    run.add(record)
    end = max(end, record.end)
    if record.marks.contains(.hasEnd) { marks.insert(.hasEnd) }
    if record.marks.contains(.hasTCPFlags) { marks.insert(.hasTCPFlags) }
    count(record)
  }

  /// The conversation that goes on with `record` on the next day.
  func resumed(with record: FlowRecord, gap: Int64) -> OpenConversation {
    var next = OpenConversation(record, inheriting: originator(beginsUnseen: true))
    next.run = run.followed(by: record, gap: gap)
    return next
  }

  private mutating func count(_ record: FlowRecord) {
    recordCount &+= 1
    networkBytes = Counter.sum(networkBytes, record.networkBytes)
    if record.side == 0 {
      bytes.0 = Counter.sum(bytes.0, record.senderBytes)
      bytes.1 = Counter.sum(bytes.1, record.receiverBytes)
      packets.0 = Counter.sum(packets.0, record.senderPackets)
      packets.1 = Counter.sum(packets.1, record.receiverPackets)
      firstStart.0 = min(firstStart.0, record.start)
      tcpFlags.0 |= record.tcpFlags
    } else {
      bytes.1 = Counter.sum(bytes.1, record.senderBytes)
      bytes.0 = Counter.sum(bytes.0, record.receiverBytes)
      packets.1 = Counter.sum(packets.1, record.senderPackets)
      packets.0 = Counter.sum(packets.0, record.receiverPackets)
      firstStart.1 = min(firstStart.1, record.start)
      tcpFlags.1 |= record.tcpFlags
    }
  }

  /// The conversation as far as it is known.
  func closed() -> Conversation {
    let originator = originator()
    var written: Conversation.Marks = []
    let firstSender: Int8 = marks.contains(.isFromSecond) ? 1 : 0
    if originator.side != firstSender { written.insert(.isTurned) }
    if originator.isKnown { written.insert(.isDirectionKnown) }
    if marks.contains(.hasEnd) { written.insert(.hasEnd) }
    if marks.contains(.hasTCPFlags) { written.insert(.hasTCPFlags) }
    if marks.contains(.isICMP) { written.insert(.isICMP) }
    var sides = (bytes, packets)
    if !marks.contains(.isBiflow) { countSilence(originator, &sides.0, &sides.1) }
    let fromFirst = originator.side == 0
    return Conversation(
      start: start, end: end,
      sourceBytes: fromFirst ? sides.0.0 : sides.0.1,
      destinationBytes: fromFirst ? sides.0.1 : sides.0.0,
      sourcePackets: fromFirst ? sides.1.0 : sides.1.1,
      destinationPackets: fromFirst ? sides.1.1 : sides.1.0,
      networkBytes: networkBytes, first: first, tuple: key.hashWithoutSource,
      recordCount: recordCount,
      tcpFlags: tcpFlags.0 | tcpFlags.1, marks: written)
  }

  /// An originator whose one-way records had no answer was answered with nothing: zero, not
  /// unknown. An originator of whom only the answers were seen did send, who knows how much.
  private func countSilence(
    _ originator: Originator, _ bytes: inout (Int64, Int64), _ packets: inout (Int64, Int64)
  ) {
    if originator.side == 0, firstStart.1 == Int64.max {
      if bytes.0 != Counter.unknown, bytes.1 == Counter.unknown { bytes.1 = 0 }
      if packets.0 != Counter.unknown, packets.1 == Counter.unknown { packets.1 = 0 }
    } else if originator.side == 1, firstStart.0 == Int64.max {
      if bytes.1 != Counter.unknown, bytes.0 == Counter.unknown { bytes.0 = 0 }
      if packets.1 != Counter.unknown, packets.0 == Counter.unknown { packets.0 = 0 }
    }
  }
}
