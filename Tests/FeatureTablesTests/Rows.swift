import ArrowFile
import Columnar
import Forest
import Foundation
import TestSupport

@testable import FeatureTables

extension TemporaryFolder {
  /// Writes a text file; its path.
  func write(_ text: String, to name: String = "rows.csv") throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }
}

extension FeatureTable {
  /// All rows at once.
  func all(_ columns: [String]? = nil) throws -> (rows: FeatureMatrix, problems: CellProblems) {
    let columns = columns ?? names
    var values = [[Float]](repeating: [], count: columns.count)
    let problems = try forEachPiece(of: columns) { piece in
      let rows = try piece.load()
      for (index, column) in rows.columns.enumerated() { values[index] += column }
      return true
    }
    return (FeatureMatrix(names: columns, columns: values), problems)
  }
}

/// Rows of three features: uniform, heavy-tailed with gaps, and mostly zero.
func makeRows(_ rowCount: Int) -> FeatureMatrix {
  var state: UInt64 = 7
  func unit() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24)
  }
  var columns: [[Float]] = [[], [], []]
  for row in 0..<rowCount {
    columns[0].append(unit())
    columns[1].append(row % 11 == 5 ? .nan : 1 / (unit() + 1e-4))
    columns[2].append(max(0, unit() - 0.5))
  }
  return FeatureMatrix(names: ["a", "b", "c"], columns: columns)
}

extension FeatureMatrix {
  var csv: String {
    var text = names.joined(separator: ",") + "\n"
    for row in 0..<rowCount {
      text += columns.map { $0[row].isNaN ? "" : "\($0[row])" }.joined(separator: ",") + "\n"
    }
    return text
  }

  func writeArrow(to path: String) throws {
    let schema = Schema("", version: 0, names.map { Field($0, .float32) })
    let writer = try ArrowWriter(path: path, schema: schema)
    let table = TableBuilder(schema)
    for start in stride(from: 0, to: rowCount, by: maximumBatchRowCount) {
      for row in start..<min(rowCount, start + maximumBatchRowCount) {
        for (name, column) in zip(names, columns) {
          table.column(ColumnKey<Values<Float>>(name)).append(
            column[row].isNaN ? nil : column[row])
        }
      }
      try writer.write(table.finishBatch())
    }
    try writer.finish()
  }
}
