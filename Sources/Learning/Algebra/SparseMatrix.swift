/// A matrix of which only what is not zero is kept, row by row.
package struct SparseMatrix: Sendable {
  package struct Entry: Sendable {
    package let column: Int
    package let number: Float
  }

  package let columnCount: Int
  private let starts: [Int]
  private let entries: [Entry]

  /// - Parameter rows: the entries of each row, with columns in 0 ..< columnCount.
  package init(columnCount: Int, rows: [[Entry]]) {
    var starts = [0]
    for row in rows { starts.append(starts[starts.count - 1] + row.count) }
    self.columnCount = columnCount
    self.starts = starts
    entries = rows.flatMap(\.self)
    precondition(entries.allSatisfy { (0..<columnCount).contains($0.column) }, "known columns")
  }

  package var rowCount: Int { starts.count - 1 }

  package func row(_ row: Int) -> ArraySlice<Entry> { entries[starts[row]..<starts[row + 1]] }

  /// The same without one entry, the others of its row sharing what it had of their sum.
  func leavingOut(column: Int, ofRow place: Int) -> SparseMatrix {
    let left = row(place).filter { $0.column != column }
    let (before, after) = (
      row(place).reduce(0) { $0 + $1.number }, left.reduce(0) { $0 + $1.number }
    )
    var rows = (0..<rowCount).map { Array(row($0)) }
    rows[place] = left.map {
      Entry(column: $0.column, number: $0.number * (after > 0 ? before / after : 0))
    }
    return SparseMatrix(columnCount: columnCount, rows: rows)
  }

  static func * (left: SparseMatrix, right: Matrix) -> Matrix {
    precondition(left.columnCount == right.rowCount, "as many rows as columns")
    let width = right.columnCount
    var product = Matrix(rowCount: left.rowCount, columnCount: width)
    product.numbers.withUnsafeMutableBufferPointer { target in
      right.numbers.withUnsafeBufferPointer { source in
        for row in 0..<left.rowCount {
          for entry in left.row(row) {
            for column in 0..<width {
              target[row * width + column] += entry.number * source[entry.column * width + column]
            }
          }
        }
      }
    }
    return product
  }

  /// Adds this matrix, transposed, times another.
  func addTransposedProduct(_ other: Matrix, to sum: inout Matrix) {
    let width = other.columnCount
    sum.numbers.withUnsafeMutableBufferPointer { target in
      other.numbers.withUnsafeBufferPointer { source in
        for row in 0..<rowCount {
          for entry in self.row(row) {
            for column in 0..<width {
              target[entry.column * width + column] += entry.number * source[row * width + column]
            }
          }
        }
      }
    }
  }
}
