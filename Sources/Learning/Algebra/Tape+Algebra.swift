extension Tape {
  /// left[n × k] · right[k × m]
  package func multiply(_ left: Variable, _ right: Variable) -> Variable {
    record(value(left) * value(right), from: [left, right]) { gradient, tape in
      if tape.needsGradient(left) {
        let right = tape.value(right).transposed
        tape.updateGradient(left) { $0.addProduct(gradient, right) }
      }
      if tape.needsGradient(right) {
        let left = tape.value(left).transposed
        tape.updateGradient(right) { $0.addProduct(left, gradient) }
      }
    }
  }

  /// The sum of two matrices of the same shape.
  package func add(_ a: Variable, _ b: Variable) -> Variable {
    var sum = value(a)
    sum.add(value(b))
    return record(sum, from: [a, b]) { gradient, tape in
      tape.updateGradient(a) { $0.add(gradient) }
      tape.updateGradient(b) { $0.add(gradient) }
    }
  }

  /// Adds a row[1 × m] to each of n rows.
  package func addRow(_ matrix: Variable, _ row: Variable) -> Variable {
    var sum = value(matrix)
    let summand = value(row)
    for line in 0..<sum.rowCount { sum.add(summand, atRow: line) }
    return record(sum, from: [matrix, row]) { gradient, tape in
      tape.updateGradient(matrix) { $0.add(gradient) }
      tape.updateGradient(row) { total in
        for line in 0..<gradient.rowCount {
          for column in 0..<gradient.columnCount {
            total.numbers[column] += gradient[line, column]
          }
        }
      }
    }
  }

  /// Number by number.
  package func product(_ a: Variable, _ b: Variable) -> Variable {
    func times(_ a: Matrix, _ b: Matrix) -> Matrix {
      precondition(a.rowCount == b.rowCount && a.columnCount == b.columnCount, "the same shape")
      return Matrix(
        rowCount: a.rowCount, columnCount: a.columnCount,
        numbers: zip(a.numbers, b.numbers).map { $0 * $1 })
    }
    return record(times(value(a), value(b)), from: [a, b]) { gradient, tape in
      tape.updateGradient(a) { $0.add(times(gradient, tape.value(b))) }
      tape.updateGradient(b) { $0.add(times(gradient, tape.value(a))) }
    }
  }

  /// Matrices of as many rows beside each other.
  package func joinColumns(_ parts: [Variable]) -> Variable {
    let widths = parts.map { value($0).columnCount }
    var joined = Matrix(
      rowCount: parts.first.map { value($0).rowCount } ?? 0, columnCount: widths.reduce(0, +))
    var column = 0
    for (part, width) in zip(parts, widths) {
      joined.add(value(part), column: column)
      column += width
    }
    return record(joined, from: parts) { gradient, tape in
      var column = 0
      for (part, width) in zip(parts, widths) {
        tape.updateGradient(part) {
          $0.add(
            gradient.part(rows: 0..<gradient.rowCount, columns: column..<column + width))
        }
        column += width
      }
    }
  }

  /// Rows by their numbers, which may repeat: an embedding.
  package func rows(_ matrix: Variable, _ places: [Int]) -> Variable {
    let source = value(matrix)
    var numbers: [Float] = []
    numbers.reserveCapacity(places.count * source.columnCount)
    for place in places {
      numbers +=
        source.numbers[
          place * source.columnCount..<(place + 1) * source.columnCount]
    }
    let chosen = Matrix(
      rowCount: places.count, columnCount: source.columnCount, numbers: numbers)
    return record(chosen, from: [matrix]) { gradient, tape in
      tape.updateGradient(matrix) { total in
        for (row, place) in places.enumerated() {
          for column in 0..<gradient.columnCount { total[place, column] += gradient[row, column] }
        }
      }
    }
  }

  /// weights[n × m] · matrix[m × k] for weights that are mostly zero.
  package func multiply(_ weights: SparseMatrix, _ matrix: Variable) -> Variable {
    record(weights * value(matrix), from: [matrix]) { gradient, tape in
      tape.updateGradient(matrix) { weights.addTransposedProduct(gradient, to: &$0) }
    }
  }
}
