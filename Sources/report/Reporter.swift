import ArrowFile
import Events
import Exchange
import Incidents
import Registry
import Rendering
import StageKit

/// Makes `reports/day=D`.
struct Reporter: Sendable {
  /// Raised when the same scores give another report.
  static let algorithm = 12

  let site: Site
  let store: Store
  let reader: DayReader
  /// Files beside the store that the report is made from.
  private let fileInputs: [Manifest.Input]

  init(site: Site, store: Store) throws {
    self.site = site
    self.store = store
    let (playbooks, playbookInput) = try PlaybookFolder.read()
    fileInputs = [playbookInput]
    reader = try DayReader(
      incidents: try IncidentReader(site: site, store: store),
      events: try RegistryLog(store).events(), playbooks: playbooks)
  }

  func make(_ day: CivilDate) throws -> Outcome {
    if let outcome = try store.settled(.reports, day, site: site) { return outcome }
    let inputs = try inputs(day)
    let plan = Manifest(
      stage: "report", algorithm: Reporter.algorithm, subject: "report of \(day)",
      options: [
        "remarks": try SourceReader(site: site, store: store).fingerprint(day),
        "people": reader.people(day).fingerprint, "site": site.name,
        "timezone": site.calendar.zone.name,
        "incidents_per_day": "\(site.budget.incidentsPerDay)",
        "false_alarms_per_day": "\(site.budget.falseAlarmsPerDay)",
        "context": site.contexts.map(\.fingerprint).joined(separator: "; "),
        "working_times": site.workingTimes?.text ?? "",
        "holidays": site.calendar.holidays.sorted().map(\.description).joined(separator: ","),
        "sources": Set(site.inputs.map(\.source)).sorted().joined(separator: ","),
      ], inputs: inputs)
    return try store.make(store.reports(day), plan: plan) { folder in
      let facts = try reader.facts(day, inputs: inputs)
      for (name, text) in try Reporter.files(facts) { try folder.write(text, to: name) }
      let table = try folder.table(IncidentRow.schema)
      try ReportedIncident.write(facts.incidents.map(ReportedIncident.init), to: table)
      try table.finish()
      return Reporter.figures(facts)
    }
  }

  /// What a day's report is made from, in the order in which its manifest has it.
  func inputs(_ day: CivilDate) throws -> [Manifest.Input] {
    Manifest(
      stage: "report", algorithm: Reporter.algorithm, subject: "",
      inputs: try reader.inputs(day) + fileInputs
    ).inputs
  }

  /// What pages of weeks and months say of a day: the facts of its manifest.
  static func figures(_ facts: DayFacts) -> [String: String] {
    [
      "decided": "\(facts.decided.count)", "sightings": "\(facts.sightings.count)",
      "watched": "\(facts.watched.count)", "posture": facts.posture.rawValue,
      "hosts_checked": "\(facts.scoredEntities)", "covered_hours": "\(facts.coveredHours)",
      "day_hours": "\(facts.calendar.hours(of: facts.day).count)",
      "sources": "\(Set(facts.sources.map(\.source)).count)",
      "faulty_sources":
        "\(Set(facts.dataFindings.filter { $0.fault != nil }.map(\.source)).count)",
      "detectors_run": "\(Set(facts.detectors.filter(\.ran).map(\.detector)).count)",
      "detectors": "\(Set(facts.detectors.map(\.detector)).count)",
    ]
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
