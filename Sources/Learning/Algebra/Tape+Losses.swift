import Glibc

extension Tape {
  /// The mean of −ln p over rows, where p is the share that softmax gives to each row's class.
  ///
  /// - Parameters:
  ///   - scores: [n × classes]
  ///   - classes: of each row; nil for rows that don't count.
  package func crossEntropy(_ scores: Variable, classes: [Int?]) -> Variable {
    var shares = value(scores)
    let counted = Float(max(1, classes.count { $0 != nil }))
    var total = 0.0
    for (row, wanted) in classes.enumerated() {
      let surprise = softmax(&shares, row: row, wanted: wanted)
      total += surprise
    }
    let mean = Matrix(rowCount: 1, columnCount: 1, numbers: [Float(total / Double(counted))])
    return record(mean, from: [scores]) { gradient, tape in
      let factor = gradient.numbers[0] / counted
      tape.updateGradient(scores) { change in
        for (row, wanted) in classes.enumerated() {
          guard let wanted else { continue }
          for column in 0..<shares.columnCount {
            change[row, column] += factor * (shares[row, column] - (column == wanted ? 1 : 0))
          }
        }
      }
    }
  }

  /// The mean of −ln p over rows, where p = 1 / (1 + e^−score) for what is there, and 1 less that
  /// for what is not.
  ///
  /// - Parameter scores: [n × 1]
  package func logisticLoss(_ scores: Variable, isThere: [Bool]) -> Variable {
    let input = value(scores).numbers
    var total = 0.0
    for (score, isThere) in zip(input, isThere) {
      let margin = Double(isThere ? score : -score)
      total += max(0, -margin) + log1p(exp(-abs(margin)))
    }
    let count = Float(max(1, input.count))
    let mean = Matrix(rowCount: 1, columnCount: 1, numbers: [Float(total / Double(count))])
    return record(mean, from: [scores]) { gradient, tape in
      var shares = input.map { -$0 }
      shares.withUnsafeMutableBufferPointer { exponentiate($0) }
      let factor = gradient.numbers[0] / count
      tape.updateGradient(scores) { change in
        for (place, isThere) in isThere.enumerated() {
          change.numbers[place] += factor * (1 / (1 + shares[place]) - (isThere ? 1 : 0))
        }
      }
    }
  }
}

/// Turns a row of scores to shares that add up to 1.
///
/// - Returns: −ln of the share of the wanted class; 0 where none is wanted.
@discardableResult
func softmax(_ matrix: inout Matrix, row: Int, wanted: Int?) -> Double {
  let width = matrix.columnCount
  return matrix.numbers.withUnsafeMutableBufferPointer { numbers in
    let scores = UnsafeMutableBufferPointer(rebasing: numbers[row * width..<(row + 1) * width])
    let greatest = scores.max() ?? 0
    for place in scores.indices { scores[place] -= greatest }
    let own = wanted.map { scores[$0] }
    exponentiate(scores)
    var total: Float = 0
    for place in scores.indices { total += scores[place] }
    for place in scores.indices { scores[place] /= total }
    return own.map { log(Double(total)) - Double($0) } ?? 0
  }
}
