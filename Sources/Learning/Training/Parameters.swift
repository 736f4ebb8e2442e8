import Randomness

/// The matrices that a model learns, by name and in a fixed order.
package struct Parameters: Equatable, Sendable {
  /// What a matrix holds before it is learned.
  package enum Start: Sendable {
    case zeros
    case ones
    /// Even over ±√(6 / (rows + columns)) (Glorot, Bengio 2010).
    case drawn
  }

  package struct Shape: Sendable {
    package let name: String
    package let rowCount: Int
    package let columnCount: Int
    let start: Start

    package init(_ name: String, _ rowCount: Int, _ columnCount: Int, _ start: Start) {
      self.name = name
      self.rowCount = rowCount
      self.columnCount = columnCount
      self.start = start
    }
  }

  package let names: [String]
  package var matrices: [Matrix]

  package init(_ shapes: [Shape], seed: UInt64) {
    names = shapes.map(\.name)
    matrices = shapes.enumerated().map { number, shape in
      var matrix = Matrix(rowCount: shape.rowCount, columnCount: shape.columnCount)
      var generator = SeededGenerator(seed: seed, stream: number)
      let bound = (6 / Double(shape.rowCount + shape.columnCount)).squareRoot()
      for place in matrix.numbers.indices {
        switch shape.start {
        case .zeros: break
        case .ones: matrix.numbers[place] = 1
        case .drawn: matrix.numbers[place] = Float((2 * generator.unit() - 1) * bound)
        }
      }
      return matrix
    }
  }

  package var numberCount: Int { matrices.reduce(0) { $0 + $1.numbers.count } }
}

/// Parameters as they are on a tape.
package struct RecordedParameters: Sendable {
  package let variables: [Tape.Variable]
  private let placeOfName: [String: Int]

  package init(_ parameters: Parameters, on tape: Tape) {
    variables = parameters.matrices.map { tape.parameter($0) }
    placeOfName = Dictionary(
      uniqueKeysWithValues: parameters.names.enumerated().map { ($1, $0) })
  }

  package subscript(name: String) -> Tape.Variable {
    guard let place = placeOfName[name] else { preconditionFailure("no parameter \(name)") }
    return variables[place]
  }

  package func gradients(_ tape: Tape) -> [Matrix] { variables.map { tape.gradient($0) } }
}

extension Tape {
  /// matrix · weight + bias, of the parameters `NAME.weight` and `NAME.bias`.
  func linear(
    _ matrix: Variable, _ parameters: RecordedParameters, _ name: String
  ) -> Variable {
    addRow(multiply(matrix, parameters["\(name).weight"]), parameters["\(name).bias"])
  }
}
