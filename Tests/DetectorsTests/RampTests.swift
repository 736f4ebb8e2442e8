import Events
import Testing

@testable import Detectors

@Suite struct RampTests {
  private static let limits = CumulativeSum.Limits(
    slack: 1, leastSpread: 0.5, leastDays: 8, leastRise: 5)

  private func sum(_ history: [Double], today: Double) -> CumulativeSum? {
    CumulativeSum(history, today: today, limits: RampTests.limits)
  }

  @Test("a tenth more each day adds up though no day is 3 spreads above") func slowRise() throws {
    let days = (0..<20).map { 10 + 0.1 * Double(max(0, $0 - 10)) }
    let rise = try #require(sum(days, today: 11.5))
    // Usual 10, spread .5: z = .2 n for the n-th day of the rise; slack 1 leaves days 6 to 9, and
    // 3.
    #expect(abs(rise.sum - (0.2 + 0.4 + 0.6 + 0.8 + 2)) < 1e-9)
    #expect(rise.dayCount == 5)
  }

  @Test("a single day however large, and a total that came down again, are no rise") func burst() {
    #expect(sum([Double](repeating: 10, count: 20), today: 20) == nil)
    let passed = [Double](repeating: 10, count: 12) + [Double](repeating: 13, count: 8)
    #expect(sum(passed, today: 10) == nil)
  }

  @Test("too few days say nothing") func young() {
    #expect(sum([10, 10, 10, 13, 13, 13, 13], today: 13) == nil)
  }

  @Test("a host that sends half as much again each workday is named, and no other")
  func planted() throws {
    var site = TestSite()
    let host = QuietOffice.workstation(4)
    for number in 0..<26 {
      var flows = QuietOffice.day(number)
      let rise = max(0, number - 14)
      if number % 7 < 5 {
        // As much as all else it sends at first, then 1.5 times as much each day.
        var bytes = 300_000.0
        for _ in 0..<rise { bytes *= 1.5 }
        flows.append(
          TestFlow(second: 40_000, from: host, to: "198.51.3.7", sent: Int64(bytes)))
      }
      try site.add(flows)
    }
    let votes = try site.votes().votes.filter { $0.detector == "ramp" }
    #expect(votes.map(\.entity) == [host])
    #expect(votes.first?.features == ["out_external_bytes", "days_rising"])
  }
}
