import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

@testable import Incidents
@testable import Registry
@testable import RegistryTables

private let hostile = "=cmd|'x'!A1, \"quoted\"\r\n'); DROP TABLE incident;--"

private func reported(_ id: String, _ day: String, rank: Int = 1) throws -> ReportedIncident {
  ReportedIncident(
    id: id, day: try #require(CivilDate(day)), rank: rank, decision: .decide, reason: "",
    status: .new, severity: day < "2026-03-05" ? .high : .medium, confidence: 0.85, pValue: 0.001,
    kind: .host, entity: "10.0.0.7", hostname: nil, peers: [hostile],
    firstSeen: Instant(microseconds: 0), lastSeen: Instant(microseconds: 1_000_000), sightings: 1,
    leadingDetector: "beacon", detectors: ["beacon", "rate"], techniques: ["T1071"],
    tactics: ["command and control"], recommendation: .monitor, recommendationReasons: ["look"],
    title: hostile, explanation: "why", rule: nil)
}

private func cases() throws -> ([Case], RegistryState) {
  let label = RegistryEvent(
    at: Instant(microseconds: 0), actor: "anna",
    act: .label(
      subject: .init(
        incident: "a", entityKind: .host, entity: "10.0.0.7",
        firstDay: try #require(CivilDate("2026-03-02")),
        lastDay: try #require(CivilDate("2026-03-09"))), verdict: .benign, reason: hostile))
  let state = RegistryState([label])
  let reports = try [
    [reported("a", "2026-03-02")],
    [reported("b", "2026-03-05", rank: 2), reported("a", "2026-03-05")],
  ]
  return (Case.all(reports, state), state)
}

@Test("an incident of many days is one case, with its worst severity, last seen first")
func casesOfReports() throws {
  let (cases, _) = try cases()
  #expect(cases.map(\.latest.id) == ["a", "b"])
  #expect(cases[0].severity == .high)
  #expect(cases[0].worstDay == cases[0].firstDay)
  #expect(cases[0].latest.severity == .medium)
  #expect(cases[0].days.map(\.description) == ["2026-03-02", "2026-03-05"])
  #expect(cases[0].record.label?.verdict == .benign)
}

@Test("the table for spreadsheets reads back as it was written, formulas disarmed")
func spreadsheet() throws {
  let (cases, state) = try cases()
  let text = CasesCSV.render(cases)
  #expect(!text.contains(",=cmd"))
  #expect(!text.contains("\"=cmd"))
  let rows = try CasesCSV.rows(of: Array(text.utf8), path: "x.csv")
  #expect(rows.map(\.incident) == ["a", "b"])
  #expect(rows[0].verdict == .benign)
  #expect(rows[0].verdictReason == hostile)
  #expect(rows[1].verdict == nil)
  #expect(state.records["a"]?.label?.reason == rows[0].verdictReason)
}

@Test("a table without the incidents' ids is refused, and one that a spreadsheet saved is read")
func spreadsheetHeader() throws {
  #expect(throws: CasesCSV.Fault.self) {
    try CasesCSV.rows(of: Array("id,verdict\na,TP\n".utf8), path: "x.csv")
  }
  let rows = try CasesCSV.rows(
    of: Array("\u{FEFF}incident_id,verdict\r\na,TP\r\n".utf8), path: "x.csv")
  #expect(rows.map(\.verdict) == [.truePositive])
}

private let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]

@Test(
  "Python's SQLite reads the registry's tables, whatever a log put into a title",
  .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python"))
func database() throws {
  let folder = try TemporaryFolder()
  let (cases, state) = try cases()
  try RegistryDatabase.write(cases, state, to: folder.path + "/registry.sqlite")
  let process = Process()
  process.executableURL = URL(filePath: try #require(python))
  process.arguments = [
    "-c",
    """
    import sqlite3, sys
    base = sqlite3.connect(sys.argv[1])
    print(base.execute("PRAGMA integrity_check").fetchone()[0])
    for row in base.execute("SELECT incident_id, severity, sightings, verdict, title = ? FROM incident", [sys.argv[2]]):
        print(*row)
    """, folder.path + "/registry.sqlite", hostile,
  ]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(text == "ok\na high 2 benign 1\nb medium 1 None 1\n")
}

@Test("the interval of a share equals Wilson's")
func wilson() throws {
  // statsmodels.stats.proportion.proportion_confint(1, 9, method="wilson")
  let verdicts =
    [RegistryEvent.Verdict.truePositive]
    + [RegistryEvent.Verdict](repeating: .falsePositive, count: 8)
  let day = try #require(CivilDate("2026-03-05"))
  let state = RegistryState(
    verdicts.enumerated().map { index, verdict in
      RegistryEvent(
        at: Instant(microseconds: 0), actor: "anna",
        act: .label(
          subject: .init(
            incident: "\(index)", entityKind: .host, entity: "x", firstDay: day, lastDay: day),
          verdict: verdict, reason: ""))
    })
  let cases = Case.all(try [(0..<12).map { try reported("\($0)", "2026-03-05", rank: $0) }], state)
  let row = try #require(DetectorPrecision.all(cases).first)
  #expect((row.asked, row.labelled, row.truePositives) == (12, 9, 1))
  #expect(abs(row.interval.lowerBound - 0.019890887638544918) < 1e-6)
  #expect(abs(row.interval.upperBound - 0.434999705576656) < 1e-6)
}
