import Events
import Incidents

/// What verdicts suggest to change, as command lines for a person to run or not.
package enum TuningProposals {
  /// A detector of which at most this share was right, with 95 % confidence, is worth a higher
  /// floor.
  private static let poorPrecision = 0.2
  private static let leastLabels = 10
  /// How long a proposed rule holds.
  private static let ruleDays = 90

  /// - Parameter rules: those that hold today.
  package static func lines(
    _ cases: [Case], _ rules: [RegistryState.StandingRule], today: CivilDate
  ) -> [String] {
    let benign = cases.filter { item in
      guard let verdict = item.record.label?.verdict else { return false }
      return verdict == .benign || verdict == .falsePositive
    }
    let proposals = benign.compactMap { item -> String? in
      guard let scope = scope(for: item.latest), !rules.contains(where: { $0.rule.scope == scope })
      else { return nil }
      let peer = scope.peer.map { " --peer '\(quoted($0))'" } ?? ""
      return "proposed, since \(item.latest.id.prefix(8)) was labelled "
        + "\(item.record.label?.verdict.rawValue ?? ""): triage suppress --host "
        + "'\(quoted(item.latest.entity))' --detector \(item.latest.leadingDetector)\(peer) --expires "
        + "\(today.advanced(by: ruleDays)) --reason '\(quoted(item.record.label?.reason ?? ""))'"
    }
    let floors = DetectorPrecision.all(cases).filter {
      $0.labelled >= leastLabels && $0.interval.upperBound <= poorPrecision
    }.map {
      "proposed, since at most one in five of its incidents is an attack: a higher floor in "
        + "pipelines/detectors/\($0.detector).toml"
    }
    let all = proposals + floors
    return all.isEmpty ? ["0 proposals from \(benign.count) incidents labelled FP or benign"] : all
  }

  /// What a rule would have to cover; nil where it is no single host's, or of several other ends,
  /// where one rule would cover more than was judged.
  private static func scope(for incident: ReportedIncident) -> Rule.Scope? {
    guard incident.kind == .host else { return nil }
    let detector = incident.leadingDetector
    guard DetectorKind.speaksOfOnePeer(detector), !incident.peers.isEmpty else {
      return Rule.Scope(entity: incident.entity, detector: detector)
    }
    guard incident.peers.count == 1 else { return nil }
    return Rule.Scope(entity: incident.entity, detector: detector, peer: incident.peers[0])
  }

  /// For a place between apostrophes on a shell's command line: names come from logs.
  private static func quoted(_ text: String) -> String {
    text.replacingScalar("'", by: "'\\''")
  }
}
