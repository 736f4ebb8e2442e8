import ArrowFile
import Events
import Incidents
import StageKit

extension Store {
  /// A day's incidents, as its report has them.
  /// - Throws: where the day has no report.
  package func reportedIncidents(_ day: CivilDate) throws -> [ReportedIncident] {
    try requireReport(day)
    return try ReportedIncident.read(
      requiredTable(IncidentRow.schema, in: reports(day)), day: day)
  }

  /// - Throws: where the day has no report.
  package func requireReport(_ day: CivilDate) throws {
    let folder = reports(day)
    if let entry = pruned.entry(of: relative(folder)) {
      throw StageError("\(folder): was pruned on \(entry.date)")
    }
    guard FileBytes.exists("\(folder)/\(Manifest.fileName)") else {
      throw StageError("\(folder): no report of \(day); run report for it first")
    }
  }
}
