/// Scores of an entity measured by its own other days, so that entities of classes too small to be
/// ranked among themselves can share one tail.
struct OwnHistory {
  /// Days on which the entity was seen.
  let dayCount: Int
  /// Scores of the days with a vote; the others count as the floor.
  let scores: [Double]

  /// As many other days are needed to know what is usual.
  static let leastDays = 5
  /// The least spread, as a share of the usual score.
  static let leastRelativeSpread = 0.25

  /// How far a score lies above the median of the days, in robust spreads.
  /// - Parameter leftOut: position in `scores` of a day that does not count, which is the score's
  ///   own.
  func standardised(_ score: Double, floor: Double, leavingOut leftOut: Int? = nil) -> Double {
    let otherDays = dayCount - (leftOut == nil ? 0 : 1)
    let voteCount = scores.count - (leftOut == nil ? 0 : 1)
    // With votes on fewer than half of the days, the median is the floor and the MAD is 0.
    guard otherDays >= Self.leastDays, 2 * voteCount >= otherDays else {
      return (score - floor) / Self.leastSpread(about: floor)
    }
    var values = [Double](repeating: floor, count: otherDays - voteCount)
    for (position, other) in scores.enumerated() where position != leftOut { values.append(other) }
    let usual = median(&values)
    for index in values.indices { values[index] = abs(values[index] - usual) }
    return (score - usual) / max(1.4826 * median(&values), Self.leastSpread(about: usual))
  }

  private static func leastSpread(about usual: Double) -> Double {
    max(leastRelativeSpread * abs(usual), .leastNormalMagnitude)
  }
}

/// The median; sorts the values. 0 for none.
func median(_ values: inout [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  values.sort()
  let middle = values.count / 2
  return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
}
