import Columnar

/// Hands a table's rows to its sink in batches.
final class TableWriter {
  /// Small enough that neither seven tables under construction matter for memory, nor a batch of
  /// two tables of each of 28 days, decompressed to be folded.
  private static let batchRowCount = 4_096

  let builder: TableBuilder
  private let sink: any BatchSink
  private(set) var rowCount = 0
  private var pendingRowCount = 0

  init(_ schema: Schema, sink: any BatchSink) {
    builder = TableBuilder(schema)
    self.sink = sink
  }

  func column<View>(_ key: ColumnKey<View>) -> View.Builder { builder.column(key) }

  /// Ends a row for which each column has got its value.
  func endRow() throws {
    rowCount += 1
    pendingRowCount += 1
    if pendingRowCount == TableWriter.batchRowCount { try flush() }
  }

  /// Hands over the rows that are left.
  func flush() throws {
    guard pendingRowCount > 0 else { return }
    pendingRowCount = 0
    try sink.write(builder.finishBatch())
  }
}
