/// Numbers that describe rows, column by column.
package struct FeatureMatrix: Sendable {
  /// One name a column.
  package let names: [String]
  package let rowCount: Int
  /// columns[feature][row]; NaN where a value is missing, infinities allowed.
  package let columns: [[Float]]

  /// - Precondition: one name a column, columns of equal length.
  package init(names: [String], columns: [[Float]]) {
    precondition(names.count == columns.count, "one name a column")
    rowCount = columns.first?.count ?? 0
    for (name, column) in zip(names, columns) {
      precondition(
        column.count == rowCount, "\(name) has \(column.count) rows of \(rowCount)")
    }
    self.names = names
    self.columns = columns
  }

  package var featureCount: Int { columns.count }

  /// The rows of these numbers, in their order.
  func rows(_ numbers: [Int]) -> FeatureMatrix {
    FeatureMatrix(
      names: names, columns: columns.map { column in numbers.map { column[$0] } })
  }
}
