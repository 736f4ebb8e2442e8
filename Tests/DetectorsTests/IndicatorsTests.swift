import Columnar
import Events
import Indicators
import Testing

@testable import Detectors

@Suite struct IndicatorsTests {
  private static let host = QuietOffice.workstation(2)

  private func votes(
    _ flows: [TestFlow] = [], events: [EventClass: [TestEvent]] = [:], list: [String],
    from: String? = nil
  ) throws -> [ReadVote] {
    var site = try QuietOffice.site(days: 4)
    try site.add(QuietOffice.day(4) + flows, events: events)
    let day = TestSite.start.advanced(by: 4)
    let indicators = list.compactMap { Indicator.Value($0) }.map {
      Indicator($0, file: "feed.txt", from: from.flatMap { CivilDate($0) })
    }
    #expect(indicators.count == list.count)
    let start = site.calendar.start(of: day)
    return try site.votes(
      indicators: IndicatorInputs(
        set: IndicatorSet(indicators, on: day),
        events: Dictionary(
          uniqueKeysWithValues: events.map { ($0, TestEvent.table($0, of: $1, from: start)) }))
    ).votes.filter { $0.detector == "indicators" }
  }

  private static let call = TestFlow(second: 40_000, from: host, to: "203.0.113.77")

  @Test("an address, a network and a list's date: certain, named with the list")
  func addresses() throws {
    for listed in ["203.0.113.77", "203.0.113.0/25"] {
      let found = try votes([IndicatorsTests.call], list: [listed, "203.0.113.200"])
      let vote = try #require(found.first)
      #expect(found.count == 1)
      #expect(vote.entity == IndicatorsTests.host)
      #expect(vote.score >= 10)
      #expect(vote.peer == "\(listed) (feed.txt)")
    }
    let day = TestSite.start.advanced(by: 4)
    let call = [IndicatorsTests.call]
    #expect(try votes(call, list: ["203.0.113.77"], from: "\(day.advanced(by: 1))").isEmpty)
    let dated = try votes(call, list: ["203.0.113.77"], from: "\(day.advanced(by: -2))")
    #expect(dated.first?.peer == "203.0.113.77 (feed.txt, \(day.advanced(by: -2)))")
    #expect(dated.first?.actuals == [1, 1, 2])
  }

  @Test(
    "names that were asked for or greeted, below a listed domain too; fingerprints are not certain")
  func names() throws {
    let question = TestEvent(
      second: 41_000,
      ["source_ip": .address(IndicatorsTests.host), "dns_question_name": .text("a.b.Evil.example")])
    let hello = TestEvent(
      second: 42_000,
      [
        "source_ip": .address(IndicatorsTests.host), "tls_sni": .text("c2.example"),
        "tls_ja3": .text("e7d705a3286e19ea42f587b344ee6865"),
      ])
    let found = try votes(
      events: [.dns: [question], .tls: [hello]],
      list: ["evil.example", "c2.example", "e7d705a3286e19ea42f587b344ee6865"])
    #expect(found.map(\.entity) == [String](repeating: IndicatorsTests.host, count: 3))
    #expect(found.map { $0.score >= 10 } == [true, true, false])
  }

  @Test("whoever got in from a listed address counts, not whoever was turned away") func logins()
    throws
  {
    func login(_ action: String) -> [EventClass: [TestEvent]] {
      [
        .auth: [
          QuietLogins.login(40_000, "ann", from: "203.0.113.77", to: QuietOffice.server, action)
        ]
      ]
    }
    #expect(try votes(events: login("failure"), list: ["203.0.113.77"]).isEmpty)
    let found = try votes(events: login("success"), list: ["203.0.113.77"])
    #expect(found.map(\.entity) == [QuietOffice.server])
  }

  @Test("what most hosts deal with is no certainty, and a site without lists says so") func common()
    throws
  {
    let found = try votes(list: ["198.51.3.7"])
    #expect(found.count > 5)
    #expect(found.allSatisfy { $0.score < 10 })
    let coverage = try QuietOffice.site(days: 5).votes().coverage
    let own = coverage.filter { $0.detector == "indicators" }
    #expect(own.map(\.ran) == [false])
    #expect(own.map(\.reason) == ["no lists of indicators in the site file"])
  }
}
