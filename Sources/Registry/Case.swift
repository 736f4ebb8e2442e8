import Events
import Incidents

/// An incident over all its days, with what people did about it.
package struct Case: Sendable {
  /// As the last report that asked about it has it.
  package let latest: ReportedIncident
  /// The first day whose report has it.
  package let firstDay: CivilDate
  /// The days on which it was decided or seen again, in order.
  package let days: [CivilDate]
  /// Those on which a person was asked about it.
  package let decidedDays: [CivilDate]
  /// The worst that any report said.
  package let severity: Severity
  /// The first day on which it was as severe.
  package let worstDay: CivilDate
  package let record: RegistryState.Record

  /// The incidents of reports, each once: those last seen first, then by rank.
  /// - Parameter reports: by day, in order; what is only watched is left out.
  package static func all(_ reports: [[ReportedIncident]], _ state: RegistryState) -> [Case] {
    var days: [String: [ReportedIncident]] = [:]
    for incident in reports.joined() where incident.decision != .watch {
      days[incident.id, default: []].append(incident)
    }
    return days.compactMap { id, rows -> Case? in
      guard let first = rows.first, let latest = rows.last else { return nil }
      let worst = rows.map(\.severity).max() ?? latest.severity
      return Case(
        latest: latest, firstDay: first.day, days: rows.map(\.day),
        decidedDays: rows.filter { $0.decision == .decide }.map(\.day),
        severity: worst,
        worstDay: rows.first { $0.severity == worst }?.day ?? latest.day,
        record: state.records[id] ?? RegistryState.Record())
    }
    .sorted {
      ($1.latest.day, $0.latest.rank, $0.latest.id) < ($0.latest.day, $1.latest.rank, $1.latest.id)
    }
  }

  /// Whether it waits for somebody: one that was closed does when it is asked about anew.
  package func isPending(_ calendar: CivilCalendar) -> Bool {
    let isRuledOut = latest.decision == .suppressed || latest.decision == .closed
    guard let closing = record.closing else { return !decidedDays.isEmpty || !isRuledOut }
    return decidedDays.last.map { calendar.day(of: closing.at) <= $0 } ?? false
  }
}
