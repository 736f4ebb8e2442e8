import Events

/// The fixed table from which severities come: points for rarity, agreement, certainty, tactic and
/// the asset. It is printed in every report, and is monotone in each of its inputs.
package enum SeverityTable {
  package static let rows: [(condition: String, points: Int)] = [
    ("p-value at most 1/100 of the line", 3),
    ("p-value at most 1/10 of the line", 2),
    ("p-value at most the line", 1),
    ("three detectors or more agree", 2),
    ("two detectors agree", 1),
    ("a score at its ceiling", 1),
    ("command and control, exfiltration or discovery", 1),
    ("critical asset", 2),
    ("important asset", 1),
  ]
  package static let levels: [(points: Int, severity: Severity)] = [
    (6, .critical), (4, .high), (2, .medium), (1, .low), (0, .info),
  ]

  /// - Parameters:
  ///   - pValue: the entity's, fused and re-calibrated.
  ///   - line: the p-value below which a person is asked.
  package static func severity(
    pValue: Double, line: Double, findings: [Finding], criticality: Asset.Criticality?
  ) -> Severity {
    var points = 0
    if pValue <= line { points = 1 }
    if pValue <= line / 10 { points = 2 }
    if pValue <= line / 100 { points = 3 }
    let detectorCount = Set(findings.map(\.detector)).count
    points += detectorCount >= 3 ? 2 : detectorCount == 2 ? 1 : 0
    if findings.contains(where: \.isCertain) { points += 1 }
    points += findings.map { DetectorKind.of($0.detector).tacticPoints }.max() ?? 0
    switch criticality {
    case .critical: points += 2
    case .high: points += 1
    case .normal, .low, nil: break
    }
    return levels.first { points >= $0.points }?.severity ?? .info
  }

  /// How much stands behind an incident: its days of history (full from 14 on) and how many
  /// detectors agree.
  package static func confidence(historyDays: Int, detectorCount: Int) -> Double {
    let history = min(Double(historyDays) / 14, 1)
    let agreement = detectorCount >= 3 ? 1 : detectorCount == 2 ? 0.85 : 0.7
    return (history * agreement * 100).rounded() / 100
  }
}
