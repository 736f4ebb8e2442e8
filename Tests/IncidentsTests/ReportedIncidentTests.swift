import Columnar
import Events
import Testing

@testable import Incidents

/// Keeps what is written to it.
private final class Sheet: BatchSink {
  var batches: [Batch] = []
  func write(_ batch: Batch) throws { batches.append(batch) }
}

@Test("an incident comes back from its table as it was, whatever line ends a log put into it")
func roundTrip() throws {
  let day = try #require(CivilDate("2026-03-25"))
  let start = CivilCalendar().start(of: day)
  let peers = ["a\r", "b", "c\r\nd", "e\u{2028}f", "g\n"]
  let findings = peers.map {
    Finding(
      kind: .host, entity: "10.0.0.7", window: start..<start, detector: "beacon", rawScore: 5,
      pValue: 0.001, floor: 3, ceiling: .infinity, peer: $0, measures: [])
  }
  let verdict = EntityVerdict(
    kind: .host, entity: "10.0.0.7", votes: 5, statistic: 1, pValue: 0.001, qValue: 0.1, rank: 1,
    leadingDetector: "beacon", decision: .decide, reason: "")
  let incidents = IncidentBuilder(
    siteName: "x", calendar: CivilCalendar(), assets: .empty, line: 0.02, historyDays: 28
  ).incidents(day: day, verdicts: [verdict], findings: findings, history: [])
  let reported = incidents.map(ReportedIncident.init)
  let sheet = Sheet()
  try ReportedIncident.write(reported, to: sheet)
  let table = Table(schema: IncidentRow.schema, batches: sheet.batches)
  let read = try ReportedIncident.read(table, day: day)
  #expect(read == reported)
  #expect(read.first?.peers == ["a ", "b", "c  d", "e\u{2028}f", "g "])
}

@Test("a picture of hosts whose logs state the largest numbers has the largest number")
func largestNumbers() throws {
  let day = try #require(CivilDate("2026-03-25"))
  let hours = TableBuilder(HostHour.schema)
  for host in ["10.0.0.7", "10.0.0.7", HostHour.internet] {
    hours.column(HostHour.host).append(host)
    hours.column(HostHour.hour).append(CivilCalendar().start(of: day))
    hours.column(HostHour.sources).append("edge")
    for counter in HostHour.counters { hours.column(counter).append(.max) }
  }
  let none = { (schema: Schema) in Table(schema: schema, batches: []) }
  let picture = try NetworkPicture.read(
    PictureTables(
      day: day, hostHours: Table(schema: HostHour.schema, batches: [hours.finishBatch()]),
      services: none(Service.schema), edges: none(Edge.schema)),
    earlier: [], calendar: CivilCalendar())
  #expect(picture.topTalkers.map(\.host) == ["10.0.0.7"])
  #expect(picture.topTalkers.first?.bytes == .max)
  #expect(picture.backgroundFailed == .max)
  #expect(picture.conversations == .max)
}
