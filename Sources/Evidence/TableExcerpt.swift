import ArrowFile
import Columnar
import Events
import StageKit

/// Some rows of a table, as Arrow and as CSV.
///
/// Dictionaries are made anew, so that an excerpt holds nothing of the rows that it leaves out.
final class TableExcerpt {
  private let rowLimit: Int
  private let schema: Schema
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
    self.schema = schema
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
    for (field, column) in zip(schema.fields, batch.columns) {
      append(kept, of: column, to: field)
    }
    for row in kept { csv += CSVText.record(batch.columns.map { $0.text(row) ?? "" }) }
    writtenRowCount += kept.count
    try arrow.write(table.finishBatch())
  }

  func finish() throws {
    try arrow.finish()
    try FileBytes.write(csv.utf8, to: csvPath)
  }

  private func append(_ rows: ArraySlice<Int>, of column: Column, to field: Field) {
    switch field.type {
    case .uint8: appendValues(UInt8.self, rows, column, field)
    case .uint16: appendValues(UInt16.self, rows, column, field)
    case .uint32: appendValues(UInt32.self, rows, column, field)
    case .uint64: appendValues(UInt64.self, rows, column, field)
    case .int32: appendValues(Int32.self, rows, column, field)
    case .int64: appendValues(Int64.self, rows, column, field)
    case .float32: appendValues(Float.self, rows, column, field)
    case .float64: appendValues(Double.self, rows, column, field)
    case .timestamp: appendValues(Instant.self, rows, column, field)
    case .address: appendValues(Address.self, rows, column, field)
    case .bool:
      let (view, builder) = (Flags(column), table.column(ColumnKey<Flags>(field.name)))
      for row in rows { builder.append(view[row]) }
    case .utf8:
      let (view, builder) = (Strings(column), table.column(ColumnKey<Strings>(field.name)))
      for row in rows { builder.append(view[row]) }
    case .dictionaryOfStrings:
      let key = ColumnKey<Coded<Strings>>(field.name)
      let (view, builder) = (Coded<Strings>(column), table.column(key))
      for row in rows { builder.append(view[row]) }
    case .dictionaryOfAddresses:
      let key = ColumnKey<Coded<Values<Address>>>(field.name)
      let (view, builder) = (Coded<Values<Address>>(column), table.column(key))
      for row in rows {
        guard let code = view.codes[row] else {
          builder.appendNull()
          continue
        }
        withUnsafeBytes(of: view.symbols.value(Int(code))) { builder.append($0) }
      }
    }
  }

  private func appendValues<Element: ColumnElement>(
    _: Element.Type, _ rows: ArraySlice<Int>, _ column: Column, _ field: Field
  ) {
    let view = Values<Element>(column)
    let builder = table.column(ColumnKey<Values<Element>>(field.name))
    for row in rows { builder.append(view[row]) }
  }
}
