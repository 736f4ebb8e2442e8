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
  /// Ids of those that are wanted, or what they begin with; all where there are none.
  private(set) var incidents: Set<String>
  /// For STIX and MISP, as the next.
  let includesInternal: Bool
  /// Whether incidents may be told of that nobody labelled as true positives.
  let includesUnconfirmed: Bool

  func text(_ format: Report.Export.Format, days: [CivilDate]) throws -> String {
    let reports = try days.map { (day: $0, incidents: try store.reportedIncidents($0)) }
    var exporter = self
    exporter.incidents = try wholeIDs(in: reports)
    return try exporter.text(format, of: reports, days: days)
  }

  private func text(
    _ format: Report.Export.Format, of reports: [DayReport], days: [CivilDate]
  ) throws -> String {
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

  /// The ids of the wanted incidents.
  /// - Throws: where one is in none of the days' reports, or is not the only one that begins so.
  private func wholeIDs(in reports: [DayReport]) throws -> Set<String> {
    let known = Set(reports.flatMap(\.incidents).map(\.id))
    return Set(
      try incidents.sorted().map { id in
        let found = known.filter { $0.hasPrefix(id.lowercased()) }.sorted()
        guard let first = found.first, found.count == 1 else {
          throw StageError(
            "--incident \(id): expected an incident of these days, found "
              + (found.isEmpty ? "none of it" : found.joined(separator: " and ")))
        }
        return first
      })
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
