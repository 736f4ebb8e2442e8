/// Where a column is cut so that its halves vary least.
struct GainThreshold {
  /// Halfway between two neighbouring values, rounded down.
  let threshold: Float
  /// The part of the variance or deviation that goes, at most 1; −∞ where values are too close
  /// together to tell.
  let gain: Double

  /// The first of the best cuts; O(n log n).
  ///
  /// - Precondition: values are finite and differ; the criterion is a gain.
  init(_ values: [Float], _ criterion: GrowthRule.Threshold) {
    precondition(criterion != .random, "a gain")
    let sorted = values.sorted()
    let count = Double(sorted.count)
    let mean = sorted.reduce(0) { $0 + Double($1) } / count
    var whole = Moments()
    for value in sorted { whole.add(Double(value) - mean) }

    var best = (index: 0, gain: -Double.infinity)
    var left = Moments()
    for index in 0..<sorted.count - 1 {
      left.add(Double(sorted[index]) - mean)
      guard sorted[index] < sorted[index + 1] else { continue }
      let right = whole - left
      let gain =
        criterion == .pooledGain
        ? 1 - (left.count * left.variance + right.count * right.variance)
          / (count * whole.variance)
        : 1 - (left.variance.squareRoot() + right.variance.squareRoot())
          / (2 * whole.variance.squareRoot())
      if gain > best.gain { best = (index, gain) }
    }
    threshold = Self.midpoint(sorted[best.index], sorted[best.index + 1])
    gain = best.gain
  }

  private static func midpoint(_ low: Float, _ high: Float) -> Float {
    Float(roundedDown: Double(low) / 2 + Double(high) / 2)
  }
}

/// Sums over values.
private struct Moments {
  var count = 0.0
  var sum = 0.0
  var squares = 0.0

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    squares += value * value
  }

  static func - (a: Moments, b: Moments) -> Moments {
    var difference = Moments()
    difference.count = a.count - b.count
    difference.sum = a.sum - b.sum
    difference.squares = a.squares - b.squares
    return difference
  }

  var variance: Double { max(0, squares / count - (sum / count) * (sum / count)) }
}

extension Float {
  /// The greatest up to the number, so that `<=` decides on floats as the number itself does.
  init(roundedDown value: Double) {
    let nearest = Float(value)
    self = Double(nearest) > value ? nearest.nextDown : nearest
  }
}
