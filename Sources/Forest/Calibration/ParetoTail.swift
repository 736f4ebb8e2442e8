import Glibc

/// The upper tail of a distribution, as generalised Pareto exceedances of a threshold (Pickands
/// 1975, doi:10.1214/aos/1176343003).
struct ParetoTail: Sendable, Equatable {
  let threshold: Float
  /// The share of values above the threshold.
  let share: Double
  /// ξ: 0 for an exponential tail, above for heavier ones, below for ones with an end.
  let shape: Double
  /// σ
  let scale: Double

  /// Exceedances that are too few to fit, and those that suffice.
  private static let exceedanceCounts = 20...250

  /// Fits the greatest tenth of the values, at most the 250 greatest: those above the next one
  /// below, by probability-weighted moments (Hosking, Wallis 1987, doi:10.2307/1269343).
  ///
  /// - Parameters:
  ///   - values: the greatest ones.
  ///   - valueCount: how many there are in all.
  /// - Returns: nil for fewer than 20 exceedances, or for ones that are all alike.
  init?(ascending values: [Float], of valueCount: Int) {
    let count = min(valueCount / 10, Self.exceedanceCounts.upperBound)
    guard count >= Self.exceedanceCounts.lowerBound, count < values.count else { return nil }
    let threshold = values[values.count - count - 1]
    self.init(
      excesses: values.suffix(count).map { Double($0) - Double(threshold) },
      threshold: threshold, share: Double(count) / Double(valueCount + 1))
  }

  /// - Parameter excesses: over the threshold, ascending.
  init?(excesses: [Double], threshold: Float, share: Double) {
    let count = Double(excesses.count)
    let mean = excesses.reduce(0, +) / count
    let weighted = excesses.enumerated().reduce(0) { sum, excess in
      sum + excess.element * (count - 1 - Double(excess.offset)) / (count - 1)
    }
    let moment = weighted / count
    let spread = mean - 2 * moment
    // The difference of means of exceedances and of the lesser of two; 0 where all are alike.
    guard mean > 0, spread > 0, mean.isFinite else { return nil }
    shape = 2 - mean / spread
    scale = 2 * mean * moment / spread
    guard scale > 0, shape.isFinite else { return nil }
    self.threshold = threshold
    self.share = share
  }

  /// The tail itself, or where it would end an exponential one of the same mean: few exceedances
  /// often suggest an end short of values that are still to come.
  var withoutEnd: ParetoTail {
    shape < 0
      ? ParetoTail(threshold: threshold, share: share, shape: 0, scale: scale / (1 - shape)) : self
  }

  private init(threshold: Float, share: Double, shape: Double, scale: Double) {
    self.threshold = threshold
    self.share = share
    self.shape = shape
    self.scale = scale
  }

  /// The chance of a value at least as great, for one above the threshold.
  func probability(_ value: Float) -> Double {
    let excess = (Double(value) - Double(threshold)) / scale
    guard excess > 0 else { return share }
    if shape.magnitude < 1e-9 { return share * exp(-excess) }
    return share * pow(max(0, 1 + shape * excess), -1 / shape)
  }
}
