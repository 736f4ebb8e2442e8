extension Tape {
  /// left[n × k] · right[k × m]
  package func multiply(_ left: Variable, _ right: Variable) -> Variable {
    record(value(left) * value(right), from: [left, right]) { gradient, tape in
      tape.addGradient(left, gradient * tape.value(right).transposed)
      tape.addGradient(right, tape.value(left).transposed * gradient)
    }
  }

  /// The sum of two matrices of the same shape.
  package func add(_ a: Variable, _ b: Variable) -> Variable {
    var sum = value(a)
    sum.add(value(b))
    return record(sum, from: [a, b]) { gradient, tape in
      tape.addGradient(a, gradient)
      tape.addGradient(b, gradient)
    }
  }

  /// Adds a row[1 × m] to each of n rows.
  package func addRow(_ matrix: Variable, _ row: Variable) -> Variable {
    var sum = value(matrix)
    let summand = value(row)
    for line in 0..<sum.rowCount { sum.add(summand, atRow: line) }
    return record(sum, from: [matrix, row]) { gradient, tape in
      let ones = Matrix(
        rowCount: 1, columnCount: gradient.rowCount,
        numbers: .init(repeating: 1, count: gradient.rowCount))
      tape.addGradient(matrix, gradient)
      tape.addGradient(row, ones * gradient)
    }
  }

  /// Number by number.
  package func product(_ a: Variable, _ b: Variable) -> Variable {
    func times(_ a: Matrix, _ b: Matrix) -> Matrix {
      precondition(a.rowCount == b.rowCount && a.columnCount == b.columnCount, "the same shape")
      var product = a
      product.numbers.withUnsafeMutableBufferPointer { product in
        b.numbers.withUnsafeBufferPointer { b in
          for place in product.indices { product[place] *= b[place] }
        }
      }
      return product
    }
    return record(times(value(a), value(b)), from: [a, b]) { gradient, tape in
      tape.addGradient(a, times(gradient, tape.value(b)))
      tape.addGradient(b, times(gradient, tape.value(a)))
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
        let columns = column..<column + width
        tape.addGradient(part, gradient.part(rows: 0..<gradient.rowCount, columns: columns))
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
          total.add(gradient.row(row), toRow: place)
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
