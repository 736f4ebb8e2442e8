import Columnar
import Events
import Features
import Randomness

/// Whether a detector or its challenger decides on a day, by what the days before show.
///
/// A challenger takes over as soon as its average precision is .02 above the champion's, as the
/// mean of the compared days among the last 14, of which there must be 7, and the interval of that
/// mean is above 0; the champion takes over again as soon as the mean is below 0, or fewer days are
/// compared. So who is in charge does not change with every day's chance. The last 90 days are
/// followed, each by the 14 before it: who was last better by the margin before that hands back,
/// too. On a day on which the challenger could not run the champion stands in.
package struct Charge: Equatable, Sendable {
  package let champion: String
  package let challenger: String
  package let isChallengerInCharge: Bool
  /// The first day of this; nil where it was not otherwise in the days that are followed.
  package let since: CivilDate?
  /// Days that are compared, of the last 14.
  package let days: Int
  /// The challenger's average precision less the champion's; nil where no day is compared.
  package let difference: DetectorCharge.Estimate?

  package var idle: String { isChallengerInCharge ? champion : challenger }

  /// - Parameters:
  ///   - differences: of the days before, as many as are compared.
  ///   - hasRun: whether the challenger had a model and data on the day.
  package init(
    asOf day: CivilDate, champion: String, challenger: String,
    differences: [CivilDate: Double], hasRun: Bool = true
  ) {
    func before(_ day: CivilDate) -> [Double] {
      (1...DetectorCharge.comparedDays).compactMap { differences[day.advanced(by: -$0)] }
    }
    var isChallengerInCharge = false
    var since: CivilDate?
    for daysBack in (0..<DetectorCharge.followedDays).reversed() {
      let one = day.advanced(by: -daysBack)
      let found = before(one)
      let mean = found.reduce(0, +) / Double(max(1, found.count))
      let isEnough = found.count >= DetectorCharge.leastDays
      let changes =
        isChallengerInCharge
        ? !isEnough || mean < 0
        : isEnough && mean >= DetectorCharge.margin && Charge.estimate(found, of: one).low > 0
      guard changes else { continue }
      isChallengerInCharge.toggle()
      // Before the first of them it may have been so, too.
      since = daysBack == DetectorCharge.followedDays - 1 ? nil : one
    }
    if isChallengerInCharge && !hasRun {
      isChallengerInCharge = false
      since = day
    }
    self.champion = champion
    self.challenger = challenger
    self.isChallengerInCharge = isChallengerInCharge
    self.since = since
    let found = before(day)
    days = found.count
    difference = found.isEmpty ? nil : Charge.estimate(found, of: day)
  }

  private static let drawCount = 2_000

  /// The percentiles of the mean of as many days drawn anew (Efron 1979,
  /// doi:10.1214/aos/1176344552).
  static func estimate(_ differences: [Double], of day: CivilDate) -> DetectorCharge.Estimate {
    var draws = SeededGenerator(seed: 0, stream: day.dayNumber)
    let count = differences.count
    var means = (0..<drawCount).map { _ in
      (0..<count).reduce(0) { sum, _ in sum + differences[draws.below(count)] } / Double(count)
    }
    means.sort()
    return DetectorCharge.Estimate(
      mean: differences.reduce(0, +) / Double(count), low: means[drawCount / 40],
      high: means[drawCount - 1 - drawCount / 40])
  }
}

extension [Charge] {
  /// Writes `charge.arrow`.
  package func write(to sink: any BatchSink) throws {
    let rows = RowWriter(DetectorCharge.schema, to: sink)
    for charge in self {
      rows.table.column(DetectorCharge.champion).append(charge.champion)
      rows.table.column(DetectorCharge.challenger).append(charge.challenger)
      rows.table.column(DetectorCharge.isChallengerInCharge).append(charge.isChallengerInCharge)
      rows.table.column(DetectorCharge.since).append(charge.since.map { Int32($0.dayNumber) })
      rows.table.column(DetectorCharge.days).append(UInt32(charge.days))
      rows.table.column(DetectorCharge.difference).append(charge.difference?.mean)
      rows.table.column(DetectorCharge.low).append(charge.difference?.low)
      rows.table.column(DetectorCharge.high).append(charge.difference?.high)
      try rows.endRow()
    }
    try rows.finish()
  }
}
