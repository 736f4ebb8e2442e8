/// Where a column is cut so that its halves vary least.
struct GainThreshold {
  /// Halfway between two neighbouring values, rounded down.
  let threshold: Float
  /// The part of the standard deviation that goes, at most 1.
  let gain: Double

  /// The first of the best cuts; O(n log n).
  ///
  /// - Precondition: values are finite and differ; the criterion is a gain.
  init(_ values: [Float], _ criterion: GrowthRule.Threshold) {
    precondition(criterion != .random, "a gain")
    let sorted = values.sorted()
    let count = Double(sorted.count)
    let mean = sorted.reduce(0) { $0 + Double($1) } / count
    let centred = sorted.map { Double($0) - mean }
    let squares = centred.reduce(0) { $0 + $1 * $1 }
    let whole = (squares / count).squareRoot()

    var best = (index: 0, gain: -Double.infinity)
    var left = (sum: 0.0, squares: 0.0)
    let total = centred.reduce(0, +)
    for index in 0..<sorted.count - 1 {
      left.sum += centred[index]
      left.squares += centred[index] * centred[index]
      guard sorted[index] < sorted[index + 1] else { continue }
      let leftCount = Double(index + 1)
      let rightCount = count - leftCount
      let leftDeviation = Self.deviation(left.sum, left.squares, leftCount)
      let rightDeviation = Self.deviation(total - left.sum, squares - left.squares, rightCount)
      let within =
        criterion == .pooledGain
        ? (leftCount * leftDeviation + rightCount * rightDeviation) / count
        : (leftDeviation + rightDeviation) / 2
      let gain = whole > 0 ? 1 - within / whole : 0
      if gain > best.gain { best = (index, gain) }
    }
    threshold = Self.midpoint(sorted[best.index], sorted[best.index + 1])
    gain = best.gain
  }

  private static func deviation(_ sum: Double, _ squares: Double, _ count: Double) -> Double {
    max(0, squares / count - (sum / count) * (sum / count)).squareRoot()
  }

  private static func midpoint(_ low: Float, _ high: Float) -> Float {
    (Double(low) / 2 + Double(high) / 2).roundedDown
  }
}

extension Double {
  /// The greatest float up to the number, so that `<=` decides on floats as the number itself does.
  var roundedDown: Float {
    let nearest = Float(self)
    return Double(nearest) > self ? nearest.nextDown : nearest
  }
}
