import Events
import Features
import Testing

@testable import Detectors

@Suite struct YoungHostTests {
  /// A workstation that is switched on from the twelfth day on, idle, and worked at from the
  /// sixteenth on.
  private func site() throws -> TestSite {
    let newcomer = QuietOffice.workstation(30)
    var site = try QuietOffice.site(days: 11)
    for day in 11..<15 {
      let idle = (0..<24).map {
        TestFlow(second: Double($0) * 3600, from: newcomer, to: "198.51.3.7", port: 443)
      }
      try site.add(QuietOffice.day(day) + idle)
    }
    let work = QuietOffice.day(15).filter { $0.from == QuietOffice.workstation(0) }.map {
      var flow = $0
      flow.from = newcomer
      return flow
    }
    try site.add(QuietOffice.day(15) + work)
    return site
  }

  @Test("a host that was just met is judged as its neighbours are") func group() throws {
    let record = try #require(
      try site().state(asOf: 15).hosts[QuietOffice.workstation(30)])
    #expect(record.entityClass == .workstation)
    #expect(record.daysSeen == 4)
  }

  @Test("its first day of ordinary work is neither too much nor at the wrong time")
  func firstWork() throws {
    let votes = try site().votes().votes.filter { $0.entity == QuietOffice.workstation(30) }
    #expect(votes.filter { ["rate", "timing"].contains($0.detector) }.isEmpty)
  }
}

@Suite struct PeerYouthTests {
  @Test("a peer is young for a week and old after a month", arguments: [(0, 1), (7, 1), (30, -1)])
  func ages(age: Int, expected: Double) {
    #expect(PeerNovelty.youth(age: age, ofRecords: 60) == expected)
  }

  @Test("between them youth falls evenly") func between() {
    let expected: Double = 1 - 10 / 23
    #expect(abs(PeerNovelty.youth(age: 12, ofRecords: 60) - expected) < 1e-12)
  }

  @Test(
    "what was there when the records began is not young, and counts as old once they are a week")
  func records() {
    let threeDays: Double = -3 / 7
    #expect(PeerNovelty.youth(age: 2, ofRecords: 3) == threeDays)
    #expect(PeerNovelty.youth(age: 9, ofRecords: 11) == -1)
    #expect(PeerNovelty.youth(age: 4, ofRecords: 11) == 1)
  }
}
