import Events
import Incidents

/// A layer for the ATT&CK Navigator (layer format 4.5): what detectors that ran could have seen,
/// and how often they did.
package struct NavigatorLayer: Encodable {
  struct Versions: Encodable {
    let attack = AttackTechnique.attackVersion
    let navigator = "5.1.0"
    let layer = "4.5"
  }

  struct Technique: Encodable {
    let techniqueID: String
    /// Decided incidents that may be it; nil where no detector ran.
    let score: Int?
    let enabled: Bool
    let comment: String
  }

  struct Gradient: Encodable {
    let colors = ["#ffffff", "#ff6666"]
    let minValue = 0
    let maxValue: Int
  }

  struct LegendItem: Encodable {
    let label: String
    let color: String
  }

  let name: String
  let versions = Versions()
  let domain = "enterprise-attack"
  let description: String
  let techniques: [Technique]
  let gradient: Gradient
  let legendItems = [
    LegendItem(label: "watched, no decided incident", color: "#ffffff"),
    LegendItem(label: "most decided incidents", color: "#ff6666"),
  ]

  init(
    _ incidents: [ReportedIncident], coverage: [DayFacts.DetectorCoverage], siteName: String,
    days: ClosedRange<CivilDate>
  ) {
    let period =
      days.lowerBound == days.upperBound
      ? "\(days.lowerBound)" : "\(days.lowerBound) to \(days.upperBound)"
    name = "\(siteName), \(period)"
    description =
      "Techniques that Tidemark's detectors may see signs of, over \(period). Scores count decided "
      + "incidents; techniques of which no detector ran are disabled."
    var decided: [String: Set<String>] = [:]
    for incident in incidents where incident.decision == .decide {
      for technique in incident.techniques { decided[technique, default: []].insert(incident.id) }
    }
    let detectors = Set(coverage.map(\.detector)).sorted()
    let running = Set(coverage.filter(\.ran).map(\.detector))
    let known = Set(detectors.flatMap { DetectorKind.of($0).techniques })
    techniques = known.sorted().map { technique in
      let able = detectors.filter { DetectorKind.of($0).techniques.contains(technique) }
      let (ran, blind) = (able.filter(running.contains), able.filter { !running.contains($0) })
      let parts = [("ran", ran), ("blind", blind)].filter { !$0.1.isEmpty }
      return Technique(
        techniqueID: technique, score: ran.isEmpty ? nil : decided[technique]?.count ?? 0,
        enabled: !ran.isEmpty,
        comment: parts.map { "\($0.0): \($0.1.joined(separator: ", "))" }.joined(separator: "; "))
    }
    gradient = Gradient(maxValue: max(1, techniques.compactMap(\.score).max() ?? 1))
  }

  /// The layer's file.
  /// - Parameter coverage: of all days, a row per detector and source.
  package static func file(
    _ incidents: [ReportedIncident], coverage: [DayFacts.DetectorCoverage], siteName: String,
    days: ClosedRange<CivilDate>
  ) throws -> String {
    try JSONText.file(
      NavigatorLayer(incidents, coverage: coverage, siteName: siteName, days: days))
  }
}
