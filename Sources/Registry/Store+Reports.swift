import ArrowFile
import Events
import Incidents
import StageKit

extension Store {
  /// A day's incidents, as its report has them.
  /// - Throws: where the day has no report, or it was pruned.
  package func reportedIncidents(_ day: CivilDate) throws -> [ReportedIncident] {
    try requireReport(day)
    return try ReportedIncident.read(
      requiredTable(IncidentRow.schema, in: reports(day)), day: day)
  }

  /// - Throws: where the day has no report, or it was pruned.
  package func requireReport(_ day: CivilDate) throws {
    let folder = reports(day)
    // One that is announced as pruned may still be there, where the run was killed.
    if FileBytes.exists("\(folder)/\(Manifest.fileName)") { return }
    if let entry = pruned.entry(of: relative(folder)) {
      throw StageError("\(folder): was pruned on \(entry.date)")
    }
    throw StageError("\(folder): no report of \(day); run report for it first")
  }
}
