import Columnar
import Events
import Testing

@testable import Detectors

@Suite("Who of a detector and its challenger decides") struct ChargeTests {
  private let day = TestSite.start.advanced(by: 200)

  /// - Parameter differences: of the days before, the last one first; nil of one not compared.
  private func charge(_ differences: [Double?], hasRun: Bool = true) -> Charge {
    Charge(
      asOf: day, champion: "edges", challenger: "learned-edges",
      differences: Dictionary(
        uniqueKeysWithValues: differences.enumerated().compactMap { back, difference in
          difference.map { (day.advanced(by: -1 - back), $0) }
        }), hasRun: hasRun)
  }

  @Test("a challenger that is better by the margin on seven days decides, since the seventh")
  func takesOver() throws {
    let charge = charge(.init(repeating: 0.025, count: 10))
    #expect(charge.isChallengerInCharge && charge.idle == "edges")
    #expect(charge.since == day.advanced(by: -3))
    #expect(charge.days == 10)
    let difference = try #require(charge.difference)
    for value in [difference.mean, difference.low, difference.high] {
      #expect(abs(value - 0.025) < 1e-12)
    }
  }

  @Test(
    "it does not by less, nor by chance, nor on six days",
    arguments: [
      .init(repeating: 0.01, count: 14),
      // A mean of .04 whose interval reaches below 0.
      .init(repeating: 0.56, count: 1) + .init(repeating: 0, count: 13),
      .init(repeating: 0.3, count: 6),
      [],
    ])
  func staysOff(differences: [Double]) {
    let charge = charge(differences)
    #expect(!charge.isChallengerInCharge && charge.idle == "learned-edges")
    #expect(charge.since == nil)
    #expect((charge.difference == nil) == differences.isEmpty)
  }

  @Test("one that decides goes on while it is no worse, and stops when it is") func handsBack() {
    let early = [Double?](repeating: 0.05, count: 14)
    #expect(charge(.init(repeating: 0.001, count: 20) + early).isChallengerInCharge)
    let worse = charge(.init(repeating: -0.06, count: 9) + early)
    #expect(!worse.isChallengerInCharge)
    // Seven of fourteen days at −.06 beside seven at .05 are the first whose mean is below 0.
    #expect(worse.since == day.advanced(by: -2))
  }

  @Test("without days that are compared the detector decides again") func nothingToGoBy() {
    let charge = charge(.init(repeating: nil, count: 8) + .init(repeating: 0.05, count: 14))
    #expect(!charge.isChallengerInCharge && charge.days == 6)
    #expect(charge.since == day)
  }

  @Test("where it could not run the detector stands in for the day") func standsIn() {
    let charge = charge(.init(repeating: 0.05, count: 14), hasRun: false)
    #expect(!charge.isChallengerInCharge && charge.since == day && charge.days == 14)
  }

  @Test("one that is better for longer than is looked back to has no first day") func forLong() {
    let charge = charge(.init(repeating: 0.05, count: 150))
    #expect(charge.isChallengerInCharge && charge.since == nil)
  }

  @Test("a day's answer is of the hundred days before it alone") func followed() {
    let recent = [Double?](repeating: 0.001, count: 104)
    #expect(
      charge(recent + .init(repeating: 0.05, count: 20))
        == charge(recent + .init(repeating: -0.05, count: 20)))
  }

  @Test(
    "average precision takes equal scores together",
    arguments: [
      ([3.0, 2, 1], [true, false, true], 5.0 / 6),
      ([1, 1, 1, 1], [true, false, false, false], 0.25),
      ([-.infinity, 2], [true, false], 0.5), ([1], [false], 0),
    ] as [([Double], [Bool], Double)])
  func precision(scores: [Double], isAttacked: [Bool], expected: Double) {
    let found = averagePrecision(zip(scores, isAttacked).map { (score: $0, isAttacked: $1) })
    #expect(abs(found - expected) < 1e-15)
  }
}
