import Columnar
import Events
import Foundation
import Testing

@testable import Incidents

private let playbookFolder =
  URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path + "/pipelines/playbooks"

@Test("every playbook has steps, harmless causes, containment and whom to tell")
func playbooks() throws {
  let names = try FileManager.default.contentsOfDirectory(atPath: playbookFolder)
  let detectors = try FileManager.default.contentsOfDirectory(
    atPath: playbookFolder.replacing("playbooks", with: "detectors"))
  #expect(names.map { $0.dropLast(3) }.sorted() == detectors.map { $0.dropLast(5) }.sorted())
  for name in names {
    let playbook = Playbook(
      markdown: try String(contentsOfFile: "\(playbookFolder)/\(name)", encoding: .utf8))
    #expect(playbook.checks.count >= 2, "\(name)")
    #expect(!playbook.benignCauses.isEmpty, "\(name)")
    for text in [playbook.meaning, playbook.containment, playbook.whomToTell] {
      #expect(!text.isEmpty, "\(name)")
    }
    #expect(DetectorKind.of(String(name.dropLast(3))).deed != "behaved unusually", "\(name)")
  }
}

@Test("a step that goes on in the next line is one step")
func wrappedSteps() {
  let playbook = Playbook(
    markdown: "# X\n\n## How to check\n1. One\n   goes on\n2. Two\n\n## Containment\nA\nb\n")
  #expect(playbook.checks == ["One goes on", "Two"])
  #expect(playbook.containment == "A b")
  #expect(playbook.benignCauses == [])
}

@Test("trends are of the last 28 days in order, with days on which somebody was asked")
func trends() throws {
  let day = try #require(CivilDate("2026-03-29"))
  func verdict(_ entity: String, _ decision: Decision) -> EntityVerdict {
    EntityVerdict(
      kind: .host, entity: entity, votes: 3, statistic: 1, pValue: 0.1, qValue: 0.1, rank: 1,
      leadingDetector: "scan", decision: decision, reason: "")
  }
  let trends = DayTrends(
    day: day,
    days: [
      (day, [verdict("a", .decide), verdict("b", .watch)]),
      (day.advanced(by: -28), [verdict("a", .decide)]),
      (day.advanced(by: -27), [verdict("a", .watch), verdict("b", .sighting)]),
    ], incidents: [])
  #expect(
    trends.counts == [
      DayCounts(day: day.advanced(by: -27), sightings: 1, watched: 1),
      DayCounts(day: day, decided: 1, watched: 1),
    ])
  #expect(
    trends.days(of: verdict("a", .decide)) == [
      EntityDay(day: day.advanced(by: -27), findings: 3, isAsked: false),
      EntityDay(day: day, findings: 3, isAsked: true),
    ])
}

@Test("what a rule suppressed today was not asked; earlier days stay as they were scored")
func judgedTrends() throws {
  let day = try #require(CivilDate("2026-03-29"))
  func verdict(_ entity: String) -> EntityVerdict {
    EntityVerdict(
      kind: .host, entity: entity, votes: 3, statistic: 1, pValue: 0.1, qValue: 0.1, rank: 1,
      leadingDetector: "scan", decision: .decide, reason: "")
  }
  let verdicts = [verdict("a"), verdict("b"), verdict("c")]
  var incidents = IncidentBuilder(
    siteName: "x", calendar: CivilCalendar(), assets: .empty, line: 0.2, historyDays: 28
  ).incidents(day: day, verdicts: verdicts, findings: [], history: [])
  incidents[0].decision = .suppressed
  incidents[1].decision = .closed
  let trends = DayTrends(
    day: day, days: [(day.advanced(by: -1), verdicts), (day, verdicts)], incidents: incidents)
  #expect(
    trends.counts == [
      DayCounts(day: day.advanced(by: -1), decided: 3), DayCounts(day: day, decided: 1),
    ])
  #expect(trends.days(of: verdict("a")).map(\.isAsked) == [true, false])
  #expect(trends.days(of: verdict("c")).map(\.isAsked) == [true, true])
}

@Test("a figure is its number and the words around it, in the singular where it is one")
func figures() throws {
  let hour = Instant(microseconds: 0)..<Instant(microseconds: 3_600_000_000)
  let finding = Finding(
    kind: .host, entity: "10.0.0.7", window: hour, detector: "scan", rawScore: 3, pValue: 0.001,
    floor: 1, ceiling: 9, peer: nil, cause: "10.0.0.9",
    measures: [
      Measure(name: "out_ports", actual: 1, typical: 0.5, spread: 0.25),
      Measure(name: "out_in_ratio", actual: 4),
      Measure(name: "out_bytes", actual: 7),
    ])
  let point = try #require(Explanation(calendar: CivilCalendar()).points([finding]).first)
  #expect(
    point.text == "Scan of hosts or ports, between 00:00 and 01:00, mostly by 10.0.0.9: "
      + "1 different destination port (usually 0.5 ± 0.25); "
      + "logarithm of bytes sent for each byte received 4")
  #expect(point.figures.map(\.value) == ["1", "4"])
}
