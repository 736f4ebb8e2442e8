import Events
import Incidents

/// What verdicts suggest to change, as command lines for a person to run or not.
package enum TuningProposals {
  /// A detector of which at most this share was right, with 95 % confidence, is worth a higher floor.
  private static let poorPrecision = 0.2
  private static let leastLabels = 10
  /// How long a proposed rule holds.
  private static let ruleDays = 90

  package static func lines(_ cases: [Case], today: CivilDate) -> [String] {
    let benign = cases.filter { item in
      guard let verdict = item.record.label?.verdict else { return false }
      return verdict == .benign || verdict == .falsePositive
    }
    let rules = benign.map { item in
      let incident = item.latest
      let peer = incident.peers.count == 1 ? " --peer '\(quoted(incident.peers[0]))'" : ""
      return "proposed, since \(incident.id.prefix(8)) was labelled "
        + "\(item.record.label?.verdict.rawValue ?? ""): triage suppress --host "
        + "'\(quoted(incident.entity))' --detector \(incident.leadingDetector)\(peer) --expires "
        + "\(today.advanced(by: ruleDays)) --reason '\(quoted(item.record.label?.reason ?? ""))'"
    }
    let floors = DetectorPrecision.all(cases).filter {
      $0.labelled >= leastLabels && $0.interval.upperBound <= poorPrecision
    }.map {
      "proposed, since at most one in five of its incidents is an attack: a higher floor in "
        + "pipelines/detectors/\($0.detector).toml"
    }
    let all = rules + floors
    return all.isEmpty ? ["0 proposals from \(benign.count) incidents labelled FP or benign"] : all
  }

  /// For a place between apostrophes on a shell's command line: names come from logs.
  private static func quoted(_ text: String) -> String {
    text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
  }
}
