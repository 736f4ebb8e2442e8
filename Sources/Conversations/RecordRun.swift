/// How far the records of one five-tuple reach, and whether the next one goes on with them.
///
/// A run is what a two-way meter with the same inactive timeout would have kept as one flow:
/// records with no gap longer than that, unless TCP closed and opened again.
struct RecordRun {
  private(set) var end = Int64.min
  /// TCP flags of all records.
  private var tcpFlags: UInt8 = 0
  /// Bit 0 and 1: whether the key's first and second end have sent.
  private var senders: UInt8 = 0

  /// A run that no record continues.
  init() {}

  init(_ record: FlowRecord) { add(record) }

  /// Whether `record`, which starts no earlier than those before, belongs to the same conversation.
  @inline(__always) func isContinued(by record: FlowRecord, gap: Int64) -> Bool {
    guard senders != 0, record.start <= end &+ gap else { return false }
    let reopens =
      record.start > end && record.hasHandshake && tcpFlags & (TCPFlags.fin | TCPFlags.rst) != 0
      && senders >> UInt8(record.side) & 1 == 1
    return !reopens
  }

  @inline(__always) mutating func add(_ record: FlowRecord) {
    end = max(end, record.start, record.end)
    tcpFlags |= record.marks.contains(.isTCP) ? record.tcpFlags : 0
    senders |= 1 << UInt8(record.side)
  }

  /// The run after `record`: longer, or begun anew.
  @inline(__always) func followed(by record: FlowRecord, gap: Int64) -> RecordRun {
    guard isContinued(by: record, gap: gap) else { return RecordRun(record) }
    var longer = self
    longer.add(record)
    return longer
  }

  @inline(__always) func isOver(at time: Int64, gap: Int64) -> Bool {
    end == Int64.min || end &+ gap < time
  }
}
