import Columnar
import Events
import Testing

@testable import Incidents

private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

@Test(
  "weeks are numbered as by ISO 8601, also where the year turns",
  arguments: [
    // date.fromisoformat(…).isocalendar() of Python
    ("2026-03-29", "week=2026-W13"), ("2026-03-23", "week=2026-W13"),
    ("2026-01-01", "week=2026-W01"), ("2027-01-01", "week=2026-W53"),
    ("2024-12-30", "week=2025-W01"), ("2021-01-03", "week=2020-W53"),
    ("2020-02-29", "week=2020-W09"),
  ])
func weeks(text: String, name: String) throws {
  let period = Period(.weekly, containing: try day(text))
  #expect(period.folderName == name)
  #expect(period.dayCount == 7 && period.first.weekday == 0)
  #expect(period.contains(try day(text)))
}

@Test("months have their days, leap years included, and follow each other")
func months() throws {
  let february = Period(.monthly, containing: try day("2024-02-29"))
  #expect(february.folderName == "month=2024-02")
  #expect(february.dayCount == 29)
  #expect(february.before == Period(.monthly, containing: try day("2024-01-15")))
  let all = Period.all(.monthly, from: try day("2025-11-30"), to: try day("2026-02-01"))
  #expect(
    all.map(\.folderName) == ["month=2025-11", "month=2025-12", "month=2026-01", "month=2026-02"])
}

@Test("an incident of several days is one run with its worst severity and its latest words")
func runs() throws {
  func incident(_ id: String, _ text: String, _ severity: Severity, _ decision: Decision) throws
    -> ReportedIncident
  {
    let moment = Instant(microseconds: 0)
    return ReportedIncident(
      id: id, day: try day(text), rank: 1, decision: decision, reason: "", status: .new,
      severity: severity, confidence: 1, pValue: 0.01, kind: .host, entity: "10.0.0.7",
      hostname: nil, peers: [], firstSeen: moment, lastSeen: moment, sightings: 1,
      leadingDetector: "scan", detectors: ["scan"], techniques: [], tactics: ["discovery"],
      recommendation: .monitor, recommendationReasons: [], title: "seen on \(text)",
      explanation: "", rule: nil)
  }
  func reported(_ text: String, _ incidents: [ReportedIncident]) throws -> ReportedDay {
    ReportedDay(day: try day(text), figures: [:], incidents: incidents, manifestSHA256: "")
  }
  let (monday, tuesday) = ("2026-03-23", "2026-03-24")
  let facts = PeriodFacts(
    siteName: "x", period: Period(.weekly, containing: try day(monday)),
    days: [
      try reported(
        monday,
        [try incident("a", monday, .high, .decide), try incident("b", monday, .low, .watch)]),
      try reported(
        tuesday,
        [
          try incident("a", tuesday, .medium, .sighting),
          try incident("c", tuesday, .medium, .decide),
        ]),
    ], daysBefore: [])
  #expect(facts.runs.map(\.latest.id) == ["a", "c"])
  #expect(facts.runs.map(\.severity) == [.high, .medium])
  #expect(facts.runs.first?.latest.title == "seen on \(tuesday)")
  #expect(facts.runs.map(\.days.count) == [2, 1])
  #expect(PeriodFacts.decisionsPerDay(facts.days) == "1")
  #expect(PeriodFacts.decisionsPerDay([]) == nil)
  #expect(facts.decided(.high) == 1 && facts.decided(.low) == 0)
  #expect(facts.tactics.map(\.count) == [2])
}
