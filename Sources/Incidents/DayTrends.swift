import Events

/// How many entities a day decided on, saw again and watched.
package struct DayCounts: Sendable, Equatable {
  package let day: CivilDate
  package var decided = 0
  package var sightings = 0
  package var watched = 0

  package init(day: CivilDate, decided: Int = 0, sightings: Int = 0, watched: Int = 0) {
    self.day = day
    self.decided = decided
    self.sightings = sightings
    self.watched = watched
  }
}

/// What was said of one entity on a day.
package struct EntityDay: Sendable, Equatable {
  package let day: CivilDate
  package let findings: Int
  /// Whether a person was asked, or it was seen again.
  package let isAsked: Bool

  package init(day: CivilDate, findings: Int, isAsked: Bool) {
    self.day = day
    self.findings = findings
    self.isAsked = isAsked
  }
}

/// What was asked on a day and in the four weeks before it, for drawings.
package struct DayTrends: Sendable {
  package static let dayCount = 28

  /// The days that a day's report draws.
  package static func days(to day: CivilDate) -> ClosedRange<CivilDate> {
    day.advanced(by: 1 - dayCount)...day
  }

  /// Of the days that were scored, in order.
  package let counts: [DayCounts]
  private let entityDays: [String: [EntityDay]]

  /// - Parameters:
  ///   - days: with their verdicts, in any order; those before the last 28 are left out.
  ///   - incidents: of `day`: what became of its verdicts. Earlier days are told as they were
  ///     scored, since a rule that is made later must not change the report of a day that was.
  package init(
    day: CivilDate, days: [(day: CivilDate, verdicts: [EntityVerdict])], incidents: [Incident]
  ) {
    let decisions = Dictionary(incidents.map { (DayTrends.key($0.verdict), $0.decision) }) { $1 }
    var counts: [DayCounts] = []
    var entityDays: [String: [EntityDay]] = [:]
    let drawn = DayTrends.days(to: day)
    for past in days.sorted(by: { $0.day < $1.day }) where drawn.contains(past.day) {
      var count = DayCounts(day: past.day)
      for verdict in past.verdicts {
        let decision =
          (past.day == day ? decisions[DayTrends.key(verdict)] : nil) ?? verdict.decision
        switch decision {
        case .decide: count.decided += 1
        case .sighting: count.sightings += 1
        case .watch: count.watched += 1
        case .suppressed, .closed: break
        }
        entityDays[DayTrends.key(verdict), default: []].append(
          EntityDay(
            day: past.day, findings: verdict.votes,
            isAsked: decision.isAsked))
      }
      counts.append(count)
    }
    self.counts = counts
    self.entityDays = entityDays
  }

  /// The days on which the entity had findings, in order.
  package func days(of verdict: EntityVerdict) -> [EntityDay] {
    entityDays[DayTrends.key(verdict)] ?? []
  }

  private static func key(_ verdict: EntityVerdict) -> String {
    "\(verdict.kind.rawValue) \(verdict.entity)"
  }
}
