import Events
import Incidents

/// A person's word that nothing an incident rests on may be pruned.
package struct LegalHold: Equatable, Sendable {
  package let incident: String
  package let reason: String
  package let by: String
  /// All that the store has of these days stays.
  package let days: Set<CivilDate>

  package init(incident: String, reason: String, by: String, days: Set<CivilDate>) {
    self.incident = incident
    self.reason = reason
    self.by = by
    self.days = days
  }

  /// The holds that stand, by incident: of the days that the incident had when it was held, and of
  /// those on which anything was asked about its host, or seen again there, from its first day on.
  /// What is made anew may get another identity; the hold stays.
  package static func all(_ cases: [Case], _ state: RegistryState) -> [LegalHold] {
    state.records.compactMap { id, record -> LegalHold? in
      guard let hold = record.hold else { return nil }
      let subject = hold.subject
      let seen = cases.filter {
        $0.latest.kind == subject.entityKind && $0.latest.entity == subject.entity
      }
      .flatMap(\.days).filter { $0 >= subject.firstDay }
      let stated = (subject.firstDay.dayNumber...max(subject.firstDay, subject.lastDay).dayNumber)
        .map { CivilDate(dayNumber: $0) }
      return LegalHold(
        incident: id, reason: hold.reason, by: hold.by, days: Set(seen + stated))
    }.sorted { $0.incident < $1.incident }
  }

  func keeps(_ folder: ClosedRange<CivilDate>) -> Bool { days.contains(where: folder.contains) }
}
