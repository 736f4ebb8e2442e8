import ArrowFile
import Columnar
import Events
import StageKit
import TestSupport
import Testing

@testable import Incidents
@testable import Registry

/// Two stores with reports of the same days.
private struct TwoStores {
  let folder: TemporaryFolder
  let a: Store
  let b: Store

  init() throws {
    folder = try TemporaryFolder()
    a = try Store(path: folder.path + "/a")
    b = try Store(path: folder.path + "/b")
  }

  func compared() throws -> StoreComparison { try StoreComparison(a, b) { _ in true } }
}

private let day = CivilDate(dayNumber: 20_514)  // 2026-03-02

private func incident(
  _ entity: String, _ decision: Decision = .decide, rank: Int = 1, _ severity: Severity = .high,
  _ detector: String = "beacon"
) -> ReportedIncident {
  ReportedIncident(
    id: "id of \(entity)", day: day, rank: rank, decision: decision, reason: "", status: .new,
    severity: severity, confidence: 1, pValue: 0.1, kind: .host, entity: entity, hostname: nil,
    peers: [], firstSeen: Instant(microseconds: 0), lastSeen: Instant(microseconds: 0),
    sightings: 1, leadingDetector: detector, detectors: [], techniques: [], tactics: [],
    recommendation: .monitor, recommendationReasons: [], title: "about \(entity)",
    explanation: "", rule: nil)
}

private func report(
  _ incidents: [ReportedIncident], to store: Store, day: CivilDate = day, algorithm: Int = 1,
  options: [String: String] = [:], text: String = ""
) throws {
  let plan = Manifest(stage: "report", algorithm: algorithm, subject: "\(day)", options: options)
  _ = try store.make(store.reports(day), plan: plan) { folder in
    let table = try folder.table(IncidentRow.schema)
    try ReportedIncident.write(incidents, to: table)
    try table.finish()
    try folder.write(text, to: "report.md")
    return [:]
  }
}

@Test("stores with the same bytes are said to be equal")
func equalStores() throws {
  let stores = try TwoStores()
  for store in [stores.a, stores.b] { try report([incident("10.0.0.1")], to: store) }
  let comparison = try stores.compared()
  #expect(
    comparison.lines == [
      "equal: the votes, scores and reports of 1 day are the same, byte for byte"
    ])
}

@Test(
  "incidents of one store only, and those that are judged otherwise, are named with what differs")
func differingIncidents() throws {
  let stores = try TwoStores()
  try report(
    [
      incident("10.0.0.1"), incident("10.0.0.2", rank: 2), incident("10.0.0.3", .watch, rank: 3),
      incident("10.0.0.5", .watch, rank: 4),
    ], to: stores.a)
  try report(
    [
      incident("10.0.0.2", rank: 1, .low, "scan"), incident("10.0.0.3", .watch, rank: 2),
      incident("10.0.0.4", rank: 3), incident("10.0.0.5", .watch, rank: 4),
    ], to: stores.b)
  let comparison = try stores.compared()
  #expect(
    comparison.lines == [
      "2026-03-02",
      "  only in A: 10.0.0.1: decide, high, rank 1, beacon: about 10.0.0.1",
      "  10.0.0.2: severity high in A, low in B; rank 2 in A, 1 in B; "
        + "leading detector beacon in A, scan in B",
      "  only in B: 10.0.0.4: decide, high, rank 3, beacon: about 10.0.0.4",
      "  and 1 difference among what is watched only",
      "1 day compared, 1 with other reports, 0 with other votes or scores; of what is asked, 1 only in "
        + "A, 1 only in B, 1 differ; decisions: 2 in A, 2 in B",
    ])
  let records = comparison.csv.split(separator: "\r\n")
  #expect(records.count == 5)
  #expect(
    records[2]
      == "2026-03-02,host,10.0.0.2,decide,decide,high,low,2,1,beacon,scan,id of 10.0.0.2,id of 10.0.0.2"
  )
}

@Test("what made the stores differ is said: algorithms, and of long settings the parts that differ")
func origins() throws {
  let stores = try TwoStores()
  let settings = "beacon:floor=1.0,ceiling=2.0;scan:floor=3.0"
  for index in 0..<2 {
    let later = day.advanced(by: index)
    try report(
      [], to: stores.a, day: later, algorithm: 11,
      options: ["detectors": settings, "site": "Example"])
    try report(
      [], to: stores.b, day: later, algorithm: 12,
      options: ["detectors": settings.replacing("2.0", with: "2.5"), "site": "Example"])
  }
  #expect(
    try stores.compared().originLines == [
      "reports: algorithm: 11 in A, 12 in B on 2 days from 2026-03-02",
      "reports: detectors: beacon ceiling=2.0 in A, beacon ceiling=2.5 in B on 2 days from 2026-03-02",
    ])
}

@Test(
  "days of one store only are said, unless the other one tries settings for it; other words count")
func otherDays() throws {
  let stores = try TwoStores()
  for index in 0..<3 { try report([], to: stores.a, day: day.advanced(by: index)) }
  try report([], to: stores.b, text: "other words")
  let comparison = try stores.compared()
  #expect(
    comparison.lines.prefix(2) == [
      "reports of 2 days, 2026-03-03 to 2026-03-04, only in A",
      "2026-03-02: the same incidents, in other words or with other figures",
    ])
  try FileBytes.write(
    "compression = \"none\"\ncopy_of = \"a\"\n".utf8, to: stores.b.path + "/store.toml")
  let tried = try StoreComparison(stores.a, try Store(path: stores.b.path)) { _ in true }
  #expect(tried.onlyInA == [])
}

@Test(
  "an act that this version doesn't know, or knows less of, ends with its line, and is no other act"
)
func actOfAnotherVersion() throws {
  let folder = try TemporaryFolder()
  let registry = RegistryLog(try Store(path: folder.path))
  let line = """
    {"act":{"suppress":{"_0":{"firstDay":"2026-03-02","id":"R1","lastDay":"2026-04-02","reason":"x",\
    "scope":{"entity":"10.0.0.7","peer":"203.0.113.7"}}}},"actor":"anna","at":"2026-03-02T08:00:00Z"}
    """
  try registry.log.append { _ in [line] }
  #expect(try registry.events().count == 1)
  for (newer, why) in [
    (
      line.replacing("\"scope\":{", with: "\"scope\":{\"user\":\"anna\","),
      "scope.user is not known"
    ),
    (line.replacing("suppress", with: "escalate"), "act: "),
  ] {
    let other = RegistryLog(try Store(path: folder.path + "/\(why.count)"))
    try other.log.append { _ in [newer] }
    let error = #expect(throws: StageError.self) { try other.events() }
    #expect(
      error?.description.hasPrefix("\(other.log.path):1: expected an entry of this version") == true
    )
    #expect(error?.description.contains(why) == true)
  }
}
