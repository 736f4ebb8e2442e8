import ArrowFile
import Columnar
import Events
import Exchange
import Incidents
import Registry
import StageKit

/// Reads what days' reports say, and renders it for other programs.
struct Exporter {
  let site: Site
  let store: Store
  let reader: DayReader
  /// Ids of those that are wanted; all where there are none.
  let incidents: Set<String>

  func text(_ format: Report.Export.Format, days: [CivilDate], includesInternal: Bool) throws
    -> String
  {
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
        try latest(days), siteName: site.name,
        redaction: try redaction(days, includesInternal: includesInternal))
    case .misp:
      return try MISPEvent.file(
        try latest(days), siteName: site.name,
        redaction: try redaction(days, includesInternal: includesInternal))
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
  private func latest(_ days: [CivilDate]) throws -> [ExportedIncident] {
    var latest: [String: ExportedIncident] = [:]
    for exported in try exported(days) { latest[exported.incident.id] = exported }
    return try incidents.sorted().map { id in
      guard let found = latest[id] else {
        throw StageError("--incident \(id): expected an incident of these days, found none of it")
      }
      return found
    }
  }

  private func redaction(_ days: [CivilDate], includesInternal: Bool) throws -> Redaction {
    var hosts = Set(reader.incidents.assets.hostnames)
    for day in days {
      let table = try store.requiredTable(HostHour.schema, in: store.profiles(day))
      for index in 0..<table.batchCount {
        let names = try table.batch(index)[HostHour.host]
        for row in 0..<names.count { hosts.formUnion([names[row]].compactMap(\.self)) }
      }
    }
    return Redaction(
      includesInternal: includesInternal, networks: site.networks, hosts: hosts.sorted())
  }
}
