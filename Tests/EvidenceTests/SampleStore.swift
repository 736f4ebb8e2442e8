import ArrowFile
import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

@testable import Evidence
@testable import Incidents

/// A store of one day with one incident, on 10.0.0.7 between 02:00 and 03:00.
final class SampleStore {
  static let incident = "6f1c0000-0000-5000-8000-000000000000"
  static let seedHash = ContentHasher.hash("hush hush")
  private let folder: TemporaryFolder
  var path: String { folder.path }
  let store: Store
  let site: Site
  let day: CivilDate
  let key: EvidenceKey

  init() throws {
    folder = try TemporaryFolder()
    let path = folder.path
    try FileBytes.write(
      """
      [site]
      name = "Example"
      timezone = "UTC"
      networks = ["10.0.0.0/8"]
      seed = "hush hush"

      [evidence]
      key_file = "signing.key"

      """.utf8, to: path + "/site.toml")
    store = try Store(path: path + "/store")
    site = try Site(path: path + "/site.toml")
    day = try #require(CivilDate("2026-03-29"))
    key = try EvidenceKey.make(at: site.evidenceKeyPath, outside: store)
    try writeEvents()
    try writeScores()
    try writeReport()
    for folder in [store.votes(day), store.baseline(asOf: day)] {
      try make(folder) { try $0.write("x", to: "x") }
    }
  }

  /// Writes the incident's bundle to a folder of this name.
  @discardableResult
  func bundle(_ name: String) throws -> EvidenceBundle {
    try EvidenceBundle.write(
      incident: SampleStore.incident, day: day, site: site, store: store, key: key,
      to: path + "/" + name)
  }

  static func time(_ text: String) throws -> Instant {
    try #require(Instant(utc: "2026-03-29T\(text):00Z"))
  }

  private func make(_ folder: String, _ body: (OutputFolder) throws -> Void) throws {
    let plan = Manifest(
      stage: "s", algorithm: 1, subject: "x", options: ["seed": SampleStore.seedHash])
    _ = try store.make(folder, plan: plan) {
      try body($0)
      return [:]
    }
  }

  private func writeEvents() throws {
    let columns = [
      Event.time.name, Event.sourceAddress.name, Event.destinationAddress.name,
      Event.networkBytes.name, Event.logFile.name, Event.logLine.name,
    ]
    let table = TableBuilder(EventClass.flow.schema.filtered { columns.contains($0.name) })
    let rows = [
      ("00:10", "10.0.0.8", "9.9.9.9", "other-host.log"), ("02:10", "10.0.0.7", "8.8.8.8", "a.log"),
      ("02:30", "10.0.0.9", "10.0.0.7", "=a.log"), ("02:40", "10.0.0.8", "9.9.9.9", "b.log"),
      ("02:50", "8.8.8.8", "10.0.0.8", "in.log"), ("03:00", "10.0.0.7", "8.8.8.8", "late.log"),
    ]
    for (index, row) in rows.enumerated() {
      table.column(Event.time).append(try SampleStore.time(row.0))
      table.column(Event.sourceAddress).append(try #require(Address(row.1)))
      table.column(Event.destinationAddress).append(try #require(Address(row.2)))
      if index == 2 {
        table.column(Event.networkBytes).appendNull()
      } else {
        table.column(Event.networkBytes).append(Int64(index))
      }
      table.column(Event.logFile).append(row.3)
      table.column(Event.logLine).append(Int64(index + 1))
    }
    try make(store.events(day)) {
      try $0.write(Table(schema: table.schema, batches: [table.finishBatch()]))
    }
  }

  private func writeScores() throws {
    let table = TableBuilder(Vote.schema.filtered { !$0.isNullable || $0.name == "p_value" })
    for entity in ["10.0.0.7", "10.0.0.8"] {
      table.column(Vote.entityKind).append(EntityKind.host.rawValue)
      table.column(Vote.entity).append(entity)
      table.column(Vote.windowStart).append(try SampleStore.time("02:00"))
      table.column(Vote.windowEnd).append(try SampleStore.time("03:00"))
      table.column(Vote.detector).append("scan")
      table.column(Vote.rawScore).append(5)
      table.column(Vote.pValue).append(0.001)
      table.column(Vote.floor).append(3)
      table.column(Vote.ceiling).append(20)
    }
    try make(store.scores(day)) {
      try $0.write(
        Table(schema: table.schema, batches: [table.finishBatch()]), name: "scores")
    }
  }

  private func writeReport() throws {
    let incident = ReportedIncident(
      id: SampleStore.incident, day: day, rank: 1, decision: .decide, reason: "below the line",
      status: .new, severity: .high, confidence: 0.5, pValue: 0.001, kind: .host,
      entity: "10.0.0.7", hostname: nil, peers: [], firstSeen: try SampleStore.time("02:00"),
      lastSeen: try SampleStore.time("03:00"), sightings: 1, leadingDetector: "scan",
      detectors: ["scan"], techniques: ["T1046"], tactics: ["discovery"],
      recommendation: .monitor, recommendationReasons: [], title: "Scan", explanation: "It did.",
      rule: nil)
    try make(store.reports(day)) { folder in
      try folder.write("<p>report</p>", to: "report.html")
      try folder.write("report", to: "report.md")
      let table = try folder.table(IncidentRow.schema)
      try ReportedIncident.write([incident], to: table)
      try table.finish()
    }
  }

  /// The files of a folder by their paths within it.
  static func files(of folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where !FileBytes.isFolder("\(folder)/\(name)") {
      files[name] = try FileBytes.read("\(folder)/\(name)")
    }
    return files
  }
}
