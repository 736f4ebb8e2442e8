import Events
import Incidents

/// A person's word that nothing an incident rests on may be pruned.
package struct LegalHold: Equatable, Sendable {
  package let incident: String
  package let reason: String
  package let by: String
  /// The days on which the incident was decided or seen again: all that the store has of them stays.
  package let days: Set<CivilDate>

  package init(incident: String, reason: String, by: String, days: Set<CivilDate>) {
    self.incident = incident
    self.reason = reason
    self.by = by
    self.days = days
  }

  /// The holds that stand, by incident.
  package static func all(_ cases: [Case]) -> [LegalHold] {
    cases.compactMap { item in
      item.record.hold.map {
        LegalHold(
          incident: item.latest.id, reason: $0.reason, by: $0.by, days: Set(item.days))
      }
    }.sorted { $0.incident < $1.incident }
  }

  func keeps(_ folder: ClosedRange<CivilDate>) -> Bool { days.contains(where: folder.contains) }
}
