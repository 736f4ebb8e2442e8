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
      let before = RuleJudge(trying: standing).judged(incidents)
      let after = RuleJudge(trying: standing + [rule]).judged(incidents)
      compare(before, after)
    }
  }

  /// A line at another p. What a fixed rule decided stays decided, and so do sightings.
  package init(
    ofLine line: Double, days: [[Incident]], rules: [[RegistryState.StandingRule]]
  ) {
    dayCount = days.count
    for (incidents, standing) in zip(days, rules) {
      let judge = RuleJudge(trying: standing)
      let moved = incidents.map { incident -> Incident in
        var moved = incident
        let isCertain = incident.findings.contains(where: \.isCertain)
        if incident.decision == .decide, !isCertain, incident.verdict.pValue > line {
          moved.decision = .watch
        } else if incident.decision == .watch, incident.verdict.pValue <= line {
          moved.decision = .decide
        }
        return moved
      }
      compare(judge.judged(incidents), judge.judged(moved))
    }
  }

  private mutating func compare(_ before: [Incident], _ after: [Incident]) {
    for (old, new) in zip(before, after) {
      askedCount += old.decision == .decide ? 1 : 0
      guard old.decision != new.decision else { continue }
      if old.isAsked && !new.isAsked { hidden.append(new) }
      if !old.isAsked && new.isAsked { added.append(new) }
    }
  }

  /// The hidden ones that a person found to be attacks.
  package func confirmed(_ state: RegistryState) -> [Incident] {
    hidden.filter { state.records[$0.id]?.label?.verdict == .truePositive }
  }
}

extension Incident {
  fileprivate var isAsked: Bool { decision == .decide || decision == .sighting }
}
