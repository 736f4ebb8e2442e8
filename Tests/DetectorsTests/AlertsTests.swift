import Columnar
import Events
import Testing

@testable import Detectors

@Suite struct AlertsTests {
  private static func alert(
    _ second: Double, _ rule: String, from source: String, to destination: String, severity: Int
  ) -> TestEvent {
    TestEvent(
      second: second,
      [
        "rule_name": .text(rule), "source_ip": .address(source),
        "destination_ip": .address(destination), "event_severity": .number(severity),
      ])
  }

  /// Every day a rule names all machines, and another one of them; a third names always the same.
  private static func day(_ number: Int) -> [TestEvent] {
    (0..<12).map {
      alert(40_000, "everybody", from: QuietOffice.workstation($0), to: "203.0.113.1", severity: 4)
    } + [
      alert(
        41_000, "somebody", from: "203.0.113.2", to: QuietOffice.workstation(number % 12),
        severity: 5),
      alert(42_000, "server", from: "203.0.113.3", to: QuietOffice.server, severity: 4),
    ]
  }

  private func votes(_ extra: [TestEvent]) throws -> [ReadVote] {
    var site = TestSite()
    for number in 0..<16 {
      let flows =
        [QuietOffice.server, "10.2.0.9"].map { TestFlow(second: 1, from: $0, to: "10.2.0.1") }
        + (0..<12).map { TestFlow(second: 2, from: QuietOffice.workstation($0), to: "10.2.0.1") }
      try site.add(flows, events: [.alert: AlertsTests.day(number) + (number == 15 ? extra : [])])
    }
    return try site.votes().votes.filter { $0.detector == "ids" }
  }

  @Test(
    "rules that fire at everybody, at somebody every day, or always at the same host say nothing")
  func noise() throws { #expect(try votes([]).isEmpty) }

  @Test("a rule that never fired names its host, and the more the graver it is") func rare() throws
  {
    func score(_ severity: Int) throws -> Double? {
      let found = try votes([
        AlertsTests.alert(
          50_000, "never before", from: "203.0.113.9", to: QuietOffice.workstation(3),
          severity: severity)
      ])
      #expect(found.allSatisfy { $0.entity == QuietOffice.workstation(3) })
      #expect(found.allSatisfy { $0.peer == "never before" })
      return found.first?.score
    }
    let (high, medium) = (try #require(try score(4)), try #require(try score(3)))
    #expect(abs(high * 0.7 - medium) < 1e-9)
    #expect(try score(1) == nil)
  }

  @Test("a rule that knows one host is strange at another") func elsewhere() throws {
    let found = try votes([
      AlertsTests.alert(50_000, "server", from: "10.2.0.9", to: "203.0.113.9", severity: 4)
    ])
    #expect(found.map(\.entity) == ["10.2.0.9"])
  }
}

@Suite("Corroboration") struct CorroborationTests {
  /// Sixty machines over 57 days, with chance votes of three detectors, `ids` among them or not.
  private func site(_ last: [SimulatedVote]) throws -> DayDecisions {
    var site = SimulatedVotes(
      hosts: SimulatedVotes.workstations(60), detectors: ["rate", "timing", "ids"], dayCount: 57,
      seed: 3)
    site.days[56] = last
    return try #require(site.decisions(56...56).first)
  }

  private func vote(_ detector: String, _ entity: String, _ score: Double) -> SimulatedVote {
    SimulatedVote(entity: entity, detector: detector, score: score)
  }

  @Test("alerts alone decide nothing, however strange, on one host or on most") func alone() throws
  {
    for count in [1, 50] {
      let hosts = SimulatedVotes.workstations(60).prefix(count).map(\.name)
      let day = try site(hosts.map { vote("ids", $0, 1e6) })
      #expect(day.entities.count == count)
      #expect(day.entities.allSatisfy { $0.decision == .watch && $0.statistic == 0 })
    }
  }

  @Test("alerts weigh no more than what they stand beside, which leads") func beside() throws {
    let alone = try #require(try site([vote("rate", "w001", 2)]).row(of: "w001"))
    let both = try #require(
      try site([vote("rate", "w001", 2), vote("ids", "w001", 1e6)]).row(of: "w001"))
    #expect(abs(both.statistic / alone.statistic - 2) < 1e-9)
    #expect(both.leadingDetector == "rate")
    #expect(both.votes == 2)
  }
}
