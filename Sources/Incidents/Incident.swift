import Columnar
import Events

/// What the report advises; nothing is ever carried out.
package enum Recommendation: String, Sendable {
  case isolate, monitor, close
}

/// What a person is asked to look at: all findings on one entity and day.
package struct Incident: Sendable {
  package enum Status: String, Sendable {
    case new, recurring
  }

  /// Stable over the days of one run of findings; see `IncidentIdentity`.
  package let id: String
  package let day: CivilDate
  package let verdict: EntityVerdict
  /// The verdict's, unless a person's rule says otherwise.
  package var decision: Decision
  /// The id of that rule.
  package var rule: String?
  package let status: Status
  package let severity: Severity
  /// 0…1: how much history and agreement stand behind it. Not a probability of attack.
  package let confidence: Double
  /// The start of its first day, whichever of its days tells of it, and the last moment of its
  /// findings.
  package let firstSeen: Instant
  package let lastSeen: Instant
  /// Days on which it was decided or seen again, this one included.
  package let sightings: Int
  /// By p-value, then raw score over floor.
  package let findings: [Finding]
  package private(set) var recommendation: Recommendation
  package private(set) var recommendationReasons: [String]
  package let asset: Asset?
  package let title: String
  package let explanation: String

  package init(
    id: String, day: CivilDate, verdict: EntityVerdict, status: Status, severity: Severity,
    confidence: Double, firstSeen: Instant, lastSeen: Instant, sightings: Int,
    findings: [Finding], recommendation: Recommendation, recommendationReasons: [String],
    asset: Asset?, title: String, explanation: String
  ) {
    self.id = id
    self.day = day
    self.verdict = verdict
    decision = verdict.decision
    self.status = status
    self.severity = severity
    self.confidence = confidence
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.sightings = sightings
    self.findings = findings
    self.recommendation = recommendation
    self.recommendationReasons = recommendationReasons
    self.asset = asset
    self.title = title
    self.explanation = explanation
  }

  package var entity: String { verdict.entity }

  /// Whether it would be isolated, were it no critical asset: then a person must approve it.
  package var awaitsApproval: Bool {
    verdict.kind != .site && verdict.decision != .watch && asset?.criticality == .critical
      && Incident.deservesIsolation(severity, confidence)
  }

  static func deservesIsolation(_ severity: Severity, _ confidence: Double) -> Bool {
    severity >= .high && confidence >= 0.5
  }

  /// The incident once a person approved that its critical asset is isolated.
  package func isolationApproved(by person: String) -> Incident {
    guard awaitsApproval else { return self }
    var approved = self
    approved.recommendation = .isolate
    approved.recommendationReasons = [
      "\(severity) severity with confidence \(Quantity.number(confidence)); approved by \(person)"
    ]
    return approved
  }

  /// The other ends of its findings, in the findings' order, each once.
  package var peers: [String] {
    var seen: Set<String> = []
    return findings.compactMap(\.peer).filter { seen.insert($0).inserted }
  }

  /// The detectors that spoke, strongest first, each once.
  package var detectors: [String] {
    var seen: Set<String> = []
    return findings.map(\.detector).filter { seen.insert($0).inserted }
  }

  /// ATT&CK tactics that the findings may be signs of.
  package var tactics: [String] {
    Set(findings.map { DetectorKind.of($0.detector).tactic }).subtracting(["unknown"]).sorted()
  }

  /// ATT&CK technique ids that the findings may be signs of.
  package var techniques: [String] {
    Set(findings.flatMap { DetectorKind.of($0.detector).techniques }).sorted()
  }
}
