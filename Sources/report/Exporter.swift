import ArrowFile
import Columnar
import Events
import Exchange
import Incidents
import Pseudonyms
import Registry
import StageKit

/// Reads what days' reports say, and renders it for other programs.
struct Exporter {
  private typealias DayReport = (day: CivilDate, incidents: [ReportedIncident])

  let site: Site
  let store: Store
  let reader: DayReader
  /// Ids of those that are wanted; all where there are none.
  let incidents: Set<String>
  /// For STIX and MISP, as the next.
  let includesInternal: Bool
  /// Whether incidents may be told of that nobody labelled as true positives.
  let includesUnconfirmed: Bool

  func text(_ format: Report.Export.Format, days: [CivilDate]) throws -> String {
    let reports = try days.map { (day: $0, incidents: try store.reportedIncidents($0)) }
    try checkIncidents(reports)
    let reported = reports.map { $0.incidents.filter(isWanted) }
    switch format {
    case .csv: return IncidentsCSV.render(reported.flatMap(\.self))
    case .ocsf:
      return try OCSFDetectionFinding.lines(try exported(reports), siteName: site.name)
    case .ecs: return try ECSAlert.lines(try exported(reports), siteName: site.name)
    case .ocsfIncident:
      return try OCSFIncidentFinding.lines(
        Case.all(reported, RegistryState(reader.events)), siteName: site.name)
    case .navigator:
      guard let first = days.first, let last = days.last else {
        throw StageError("\(store.path): expected at least one day with a report, found none")
      }
      return try NavigatorLayer.file(
        reported.flatMap(\.self), coverage: try days.flatMap(store.detectorRuns),
        siteName: site.name, days: first...last)
    case .stix:
      return try STIXBundle.file(
        try latest(reports), siteName: site.name, redaction: try redaction(days))
    case .misp:
      return try MISPEvent.file(
        try latest(reports), siteName: site.name, redaction: try redaction(days))
    }
  }

  /// - Throws: where one of the wanted incidents is in none of the days' reports.
  private func checkIncidents(_ reports: [DayReport]) throws {
    let known = Set(reports.flatMap(\.incidents).map(\.id))
    if let id = incidents.subtracting(known).min() {
      throw StageError("--incident \(id): expected an incident of these days, found none of it")
    }
  }

  private func isWanted(_ incident: ReportedIncident) -> Bool {
    incidents.isEmpty || incidents.contains(incident.id)
  }

  private func exported(_ reports: [DayReport]) throws -> [ExportedIncident] {
    try reports.flatMap { day, incidents -> [ExportedIncident] in
      guard incidents.contains(where: isWanted) else { return [] }
      let findings = try Finding.read(
        store.requiredTable(Vote.schema, in: store.scores(day), name: "scores"))
      return ExportedIncident.all(incidents, findings: findings)
        .filter { isWanted($0.incident) }
    }
  }

  /// Each of the wanted incidents as its last day has it, in the order of their ids.
  /// - Throws: where nobody confirmed one.
  private func latest(_ reports: [DayReport]) throws -> [ExportedIncident] {
    let records = RegistryState(reader.events).records
    let isConfirmed = { (id: String) in records[id]?.label?.verdict == .truePositive }
    if !includesUnconfirmed, let id = incidents.sorted().first(where: { !isConfirmed($0) }) {
      throw StageError(
        "--incident \(id): expected one that is labelled as a true positive, found none; run "
          + "triage label \(id) TP --reason … first, or add --unconfirmed")
    }
    var latest: [String: ExportedIncident] = [:]
    for exported in try exported(reports) { latest[exported.incident.id] = exported }
    return incidents.sorted().compactMap { latest[$0] }
  }

  private func redaction(_ days: [CivilDate]) throws -> Redaction {
    // As the file has them: the store may hide them, but not where they are part of names asked
    // for.
    var hosts = Set(
      try site.assetsPath.map { try AssetsFile(path: $0, bytes: try FileBytes.read($0)) }?.hostnames
        ?? [])
    for day in days {
      let table = try store.requiredTable(HostHour.schema, in: store.profiles(day))
      for index in 0..<table.batchCount {
        let names = try table.batch(index)[HostHour.host]
        for row in 0..<names.count {
          if let name = names[row] { hosts.insert(name) }
        }
      }
    }
    return Redaction(
      includesInternal: includesInternal, networks: site.networks, hosts: hosts.sorted(),
      secret: site.seed, original: try original())
  }

  /// Turns addresses of the store to those that others know.
  private func original() throws -> @Sendable (Address) throws -> Address {
    guard site.privacy?.method != nil else { return { $0 } }
    guard !includesInternal else {
      throw StageError(
        "--include-internal: \(store.path) holds pseudonyms of addresses, and so do its texts, which "
          + "others would take for real ones; leave it out")
    }
    guard let pseudonymiser = try site.pseudonymiserAtHand(for: store.path) else {
      throw StageError(
        "\(store.path): holds pseudonyms of addresses, which others would take for real ones; bring "
          + "the key that [privacy] names to turn them back")
    }
    return { pseudonymiser.original($0) }
  }
}
