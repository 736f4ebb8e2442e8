import Columnar
import Events
import Foundation
import Testing

@testable import Incidents
@testable import Rendering

/// A week of which one day was reported, each of its texts hostile.
enum SampleWeek {
  static let names = ["10.20.30.40", "fe80::7", "ws-secret", "anna.lang"]

  static func facts() throws -> PeriodFacts {
    let day = try #require(CivilDate("2026-03-25"))
    let moment = CivilCalendar().start(of: day)
    let texts = SamplePage.hostile + names
    let incidents = texts.enumerated().map { rank, text in
      ReportedIncident(
        id: "id-\(rank)", day: day, rank: rank, decision: .decide, reason: text, status: .new,
        severity: Severity.allCases[rank % 5], confidence: 1, pValue: 0.01, kind: .host,
        entity: text, hostname: text, peers: [text], firstSeen: moment, lastSeen: moment,
        sightings: 1, leadingDetector: "scan", detectors: ["scan"], techniques: ["T1046"],
        tactics: ["discovery"], recommendation: .monitor, recommendationReasons: [text],
        title: text, explanation: text, rule: nil)
    }
    let figures = [
      "posture": "red", "decided": "\(texts.count)", "hosts_checked": "60", "sources": "3",
      "faulty_sources": "1",
      "covered_hours": "18", "day_hours": "24",
    ]
    return PeriodFacts(
      siteName: "Example", period: Period(.weekly, containing: day),
      days: [
        ReportedDay(day: day, figures: figures, incidents: incidents, manifestSHA256: "00ff")
      ], daysBefore: [])
  }
}

private func file(_ name: String, of facts: PeriodFacts) throws -> String {
  try #require(PeriodReport(facts).files.first { $0.name == name }).text
}

@Test("the manager's pages name no machine, address or person, and have the figures")
func manager() throws {
  let facts = try SampleWeek.facts()
  for name in ["manager.html", "manager.md"] {
    let text = try file(name, of: facts)
    // No page has hostile text as it was, so that what a page would have of it is looked for.
    let escaped = SamplePage.hostile.map(name.hasSuffix("md") ? Markdown.escaped : HTML.escaped)
    for secret in SampleWeek.names + escaped { #expect(!text.contains(secret)) }
    #expect(text.contains("11 decisions on 1 of 7 days"))
    #expect(text.contains("18 of 24"))
    #expect(text.contains("discovery"))
  }
  let analyst = try file("analyst.md", of: facts)
  #expect(analyst.contains("10.20.30.40"), "the analyst's does")
  for text in SamplePage.hostile { #expect(analyst.contains(Markdown.escaped(text)), "\(text)") }
}

@Test("no page of a week lets text of a log become markup")
func hostileWeek() throws {
  for (name, text) in PeriodReport(try SampleWeek.facts()).files {
    for mark in ["<script", "<img", "onload=alert(1)>", "\u{202E}"] {
      #expect(!text.contains(mark), "\(name): \(mark)")
    }
    if name.hasSuffix(".md") { #expect(!text.contains("[click](javascript"), "\(name)") }
  }
}

@Test("the auditor's page has each day's hash, and the page of controls leads to artefacts")
func controls() throws {
  let facts = try SampleWeek.facts()
  #expect(try file("auditor.html", of: facts).contains("00ff"))
  let compliance = try file("compliance.html", of: facts)
  for control in ["DE.AE-02", "DE.CM-01", "A.8.15", "A.8.16", "10.4.1", "Article 21"] {
    #expect(compliance.contains(control), "\(control)")
  }
  #expect(compliance.contains("href=\"../../scores/day=2026-03-25/manifest.json\""))
}

@Test("the index lists the last day first, each with its posture as a word")
func index() throws {
  let day = try #require(CivilDate("2026-03-25"))
  let days = [0, 1].map {
    DayHeadline(
      day: day.advanced(by: $0),
      figures: [
        "posture": $0 == 0 ? "red" : "green", "decided": "\(3 + $0)", "sightings": "\(51 + $0)",
        "watched": "\(71 + $0)", "hosts_checked": "\(81 + $0)",
      ])
  }
  let page = ReportIndex(
    siteName: SamplePage.hostile[0], days: days, periods: ["week=2026-W13"], otherDayCount: 2
  ).html
  let (last, first) = (
    try #require(page.range(of: "day=2026-03-26/report.html")),
    try #require(page.range(of: "day=2026-03-25/report.html"))
  )
  #expect(last.lowerBound < first.lowerBound)
  #expect(page.contains("Red</span>") && page.contains("Green</span>"))
  for text in [
    "2026-03-26: 4 decided, 52 seen again, 72 watched", ">4</td>", ">52</td>", ">82</td>",
  ] {
    #expect(page.contains(text), "\(text)")
  }
  #expect(page.contains("week=2026-W13/manager.html"))
  #expect(page.contains("2 days reported by another version"))
  #expect(!page.contains("<script"))
}
