import Randomness

extension Tape {
  /// max(0, x)
  package func rectify(_ matrix: Variable) -> Variable {
    var result = value(matrix)
    for place in result.numbers.indices { result.numbers[place] = max(0, result.numbers[place]) }
    return record(result, from: [matrix]) { gradient, tape in
      var passed = gradient
      let input = tape.value(matrix).numbers
      for place in input.indices where input[place] <= 0 { passed.numbers[place] = 0 }
      tape.addGradient(matrix, passed)
    }
  }

  /// Sets a share of the numbers, each drawn by itself, to zero, and divides the others by what
  /// share is left (Srivastava et al. 2014).
  ///
  /// - Parameter rate: 0 ..< 1
  package func drop(
    _ matrix: Variable, rate: Float, _ generator: inout SeededGenerator
  ) -> Variable {
    guard rate > 0 else { return matrix }
    let input = value(matrix)
    var factors = Matrix(rowCount: input.rowCount, columnCount: input.columnCount)
    for place in factors.numbers.indices where generator.unit() >= Double(rate) {
      factors.numbers[place] = 1 / (1 - rate)
    }
    return product(matrix, constant(factors))
  }

  /// Rows of mean 0 and variance 1, then scaled and shifted column by column (Ba, Kiros, Hinton
  /// 2016, arXiv:1607.06450).
  ///
  /// - Parameters:
  ///   - scale: [1 × m], as is shift.
  package func normalise(_ matrix: Variable, scale: Variable, shift: Variable) -> Variable {
    let input = value(matrix)
    let width = input.columnCount
    let (scales, shifts) = (value(scale).numbers, value(shift).numbers)
    var normal = input
    var result = input
    var deviations: [Float] = []
    for row in 0..<input.rowCount {
      let places = row * width..<(row + 1) * width
      var mean: Float = 0
      for place in places { mean += input.numbers[place] }
      mean /= Float(width)
      var variance: Float = 0
      for place in places {
        let difference = input.numbers[place] - mean
        variance += difference * difference
      }
      let deviation = (variance / Float(width) + 1e-5).squareRoot()
      deviations.append(deviation)
      for (column, place) in places.enumerated() {
        normal.numbers[place] = (input.numbers[place] - mean) / deviation
        result.numbers[place] = normal.numbers[place] * scales[column] + shifts[column]
      }
    }
    return record(result, from: [matrix, scale, shift]) { gradient, tape in
      var scaled = gradient
      for row in deviations.indices {
        tape.updateGradient(shift) { $0.add(gradient.row(row), toRow: 0) }
        for place in row * width..<(row + 1) * width {
          scaled.numbers[place] *= normal.numbers[place]
        }
        tape.updateGradient(scale) { $0.add(scaled.row(row), toRow: 0) }
      }
      tape.updateGradient(matrix) { total in
        for row in deviations.indices {
          let places = row * width..<(row + 1) * width
          var (sum, along): (Float, Float) = (0, 0)
          for (column, place) in places.enumerated() {
            let change = gradient.numbers[place] * scales[column]
            sum += change
            along += change * normal.numbers[place]
          }
          for (column, place) in places.enumerated() {
            let change = gradient.numbers[place] * scales[column]
            total.numbers[place] +=
              (change - (sum + normal.numbers[place] * along) / Float(width)) / deviations[row]
          }
        }
      }
    }
  }
}
