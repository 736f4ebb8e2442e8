/// The header that syslog puts before a message: RFC 3164 with or without year and host, RFC 5424,
/// an ISO time as rsyslog writes, an epoch as Meraki writes, or a priority alone. Where a relay put
/// its own header before the sender's, the sender's counts.
struct SyslogEnvelope {
  enum Field: String, CaseIterable {
    case priority = "syslog.priority"
    case time = "syslog.time"
    case host = "syslog.host"
    case program = "syslog.program"
    case pid = "syslog.pid"
    case messageID = "syslog.message_id"
    /// RFC 5424's structured data, without the outer brackets.
    case data = "syslog.data"
    /// The host of the outer header, where there are two.
    case relay = "syslog.relay"
    case message = "syslog.message"
  }

  /// By position in `Field.allCases`: the column, -1 where the format does not read the field.
  private let columns: [Int]
  /// Whether structured data is what is cut further, not the message.
  private let opensData: Bool

  init(_ names: FieldNames, opensData: Bool) {
    columns = Field.allCases.map { names.index(of: $0.rawValue) }
    self.opensData = opensData
  }

  /// Sets the envelope's fields; returns the text inside it: the whole line where there is none.
  @inline(__always) func set(_ line: SyslogLine, into table: FieldTable) -> Range<Int> {
    set(0, line.header.priority, table)
    set(1, line.header.time, table)
    set(2, line.header.host, table)
    set(3, line.header.program, table)
    set(4, line.header.pid, table)
    set(5, line.header.messageID, table)
    set(6, line.header.data, table)
    set(7, line.relay, table)
    set(8, line.message, table)
    return opensData ? line.header.data ?? line.message : line.message
  }

  @inline(__always) private func set(_ field: Int, _ range: Range<Int>?, _ table: FieldTable) {
    guard columns[field] >= 0, let range else { return }
    table.setField(columns[field], before: range.lowerBound - 1, after: range.upperBound)
  }
}

/// Where the parts of a syslog line lie.
struct SyslogLine {
  fileprivate let header: SyslogHeader
  fileprivate let relay: Range<Int>?
  fileprivate let message: Range<Int>

  init(_ piece: PieceBuffer, _ line: Range<Int>) {
    var header = SyslogHeader(piece, line)
    header.take()
    var relay: Range<Int>?
    for _ in 0..<2 where header.program == nil && header.startsAnother {
      relay = header.host ?? relay
      header.take()
    }
    self.header = header
    self.relay = relay
    message = header.position..<line.upperBound
  }
}
