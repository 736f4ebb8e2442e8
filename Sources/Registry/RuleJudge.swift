import Columnar
import Events
import Incidents

/// Applies people's rules to a day's incidents.
///
/// A rule never mutes a host: an incident is suppressed, or closed, only when every finding that
/// tells something is in the scope of a rule that holds on the day.
package struct RuleJudge: Sendable {
  /// One in so many incidents that are closed by rule is asked about all the same.
  package static let sampleInterval = 20

  private let rules: [RegistryState.StandingRule]
  private let ended: [RegistryState.StandingRule]

  /// - Parameters:
  ///   - rules: that hold on the day.
  ///   - ended: that held on the day before: what goes on behind one was asked of nobody, and is
  ///     now.
  package init(
    _ rules: [RegistryState.StandingRule], ended: [RegistryState.StandingRule] = []
  ) {
    self.rules = rules
    self.ended = ended
  }

  /// The incidents in their order, with decisions by rule where rules apply.
  package func judged(_ incidents: [Incident]) -> [Incident] {
    guard !rules.isEmpty || !ended.isEmpty else { return incidents }
    return incidents.map(judged)
  }

  private func judged(_ incident: Incident) -> Incident {
    guard incident.decision.isAsked else { return incident }
    var judged = incident
    guard let standing = decisive(incident, rules) else {
      if decisive(incident, ended) != nil { judged.decision = .decide }
      return judged
    }
    judged.rule = standing.rule.id
    switch standing.effect {
    case .suppress: judged.decision = .suppressed
    case .close:
      // A sighting, too: what goes on for long would else be asked about but once.
      judged.decision = RuleJudge.isSampled(incident) ? .decide : .closed
    }
    return judged
  }

  /// The rule of the strongest finding, where all findings that tell something have one. Among
  /// several the first that closes loses to one that suppresses, since what is suppressed is not
  /// settled.
  private func decisive(
    _ incident: Incident, _ rules: [RegistryState.StandingRule]
  ) -> RegistryState.StandingRule? {
    let telling = incident.findings.enumerated().filter { index, finding in
      index == 0 || finding.isTelling
    }.map(\.element)
    var found: [RegistryState.StandingRule] = []
    for finding in telling {
      guard let rule = rules.first(where: { $0.rule.scope.covers(finding) }) else { return nil }
      found.append(rule)
    }
    return found.first { $0.effect == .suppress } ?? found.first
  }

  /// Whether an incident is one of those that are shown again, by its identity and day alone.
  package static func isSampled(_ incident: Incident) -> Bool {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for byte in "\(incident.id) \(incident.day)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return hash % UInt64(sampleInterval) == 0
  }
}

extension Rule.Scope {
  /// Whether a finding is among those that the scope names.
  ///
  /// One that names a peer covers no finding of which the peer is but an example, and only one that
  /// names the detector covers what is certain by itself.
  package func covers(_ finding: Finding) -> Bool {
    guard isNarrowEnough, detector != nil || !finding.isCertain else { return false }
    if let entity, entity != finding.entity { return false }
    if let detector, detector != finding.detector { return false }
    guard let peer else { return true }
    return DetectorKind.speaksOfOnePeer(finding.detector)
      && (peer == finding.peer || peer == finding.peerHost)
  }
}
