import CKernels

/// Numbers in rows: numbers[row × columnCount + column].
package struct Matrix: Equatable, Sendable {
  package let rowCount: Int
  package let columnCount: Int
  package var numbers: [Float]

  package init(rowCount: Int, columnCount: Int) {
    self.init(
      rowCount: rowCount, columnCount: columnCount,
      numbers: .init(repeating: 0, count: rowCount * columnCount))
  }

  /// - Precondition: as many numbers as rows times columns.
  package init(rowCount: Int, columnCount: Int, numbers: [Float]) {
    precondition(
      numbers.count == rowCount * columnCount,
      "\(numbers.count) numbers for \(rowCount) × \(columnCount)")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.numbers = numbers
  }

  package subscript(row: Int, column: Int) -> Float {
    get { numbers[row * columnCount + column] }
    set { numbers[row * columnCount + column] = newValue }
  }

  package var transposed: Matrix {
    var result = Matrix(rowCount: columnCount, columnCount: rowCount)
    numbers.withUnsafeBufferPointer { source in
      result.numbers.withUnsafeMutableBufferPointer { target in
        for row in 0..<rowCount {
          for column in 0..<columnCount {
            target[column * rowCount + row] = source[row * columnCount + column]
          }
        }
      }
    }
    return result
  }

  /// Some rows and columns in a matrix of their own.
  func part(rows: Range<Int>, columns: Range<Int>) -> Matrix {
    var part: [Float] = []
    part.reserveCapacity(rows.count * columns.count)
    for row in rows {
      let start = row * columnCount
      part += numbers[start + columns.lowerBound..<start + columns.upperBound]
    }
    return Matrix(rowCount: rows.count, columnCount: columns.count, numbers: part)
  }

  /// Adds a matrix to the part of this one that begins at a row and column.
  mutating func add(_ other: Matrix, atRow row: Int = 0, column: Int = 0) {
    precondition(
      row + other.rowCount <= rowCount && column + other.columnCount <= columnCount,
      "a part of \(other.rowCount) × \(other.columnCount) in \(rowCount) × \(columnCount)")
    let (width, offset) = (columnCount, row * columnCount + column)
    numbers.withUnsafeMutableBufferPointer { target in
      other.numbers.withUnsafeBufferPointer { source in
        for row in 0..<other.rowCount {
          for column in 0..<other.columnCount {
            target[offset + row * width + column] += source[row * other.columnCount + column]
          }
        }
      }
    }
  }

  /// Adds numbers to those of a row.
  mutating func add(_ others: ArraySlice<Float>, toRow row: Int) {
    precondition(others.count == columnCount, "as many numbers as columns")
    let start = row * columnCount
    numbers.withUnsafeMutableBufferPointer { target in
      others.withUnsafeBufferPointer { source in
        for column in source.indices { target[start + column] += source[column] }
      }
    }
  }

  /// Adds `left · right`, of which the same bits come on every processor.
  mutating func addProduct(_ left: Matrix, _ right: Matrix) {
    precondition(
      left.columnCount == right.rowCount && rowCount == left.rowCount
        && columnCount == right.columnCount,
      "\(left.rowCount) × \(left.columnCount) times \(right.rowCount) × \(right.columnCount)")
    let inner = left.columnCount
    withUnsafeTemporaryAllocation(
      of: Float.self, capacity: max(1, inner * Int(matrix_panel_width))
    ) { packed in
      guard let packed = packed.baseAddress else { return }
      left.numbers.withUnsafeBufferPointer { left in
        right.numbers.withUnsafeBufferPointer { right in
          numbers.withUnsafeMutableBufferPointer { result in
            guard let left = left.baseAddress, let right = right.baseAddress,
              let result = result.baseAddress
            else { return }
            matrix_multiply(
              instructions, left, right, rowCount, inner, columnCount, true, packed, result)
          }
        }
      }
    }
  }

  static func * (left: Matrix, right: Matrix) -> Matrix {
    var product = Matrix(rowCount: left.rowCount, columnCount: right.columnCount)
    product.addProduct(left, right)
    return product
  }

  /// The numbers of a row.
  func row(_ row: Int) -> ArraySlice<Float> {
    numbers[row * columnCount..<(row + 1) * columnCount]
  }

  /// Each number by a factor.
  mutating func scale(by factor: Float) {
    for place in numbers.indices { numbers[place] *= factor }
  }
}

private let instructions = forest_best_instructions()

/// Replaces numbers by their exponentials, within -87 … 88.
func exponentiate(_ numbers: UnsafeMutableBufferPointer<Float>) {
  guard let base = numbers.baseAddress else { return }
  matrix_exponentials(instructions, base, numbers.count, base)
}
