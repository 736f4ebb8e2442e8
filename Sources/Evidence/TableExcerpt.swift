import ArrowFile
import Columnar
import Events
import StageKit

/// Some rows of a table, as Arrow and as CSV.
///
/// Dictionaries are made anew, so that an excerpt holds nothing of the rows that it leaves out.
final class TableExcerpt {
  private let rowLimit: Int
  private let table: TableBuilder
  private let arrow: ArrowWriter
  private var csv: String
  private let csvPath: String
  private(set) var foundRowCount = 0
  private(set) var writtenRowCount = 0

  /// - Parameters:
  ///   - path: of the files without `.arrow` and `.csv`.
  ///   - rowLimit: rows after these are only counted.
  init(_ schema: Schema, path: String, rowLimit: Int) throws {
    self.rowLimit = rowLimit
    table = TableBuilder(schema)
    arrow = try ArrowWriter(path: path + ".arrow", schema: schema)
    csv = CSVText.record(schema.fields.map(\.name))
    csvPath = path + ".csv"
  }

  /// Adds rows of a batch, in order.
  func add(_ rows: [Int], of batch: Batch) throws {
    foundRowCount += rows.count
    let kept = rows.prefix(max(0, rowLimit - writtenRowCount))
    guard !kept.isEmpty else { return }
    table.append(kept, of: batch)
    for row in kept {
      csv += CSVText.record(batch.columns.map { ($0.text(row) ?? "", isText: $0.type.isText) })
    }
    writtenRowCount += kept.count
    try arrow.write(table.finishBatch())
  }

  func finish() throws {
    try arrow.finish()
    try FileBytes.write(csv.utf8, to: csvPath)
  }
}
