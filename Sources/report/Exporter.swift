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
    try checkIncidents(days)
    switch format {
    case .csv: return IncidentsCSV.render(try reported(days).joined().map(\.self))
    case .ocsf:
      return try OCSFDetectionFinding.lines(try exported(days), siteName: site.name)
    case .ecs: return try ECSAlert.lines(try exported(days), siteName: site.name)
    case .ocsfIncident:
      let state = RegistryState(try RegistryLog(store).events())
      return try OCSFIncidentFinding.lines(
        Case.all(try reported(days), state), siteName: site.name)
    case .navigator:
      guard let first = days.first, let last = days.last else {
        throw StageError("\(store.path): expected at least one day with a report, found none")
      }
      return try NavigatorLayer.file(
        try reported(days).flatMap(\.self), coverage: try days.flatMap(reader.detectorRuns),
        siteName: site.name, days: first...last)
    case .stix:
      return try STIXBundle.file(
        try latest(days), siteName: site.name, redaction: try redaction(days))
    case .misp:
      return try MISPEvent.file(
        try latest(days), siteName: site.name, redaction: try redaction(days))
    }
  }

  /// - Throws: where one of the wanted incidents is in none of the days' reports.
  private func checkIncidents(_ days: [CivilDate]) throws {
    guard !incidents.isEmpty else { return }
    let known = Set(try days.flatMap(all).map(\.id))
    if let id = incidents.subtracting(known).min() {
      throw StageError("--incident \(id): expected an incident of these days, found none of it")
    }
  }

  private func all(_ day: CivilDate) throws -> [ReportedIncident] {
    guard FileBytes.exists(store.reports(day) + "/" + Manifest.fileName) else {
      throw StageError("\(store.reports(day)): no report of \(day); run report for it first")
    }
    return try ReportedIncident.read(
      store.requiredTable(IncidentRow.schema, in: store.reports(day)), day: day)
  }

  private func isWanted(_ incident: ReportedIncident) -> Bool {
    incidents.isEmpty || incidents.contains(incident.id)
  }

  private func reported(_ days: [CivilDate]) throws -> [[ReportedIncident]] {
    try days.map { try all($0).filter(isWanted) }
  }

  private func exported(_ days: [CivilDate]) throws -> [ExportedIncident] {
    try days.flatMap { day in
      let incidents = try all(day)
      let findings = try Finding.read(
        store.requiredTable(Vote.schema, in: store.scores(day), name: "scores"))
      return ExportedIncident.all(incidents, findings: findings)
        .filter { isWanted($0.incident) }
    }
  }

  /// Each of the wanted incidents as its last day has it, in the order of their ids.
  /// - Throws: where nobody confirmed one.
  private func latest(_ days: [CivilDate]) throws -> [ExportedIncident] {
    let records = RegistryState(reader.events).records
    let isConfirmed = { (id: String) in records[id]?.label?.verdict == .truePositive }
    if !includesUnconfirmed, let id = incidents.sorted().first(where: { !isConfirmed($0) }) {
      throw StageError(
        "--incident \(id): expected one that is labelled as a true positive, found none; run "
          + "triage label \(id) TP --reason … first, or add --unconfirmed")
    }
    var latest: [String: ExportedIncident] = [:]
    for exported in try exported(days) { latest[exported.incident.id] = exported }
    return incidents.sorted().compactMap { latest[$0] }
  }

  private func redaction(_ days: [CivilDate]) throws -> Redaction {
    // As the file has them: the store may hide them, but not where they are part of names asked for.
    var hosts = Set(
      try site.assetsPath.map { try AssetsFile(path: $0, bytes: try FileBytes.read($0)) }?.hostnames
        ?? [])
    for day in days {
      let table = try store.requiredTable(HostHour.schema, in: store.profiles(day))
      for index in 0..<table.batchCount {
        let names = try table.batch(index)[HostHour.host]
        for row in 0..<names.count { hosts.formUnion([names[row]].compactMap(\.self)) }
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
    return { try pseudonymiser.original($0) }
  }
}
