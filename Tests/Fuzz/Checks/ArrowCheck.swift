import ArrowFile
import Columnar
import Events
import TestSupport

/// Takes bytes for an Arrow file, of anybody's, and reads it in both ways.
///
/// What is read once is the same when it is read again, when it was written and read, and when it
/// is read as numbers.
enum ArrowCheck {
  /// Rows that are compared; of what holds more, only the reading is checked.
  private static let comparedRowCount = 4_096

  static func fault(_ input: [UInt8]) throws -> String? {
    let file = try ScratchFile(input)
    let table = table(file.path)
    let numbers = numbers(file.path)
    guard let table, table.rowCount <= comparedRowCount else { return nil }
    if self.table(file.path) != table { return "read twice, other rows" }
    if let fault = try faultWhenWritten(table) { return fault }
    guard let numbers else { return nil }
    guard numbers.rowCount == table.rowCount else {
      return "\(table.rowCount) rows, read as numbers \(numbers.rowCount)"
    }
    for (name, values) in numbers.columns {
      guard let place = table.schema.index(of: name) else { return "no column \(name)" }
      let expected = table.batches.flatMap { $0.columns[place].floats }
      if values.map(\.bitPattern) != expected.map(\.bitPattern) {
        return "column \(name): other numbers"
      }
    }
    return nil
  }

  private struct Table: Equatable {
    let schema: Schema
    let batches: [Batch]
    /// texts[row][column]
    let texts: [[String?]]
    let metadata: [String: String]
    var rowCount: Int { texts.count }

    static func == (a: Table, b: Table) -> Bool {
      a.schema == b.schema && a.texts == b.texts && a.metadata == b.metadata
    }
  }

  /// Nil where the file was refused, or is too long to be compared.
  private static func table(_ path: String) -> Table? {
    do {
      let reader = try ArrowReader(path: path)
      let batches = try (0..<reader.batchCount).map { try reader.batch($0) }
      guard reader.rowCount <= comparedRowCount else { return nil }
      return Table(
        schema: reader.schema, batches: batches, texts: batches.flatMap(\.texts),
        metadata: reader.metadata)
    } catch {
      return nil
    }
  }

  private static func numbers(
    _ path: String
  ) -> (rowCount: Int, columns: [(String, [Float])])? {
    do {
      let reader = try NumberReader(path: path)
      guard reader.rowCount <= comparedRowCount else { return nil }
      var columns = reader.columns.map { ($0.name, [Float]()) }
      for piece in reader.pieces {
        let values = try reader.values(piece, columns: Array(columns.indices))
        for index in columns.indices { columns[index].1 += values[index] }
      }
      return (reader.rowCount, columns)
    } catch {
      return nil
    }
  }

  private static func faultWhenWritten(_ table: Table) throws -> String? {
    let folder = try TemporaryFolder()
    let path = folder.file("written.arrow")
    for compression in [Compression.none, .zstd] {
      do {
        let writer = try ArrowWriter(path: path, schema: table.schema, compression: compression)
        for batch in table.batches { try writer.write(batch) }
        try writer.finish()
      } catch {
        // Others' files may hold what Tidemark's don't, such as another dictionary in a later
        // batch.
        return nil
      }
      guard let written = self.table(path), written.texts == table.texts,
        written.schema == table.schema
      else { return "written as \(compression) and read, other rows" }
    }
    return nil
  }
}

extension Batch {
  /// Every cell as text.
  var texts: [[String?]] { (0..<rowCount).map { row in columns.map { $0.text(row) } } }
}

extension Column {
  /// The rows of a column of numbers as float32; none of any other.
  fileprivate var floats: [Float] {
    func floats<Value: ColumnElement>(_ float: (Value) -> Float) -> [Float] {
      let values = Values<Value>(self)
      return (0..<rowCount).map { values[$0].map(float) ?? .nan }
    }
    return switch type {
    case .uint8: floats { (value: UInt8) in Float(value) }
    case .uint16: floats { (value: UInt16) in Float(value) }
    case .uint32: floats { (value: UInt32) in Float(value) }
    case .uint64: floats { (value: UInt64) in Float(value) }
    case .int32: floats { (value: Int32) in Float(value) }
    case .int64: floats { (value: Int64) in Float(value) }
    case .float32: floats { (value: Float) in value }
    case .float64: floats { (value: Double) in Float(value) }
    case .bool: (0..<rowCount).map { Flags(self)[$0].map { $0 ? 1 : 0 } ?? .nan }
    default: []
    }
  }
}
