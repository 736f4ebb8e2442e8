import Columnar

/// `rejects.arrow`: a row per record that became no row of the events.
package enum Reject {
  /// 1-based physical line on which the record starts.
  package static let line = ColumnKey<Values<Int64>>("log_line", isNullable: false)
  /// Offset of the record in the file, unpacked where it is compressed.
  package static let offset = ColumnKey<Values<Int64>>("byte_offset", isNullable: false)
  package static let reason = ColumnKey<Coded<Strings>>("reason", isNullable: false)
  /// The record's text, or a keyed digest of it where the format keeps columns from the store.
  package static let text = ColumnKey<Strings>("line", isNullable: false)

  package static let schema = Schema(
    "rejects", version: 1, [line.field, offset.field, reason.field, text.field])
}

/// Writes rejects and counts them by reason.
final class RejectWriter {
  private let table = TableBuilder(Reject.schema)
  private let sink: any BatchSink
  private let digest: ((UnsafeRawBufferPointer) -> String)?
  private let describe: (Key) -> String
  private var tallies: [Key: (count: Int, firstLine: Int64)] = [:]
  private let lines: ValuesBuilder<Int64>
  private let offsets: ValuesBuilder<Int64>
  private let reasons: CodedBuilder<Strings>
  private let texts: StringsBuilder

  /// A reason, and the place of the format that gives it among those that read the file.
  struct Key: Hashable {
    let reason: RejectReason
    let format: Int
  }

  /// - Parameter digest: what stands for a record's text, where that must not be stored.
  init(
    sink: any BatchSink, digest: ((UnsafeRawBufferPointer) -> String)?,
    describe: @escaping (Key) -> String
  ) {
    self.sink = sink
    self.digest = digest
    self.describe = describe
    lines = table.column(Reject.line)
    offsets = table.column(Reject.offset)
    reasons = table.column(Reject.reason)
    texts = table.column(Reject.text)
  }

  func add(
    _ fields: FieldTable, row: Int, _ reason: RejectReason, format: Int = 0
  ) throws {
    let record = fields.record(row)
    add(
      fields.piece.text(Int(record.start)..<Int(record.end)), line: fields.line(row),
      offset: fields.piece.fileOffset + Int64(record.start), reason, format: format)
    try flushIfFull()
  }

  func flushIfFull() throws {
    if table.rowCount == maximumBatchRowCount || texts.byteCount > 4 << 20 { try flush() }
  }

  func add(
    _ text: UnsafeRawBufferPointer, line: Int64, offset: Int64, _ reason: RejectReason,
    format: Int = 0
  ) {
    let key = Key(reason: reason, format: format)
    lines.append(line)
    offsets.append(offset)
    reasons.append(describe(key))
    texts.append(digest.map { $0(text) } ?? String(decoding: text, as: UTF8.self))
    tallies[key, default: (0, line)].count += 1
  }

  func flush() throws {
    guard table.rowCount > 0 else { return }
    try sink.write(table.finishBatch())
  }

  /// Reasons in words with their counts, most frequent first.
  var counts: [RejectCount] {
    tallies.map {
      RejectCount(reason: describe($0.key), count: $0.value.count, firstLine: $0.value.firstLine)
    }
    .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
  }
}
