import Columnar
import Events
import Features
import Indicators
import Testing

@testable import Detectors

@Suite struct RetroHuntTests {
  /// What a test plants on a day.
  private struct Day {
    var flows: [TestFlow] = []
    var events: [EventClass: [TestEvent]] = [:]
  }

  private static let host = QuietOffice.workstation(2)
  private static let other = QuietOffice.workstation(11)
  private static let fingerprint = "e7d705a3286e19ea42f587b344ee6865"

  private static func date(_ day: Int) -> CivilDate { TestSite.start.advanced(by: day) }

  private static func indicators(_ list: [String], from: CivilDate? = nil) -> [Indicator] {
    list.compactMap { Indicator.Value($0) }.map { Indicator($0, file: "feed.txt", from: from) }
  }

  /// A hunt through working days of the quiet office, each with what is planted on it.
  /// - Parameter missing: days that the store lacks.
  private func hunt(
    _ planted: [Int: Day], for list: [String], missing: Set<Int> = []
  ) throws -> RetroHunt {
    var site = TestSite()
    // Listed only after all of these days.
    var hunt = RetroHunt(RetroHuntTests.indicators(list, from: RetroHuntTests.date(30)))
    #expect(hunt.set.indicators.count == list.count)
    for number in 0..<5 {
      let day = planted[number] ?? Day()
      try site.add(QuietOffice.day(number) + day.flows, events: day.events)
      if missing.contains(number) { continue }
      let start = site.calendar.start(of: RetroHuntTests.date(number))
      let tables = site.tables[number]
      try hunt.add(
        RetroHuntTests.date(number),
        IndicatorTables(
          pairs: tables.pairs, domains: tables.domains, logins: tables.logins,
          events: Dictionary(
            uniqueKeysWithValues: day.events.map { ($0, TestEvent.table($0, of: $1, from: start)) })
        ),
        hostHours: tables.hostHours, coverage: tables.coverage)
    }
    return hunt
  }

  private func call(_ second: Double, to address: String, isFailed: Bool = false) -> TestFlow {
    TestFlow(
      second: second, from: RetroHuntTests.host, to: address, sent: 1000, isFailed: isFailed)
  }

  private func question(_ second: Double, _ name: String) -> TestEvent {
    QuietNames.question(second, RetroHuntTests.other, name)
  }

  private func hello(_ second: Double, from: String) -> TestEvent {
    TestEvent(
      second: second,
      ["source_ip": .address(from), "tls_ja3": .text(RetroHuntTests.fingerprint)])
  }

  @Test("what was met on several days, before it was listed, with its first and last time")
  func severalDays() throws {
    let (host, other) = (RetroHuntTests.host, RetroHuntTests.other)
    let hunt = try hunt(
      [
        0: Day(
          flows: [
            call(40_000, to: "203.0.113.77"),
            TestFlow(second: 41_000, from: "203.0.113.78", to: host),
          ], events: [.tls: [hello(50_000, from: host), hello(50_001, from: "203.0.113.9")]]),
        1: Day(events: [.dns: [question(100, "a.Evil.example"), question(200, "evil.example")]]),
        3: Day(
          flows: [
            call(42_000, to: "203.0.113.77"), call(43_000, to: "203.0.113.77", isFailed: true),
          ], events: [.tls: [hello(100, from: other)], .dns: [question(9, "notevil.example")]]),
      ], for: [RetroHuntTests.fingerprint, "evil.example", "203.0.113.0/24", "198.51.100.1"])
    let found = hunt.findings
    #expect(
      found.map(\.indicator.text) == [
        RetroHuntTests.fingerprint, RetroHuntTests.fingerprint, "evil.example", "203.0.113.0/24",
      ])
    #expect(found.map(\.host) == [host, other, other, host])
    #expect(found.map(\.way) == [.tls, .tls, .dns, .conversation])
    #expect(found.map(\.count) == [1, 1, 2, 3])
    #expect(found.map(\.failedCount) == [nil, nil, nil, 1])
    #expect(found.map(\.dayCount) == [1, 1, 1, 2])
    #expect(found.map(\.bytesSent) == [nil, nil, nil, 2060])
    #expect(found.map(\.firstDay) == [0, 3, 1, 0].map(RetroHuntTests.date))
    #expect(found.map(\.lastDay) == [0, 3, 1, 3].map(RetroHuntTests.date))
    let start = CivilCalendar().start(of: TestSite.start)
    #expect(found.last?.firstTime == start.advanced(byMicroseconds: 40_000_000_000))
    #expect(
      found.last?.lastTime == start.advanced(byMicroseconds: (3 * 86_400 + 43_000) * 1_000_000))
    #expect(hunt.days == (0..<5).map(RetroHuntTests.date))
    #expect(
      RetroHunt.eventClasses.map { hunt.dayCount($0) } == [5, 2, 0, 2, 0, 0])
  }

  @Test("a day that the store lacks is not among those looked through, nor what was met on it")
  func missingDay() throws {
    let planted = [1, 2, 4].map { ($0, Day(flows: [call(40_000, to: "203.0.113.77")])) }
    let hunt = try hunt(
      Dictionary(uniqueKeysWithValues: planted), for: ["203.0.113.77"], missing: [2])
    #expect(hunt.days == [0, 1, 3, 4].map(RetroHuntTests.date))
    #expect(hunt.findings.map(\.dayCount) == [2])
    #expect(hunt.findings.map(\.count) == [2])
  }

  @Test("of indicators that nobody met nothing is found") func quiet() throws {
    let hunt = try hunt([:], for: ["192.0.2.0/24", "evil.example", RetroHuntTests.fingerprint])
    #expect(hunt.findings.isEmpty)
    #expect(hunt.days.count == 5)
  }

  @Test("a name server that hands a question on is left out, and who asked it is found")
  func nameServer() throws {
    let asked = question(100, "evil.example")
    let hunt = try hunt(
      [2: Day(events: [.dns: [asked, QuietNames.forwarded(asked)]])], for: ["evil.example"])
    #expect(hunt.findings.map(\.host) == [RetroHuntTests.other])
  }

  @Test("hosts are in order, and a sign-in from a listed address counts for where it was")
  func order() throws {
    let flows = (0..<12).reversed().map { number in
      TestFlow(
        second: 40_000 + Double(number), from: QuietOffice.workstation(number), to: "203.0.113.77")
    }
    let login = QuietLogins.login(
      50_000, "ann", from: "203.0.113.77", to: QuietOffice.server, "success")
    let found = try hunt(
      [1: Day(flows: flows, events: [.auth: [login]])], for: ["203.0.113.77"]
    ).findings
    #expect(found.map(\.host) == (0..<12).map(QuietOffice.workstation) + [QuietOffice.server])
    #expect(found.last?.way == .login)
    #expect(found.last?.bytesSent == nil)
    #expect(found.last?.failedCount == nil)
  }

  @Test("sign-ins from a listed address go from the first success to the last try of the day")
  func signIns() throws {
    let logins = [(20_000, "failure"), (30_000, "success"), (80_000, "success")].map {
      QuietLogins.login(
        $0, "ann", from: "203.0.113.77", to: QuietOffice.server, $1)
    }
    let found = try hunt([1: Day(events: [.auth: logins])], for: ["203.0.113.77"]).findings
    let start = CivilCalendar().start(of: RetroHuntTests.date(1))
    #expect(found.map(\.count) == [2])
    #expect(found.first?.firstTime == start.advanced(byMicroseconds: 30_000_000_000))
    #expect(found.first?.lastTime == start.advanced(byMicroseconds: 80_000_000_000))
  }
}
