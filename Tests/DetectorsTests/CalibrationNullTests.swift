import Events
import TestSupport
import Testing

@testable import Detectors

/// Greatest distance between the values' distribution and the uniform one on (0, 1).
private func distanceFromUniform(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let count = Double(sorted.count)
  return sorted.enumerated().reduce(0) { distance, item in
    max(
      distance, abs(Double(item.offset + 1) / count - item.element),
      abs(item.element - Double(item.offset) / count))
  }
}

/// Decisions a day over simulated quiet sites.
private func decisionsPerDay(
  falseAlarmsPerDay: Double, dependence: Double = 0, hosts: Int = 76, days: ClosedRange<Int>,
  seeds: ClosedRange<UInt64>
) throws -> Double {
  var decided = 0
  for seed in seeds {
    let site = SimulatedVotes(
      hosts: SimulatedVotes.workstations(hosts),
      detectors: Array(SimulatedVotes.detectors.prefix(5)),
      dayCount: days.upperBound + 1, dependence: dependence, seed: seed)
    decided += try site.decisions(days, .init(falseAlarmsPerDay: falseAlarmsPerDay))
      .reduce(0) { $0 + $1.decided.count }
  }
  return Double(decided) / Double(days.count * seeds.count)
}

@Suite("Calibration of quiet sites") struct CalibrationNullTests {
  @Test("p-values of votes and of fused statistics are uniform where nothing happens")
  func uniform() throws {
    let seed: UInt64 = 11
    let site = SimulatedVotes(
      hosts: SimulatedVotes.workstations(60), detectors: ["a", "b", "c"], dayCount: 70,
      voteShare: 1, seed: seed)
    let days = try site.decisions(50...69)
    let ofVotes = (50...69).flatMap { day in
      site.days[day].compactMap {
        days[day - 50].pValue(kind: .host, entity: $0.entity, detector: "a", score: $0.score)
      }
    }
    #expect(ofVotes.count == 20 * 60)
    // Kolmogorov's 0.1 % point for n = 1,200 is 1.95/√n.
    #expect(distanceFromUniform(ofVotes) < 1.95 / 1200.0.squareRoot())
    let ofEntities = days.flatMap { $0.entities.map(\.pValue) }
    #expect(ofEntities.count == 20 * 60)
    // All but the eighth whose three votes are unremarkable, which share a statistic of 0.
    let low = ofEntities.map { min($0, 0.75) / 0.75 }.filter { $0 < 1 }
    #expect(distanceFromUniform(low) < 1.95 / Double(low.count).squareRoot())
  }

  @Test(
    "a quiet site is asked as often as its budget says, within a factor of two",
    arguments: [2, 0.5, 0.2])
  func rate(falseAlarmsPerDay: Double) throws {
    let rate = try decisionsPerDay(
      falseAlarmsPerDay: falseAlarmsPerDay, days: 60...89, seeds: 1...6)
    #expect(rate >= falseAlarmsPerDay / 2 && rate <= falseAlarmsPerDay * 2, "\(rate) a day")
  }

  @Test("detectors that copy each other don't ask more often", arguments: [0.5, 0.9, 1])
  func dependence(_ dependence: Double) throws {
    let rate = try decisionsPerDay(
      falseAlarmsPerDay: 2, dependence: dependence, days: 60...89, seeds: 1...5)
    #expect(rate >= 1 && rate <= 4, "\(rate) a day")
  }

  @Test("a site of nine hosts keeps to its budget")
  func nineHosts() throws {
    let rate = try decisionsPerDay(
      falseAlarmsPerDay: 0.5, hosts: 9, days: 60...89, seeds: 1...6)
    #expect(rate >= 0.25 && rate <= 1, "\(rate) a day")
  }
}
