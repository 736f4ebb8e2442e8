import Events
import TestSupport
import Testing

@testable import Detectors

@Suite("Repeats") struct CalibrationRepeatTests {
  private func site(
    attackDays: [Int], score: (Int) -> Double = { _ in 40 },
    detector: (Int) -> String = { _ in "detector1" }
  ) -> SimulatedVotes {
    var site = quietSite(dayCount: 80)
    for day in attackDays {
      site.days[day].removeAll { $0.entity == "w010" }
      site.days[day].append(
        SimulatedVote(entity: "w010", detector: detector(day), score: score(day)))
    }
    return site
  }

  private func decisions(_ site: SimulatedVotes, on days: [Int]) throws -> [Decision?] {
    let range = try site.decisions(60...79)
    return days.map { range[$0 - 60].row(of: "w010")?.decision }
  }

  @Test("two weeks of one beacon are one decision and thirteen sightings")
  func sightings() throws {
    let site = site(attackDays: Array(60..<74))
    let decisions = try decisions(site, on: Array(60..<74))
    #expect(decisions.first == .decide)
    #expect(decisions.dropFirst().allSatisfy { $0 == .sighting }, "\(decisions)")
  }

  @Test("what comes back after more than seven days is asked for again")
  func comesBack() throws {
    let site = site(attackDays: [60, 67, 75])
    #expect(try decisions(site, on: [60, 67, 75]) == [.decide, .sighting, .decide])
  }

  @Test("ten times stronger is asked for again, once")
  func stronger() throws {
    let site = site(attackDays: [60, 61, 62, 63]) { $0 < 62 ? 40 : 400 }
    #expect(
      try decisions(site, on: [60, 61, 62, 63]) == [.decide, .sighting, .decide, .sighting])
  }

  @Test("another leading detector is asked for")
  func otherDetector() throws {
    let site = site(attackDays: [60, 61, 62]) { _ in
      40
    } detector: {
      $0 == 61 ? "detector2" : "detector1"
    }
    #expect(try decisions(site, on: [60, 61, 62]) == [.decide, .decide, .sighting])
  }

  @Test(
    "another detector that would be asked about by itself is asked for beside a known one, once")
  func besideKnown() throws {
    func decisions(_ scores: Double...) throws -> [Decision?] {
      var site = site(attackDays: [60, 61, 62])
      for (day, score) in zip([61, 62], scores) {
        site.days[day].append(SimulatedVote(entity: "w010", detector: "detector2", score: score))
      }
      return try self.decisions(site, on: [60, 61, 62])
    }
    #expect(try decisions(30, 30) == [.decide, .decide, .sighting])
    #expect(try decisions(1.5, 1.5) == [.decide, .sighting, .sighting])
    // What a sighting said in passing was not asked about.
    #expect(try decisions(1.5, 30) == [.decide, .sighting, .decide])
  }

  @Test(
    "a beacon to another peer is asked for, once; other detectors ask about the host",
    arguments: [
      ("beacon", [Decision.decide, .sighting, .decide, .sighting]),
      ("destinations", [.decide, .sighting, .sighting, .sighting]),
    ])
  func otherPeer(detector: String, expected: [Decision]) throws {
    var site = site(attackDays: [])
    for (day, peer) in zip(60..., ["a", "a", "b", "a"]) {
      site.days[day].removeAll { $0.entity == "w010" }
      site.days[day].append(
        SimulatedVote(entity: "w010", detector: detector, score: 40, peer: peer))
    }
    #expect(try decisions(site, on: Array(60..<64)) == expected)
  }
}
