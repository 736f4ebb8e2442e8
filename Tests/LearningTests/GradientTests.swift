import Randomness
import Testing

@testable import Learning

/// Each operation's gradient against differences of its value.
@Suite struct GradientTests {
  private func drawn(
    _ rowCount: Int, _ columnCount: Int, stream: Int, away: Float = 0
  ) -> Matrix {
    var generator = SeededGenerator(seed: 5, stream: stream)
    return Matrix(
      rowCount: rowCount, columnCount: columnCount,
      numbers: (0..<rowCount * columnCount).map { _ in
        let number = Float(generator.unit() * 2 - 1)
        // Not where a corner would be stepped over.
        return number + (number < 0 ? -away : away)
      })
  }

  /// Compares gradients of Σ weight · result with central differences.
  private func check(
    _ inputs: [Matrix], _ operation: (Tape, [Tape.Variable]) -> Tape.Variable
  ) {
    func value(_ inputs: [Matrix]) -> (Tape, [Tape.Variable], Tape.Variable) {
      let tape = Tape()
      let variables = inputs.map { tape.parameter($0) }
      let result = operation(tape, variables)
      let shape = tape.value(result)
      let row = tape.constant(drawn(1, shape.rowCount, stream: 90))
      let column = tape.constant(drawn(shape.columnCount, 1, stream: 91))
      return (tape, variables, tape.multiply(tape.multiply(row, result), column))
    }
    let (tape, variables, result) = value(inputs)
    tape.differentiate(result)
    let step: Float = 1 / 256
    for (number, variable) in variables.enumerated() {
      let found = tape.gradient(variable).numbers
      for place in found.indices {
        var (above, below) = (inputs, inputs)
        above[number].numbers[place] += step
        below[number].numbers[place] -= step
        func total(_ inputs: [Matrix]) -> Float {
          let (tape, _, result) = value(inputs)
          return tape.value(result).numbers[0]
        }
        let expected = (total(above) - total(below)) / (2 * step)
        #expect(
          abs(found[place] - expected) < 2e-3, "input \(number), place \(place)")
      }
    }
  }

  @Test("of sums, products and rows")
  func algebra() {
    let (a, b) = (drawn(3, 4, stream: 1), drawn(3, 4, stream: 2))
    check([a, drawn(4, 5, stream: 3)]) { $0.multiply($1[0], $1[1]) }
    check([a, b]) { $0.add($1[0], $1[1]) }
    check([a, drawn(1, 4, stream: 3)]) { $0.addRow($1[0], $1[1]) }
    check([a, b]) { $0.product($1[0], $1[1]) }
    check([a, drawn(3, 2, stream: 3)]) { $0.joinColumns([$1[0], $1[1], $1[0]]) }
    check([a]) { $0.rows($1[0], [2, 0, 2, 2]) }
    let sparse = SparseMatrix(
      columnCount: 3,
      rows: [[.init(column: 2, number: 0.5), .init(column: 0, number: -2)], [], []])
    check([a]) { $0.multiply(sparse, $1[0]) }
  }

  @Test("of layers")
  func layers() {
    check([drawn(3, 4, stream: 1, away: 0.1)]) { $0.rectify($1[0]) }
    check([drawn(3, 6, stream: 2), drawn(1, 6, stream: 3), drawn(1, 6, stream: 4)]) {
      $0.normalise($1[0], scale: $1[1], shift: $1[2])
    }
    check([drawn(3, 4, stream: 5)]) { tape, inputs in
      var generator = SeededGenerator(seed: 1, stream: 1)
      return tape.drop(inputs[0], rate: 0.5, &generator)
    }
  }

  @Test("of attention, in windows of several lengths")
  func attention() {
    check([drawn(9, 12, stream: 6)]) {
      $0.attend($1[0], windows: [0..<5, 5..<6, 6..<9], headCount: 2)
    }
  }

  @Test("of losses")
  func losses() {
    check([drawn(4, 5, stream: 7)]) { $0.crossEntropy($1[0], classes: [1, nil, 4, 0]) }
    check([drawn(4, 1, stream: 8)]) {
      $0.logisticLoss($1[0], isThere: [true, false, false, true])
    }
  }

  @Test("rows see none that come later, nor other windows")
  func causality() {
    let input = drawn(7, 12, stream: 9)
    func attended(_ input: Matrix) -> Matrix {
      let tape = Tape()
      return tape.value(
        tape.attend(tape.constant(input), windows: [0..<4, 4..<7], headCount: 2))
    }
    var changed = input
    for column in 0..<12 { changed[2, column] = 9 }
    let (before, after) = (attended(input), attended(changed))
    for row in [0, 1, 4, 5, 6] {
      for column in 0..<4 { #expect(before[row, column] == after[row, column]) }
    }
    #expect(before != after)
  }
}
