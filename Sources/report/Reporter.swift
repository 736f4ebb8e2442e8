import ArrowFile
import Events
import Exchange
import Incidents
import Rendering
import StageKit

/// Makes `reports/day=D`.
struct Reporter: Sendable {
  /// Raised when the same scores give another report.
  static let algorithm = 8

  let site: Site
  let store: Store
  let reader: DayReader
  private let assetsInput: [Manifest.Input]

  init(site: Site, store: Store) throws {
    self.site = site
    self.store = store
    guard let path = site.assetsPath else {
      assetsInput = []
      reader = DayReader(site: site, store: store, assets: .empty)
      return
    }
    let bytes = try FileBytes.read(path)
    assetsInput = [
      Manifest.Input(
        name: "assets", byteCount: bytes.count, sha256: try ContentHasher.hash(file: path))
    ]
    reader = DayReader(
      site: site, store: store, assets: try AssetsFile(path: path, bytes: bytes))
  }

  func make(_ day: CivilDate) throws -> Outcome {
    let inputs = try reader.inputs(day) + assetsInput
    let plan = Manifest(
      stage: "report", algorithm: Reporter.algorithm, subject: "report of \(day)",
      options: [
        "remarks": try SourceReader(site: site, store: store).fingerprint(day),
        "site": site.name, "timezone": site.calendar.zone.name,
        "incidents_per_day": "\(site.budget.incidentsPerDay)",
        "false_alarms_per_day": "\(site.budget.falseAlarmsPerDay)",
        "sources": Set(site.inputs.map(\.source)).sorted().joined(separator: ","),
      ], inputs: inputs)
    return try store.make(store.reports(day), plan: plan) { folder in
      let facts = try reader.facts(day, inputs: plan.inputs)
      for (name, text) in try Reporter.files(facts) { try folder.write(text, to: name) }
      let table = try folder.table(IncidentRow.schema)
      try ReportedIncident.write(facts.incidents.map(ReportedIncident.init), to: table)
      try table.finish()
      return [
        "decided": "\(facts.decided.count)", "sightings": "\(facts.sightings.count)",
        "watched": "\(facts.watched.count)",
      ]
    }
  }

  /// The files of a day's report, by name.
  static func files(_ facts: DayFacts) throws -> [(name: String, text: String)] {
    [
      ("report.html", HTMLReport(facts).render()), ("report.md", MarkdownReport(facts).render()),
      ("incidents.csv", IncidentsCSV.render(facts.incidents.map(ReportedIncident.init))),
      ("quality.csv", QualityCSV.render(facts)),
      (
        "incidents.jsonl",
        try OCSFDetectionFinding.lines(
          facts.incidents.map { ExportedIncident($0) }, siteName: facts.siteName)
      ),
    ]
  }
}
