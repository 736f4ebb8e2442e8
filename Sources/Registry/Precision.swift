import Incidents

/// How often a detector's incidents were right, as far as people said.
package struct DetectorPrecision: Sendable {
  package let detector: String
  /// Incidents that it led, and of which a person was asked.
  package private(set) var asked = 0
  package private(set) var truePositives = 0
  /// Labelled FP or benign.
  package private(set) var others = 0

  package var labelled: Int { truePositives + others }

  /// The share of labelled incidents that were attacks: 95 % interval of Wilson's score (Wilson
  /// 1927, doi:10.1080/01621459.1927.10502953); 0…1 where nothing is labelled.
  package var interval: ClosedRange<Double> {
    guard labelled > 0 else { return 0...1 }
    let z = 1.959964
    let n = Double(labelled)
    let share = Double(truePositives) / n
    let centre = share + z * z / (2 * n)
    let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return max(0, (centre - half) / scale)...min(1, (centre + half) / scale)
  }

  /// A row for each detector that led an incident, by name.
  package static func all(_ cases: [Case]) -> [DetectorPrecision] {
    var rows: [String: DetectorPrecision] = [:]
    for item in cases {
      let detector = item.latest.leadingDetector
      var row = rows[detector] ?? DetectorPrecision(detector: detector)
      row.asked += item.decidedDays.isEmpty ? 0 : 1
      switch item.record.label?.verdict {
      case .truePositive: row.truePositives += 1
      case .falsePositive, .benign: row.others += 1
      case .unsure, nil: break
      }
      rows[detector] = row
    }
    return rows.values.sorted { $0.detector < $1.detector }
  }

  private init(detector: String) { self.detector = detector }
}
