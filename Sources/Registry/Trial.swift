import Columnar
import Events
import Incidents

/// What a rule or another line would have changed over past days.
package struct Trial: Sendable {
  /// Incidents that were asked about, and would not have been.
  package private(set) var hidden: [Incident] = []
  /// Incidents that were not asked about, and would have been.
  package private(set) var added: [Incident] = []
  /// What was asked on these days, with the rules that there were.
  package private(set) var askedCount = 0
  package let dayCount: Int

  /// - Parameters:
  ///   - days: the incidents of each day, before any rule.
  ///   - rules: those that held on each day. [days.count]
  package init(
    of rule: RegistryState.StandingRule, days: [[Incident]], rules: [[RegistryState.StandingRule]]
  ) {
    dayCount = days.count
    for (incidents, standing) in zip(days, rules) {
      let before = RuleJudge(standing).judged(incidents)
      let after = RuleJudge(standing + [rule]).judged(incidents)
      compare(before, after)
    }
  }

  /// A line at another p, the same on all days. What the line had no part in stays as it is: what
  /// is certain by itself or site-wide, and who is watched for another reason.
  package init(
    ofLine line: Double, incidentsPerDay: Int, days: [[Incident]],
    rules: [[RegistryState.StandingRule]]
  ) {
    dayCount = days.count
    var repeats = TriedRepeats()
    for (incidents, standing) in zip(days, rules) {
      let judge = RuleJudge(standing)
      var slots = incidentsPerDay - incidents.count { !$0.isByLine && $0.decision == .decide }
      // By rank, so that the strangest get the day's places.
      let moved = incidents.map { incident -> Incident in
        guard incident.isByLine else { return incident }
        var moved = incident
        moved.decision = incident.verdict.pValue <= line ? repeats.decision(incident) : .watch
        if moved.decision == .decide {
          if slots > 0 { slots -= 1 } else { moved.decision = .watch }
        }
        repeats.mark(incident, moved.decision)
        return moved
      }
      compare(judge.judged(incidents), judge.judged(moved))
    }
  }

  private mutating func compare(_ before: [Incident], _ after: [Incident]) {
    for (old, new) in zip(before, after) {
      askedCount += old.decision == .decide ? 1 : 0
      guard old.decision != new.decision else { continue }
      if old.decision.isAsked && !new.decision.isAsked { hidden.append(new) }
      if !old.decision.isAsked && new.decision.isAsked { added.append(new) }
    }
  }

  /// The hidden ones that a person found to be attacks.
  package func confirmed(_ state: RegistryState) -> [Incident] {
    hidden.filter { state.records[$0.id]?.label?.verdict == .truePositive }
  }
}

extension Incident {
  /// Whether it is the line that decides on it.
  fileprivate var isByLine: Bool {
    guard verdict.kind == .host, !findings.contains(where: \.isCertain) else { return false }
    return decision != .watch
      || [Decision.aboveLine, Decision.beyondBudget].contains(verdict.reason)
  }
}

/// What was asked about under a line that is tried, so that it is not asked about twice.
private struct TriedRepeats {
  private struct Key: Hashable {
    let entity, detector: String

    init(_ incident: Incident) {
      entity = incident.entity
      detector = incident.verdict.leadingDetector
    }
  }

  private var lastAsked: [Key: CivilDate] = [:]
  /// Those whose decision the tried line took back: what repeats them is new.
  private var takenBack: Set<Key> = []

  /// Of an incident over the line.
  func decision(_ incident: Incident) -> Decision {
    let key = Key(incident)
    switch incident.decision {
    case .sighting: return takenBack.contains(key) && !isRecent(incident) ? .decide : .sighting
    case .decide: return .decide
    default: return isRecent(incident) ? .sighting : .decide
    }
  }

  private func isRecent(_ incident: Incident) -> Bool {
    lastAsked[Key(incident)].map {
      incident.day.dayNumber - $0.dayNumber <= IncidentIdentity.gapDays
    } ?? false
  }

  mutating func mark(_ incident: Incident, _ tried: Decision) {
    let key = Key(incident)
    if tried == .watch {
      if incident.decision == .decide { takenBack.insert(key) }
    } else {
      lastAsked[key] = incident.day
      takenBack.remove(key)
    }
  }
}
