import Glibc

/// Steps against the gradient, each number by its own measure (Kingma, Ba 2015, algorithm 1,
/// arXiv:1412.6980).
package struct Adam: Sendable {
  private static let (meanDecay, squareDecay): (Float, Float) = (0.9, 0.999)

  package var stepLength: Float
  private var means: [Matrix] = []
  private var squares: [Matrix] = []
  private var stepCount = 0

  package init(stepLength: Float) { self.stepLength = stepLength }

  /// - Parameter gradients: one of each matrix, in their order.
  package mutating func step(_ parameters: inout Parameters, gradients: [Matrix]) {
    if means.isEmpty {
      means = gradients.map { Matrix(rowCount: $0.rowCount, columnCount: $0.columnCount) }
      squares = means
    }
    stepCount += 1
    let (meanShare, squareShare) = (
      1 - Float(pow(Double(Adam.meanDecay), Double(stepCount))),
      1 - Float(pow(Double(Adam.squareDecay), Double(stepCount)))
    )
    for (number, gradient) in gradients.enumerated() {
      means[number].numbers.withUnsafeMutableBufferPointer { means in
        squares[number].numbers.withUnsafeMutableBufferPointer { squares in
          parameters.matrices[number].numbers.withUnsafeMutableBufferPointer { values in
            for (place, slope) in gradient.numbers.enumerated() {
              means[place] = Adam.meanDecay * means[place] + (1 - Adam.meanDecay) * slope
              squares[place] =
                Adam.squareDecay * squares[place] + (1 - Adam.squareDecay) * slope * slope
              values[place] -=
                stepLength * (means[place] / meanShare)
                / ((squares[place] / squareShare).squareRoot() + 1e-8)
            }
          }
        }
      }
    }
  }
}
