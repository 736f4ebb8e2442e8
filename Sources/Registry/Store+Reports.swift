import ArrowFile
import Columnar
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

  /// The incidents of all reports, by day, and the days whose reports are of an older version and
  /// have none that can be read.
  package func allReportedIncidents() throws -> (
    reports: [[ReportedIncident]], olderDays: [CivilDate]
  ) {
    var reports: [[ReportedIncident]] = []
    var olderDays: [CivilDate] = []
    for day in try days(in: Area.reports.rawValue) {
      let rows = try table(
        IncidentRow.schema.name, in: self.reports(day), expecting: IncidentRow.schema)
      if let rows {
        reports.append(try ReportedIncident.read(rows, day: day))
      } else {
        olderDays.append(day)
      }
    }
    return (reports, olderDays)
  }

  /// Whether a day's report was made from the scores that are there.
  func isReportCurrent(_ day: CivilDate) throws -> Bool {
    let scores = try Manifest.read(folder: self.scores(day))?.contentHash
    let used = try Manifest.read(folder: reports(day))?.inputs.first {
      $0.name == relative(self.scores(day))
    }
    return scores == nil || used?.sha256 == scores
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
