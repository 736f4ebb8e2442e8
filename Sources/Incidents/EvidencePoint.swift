import Events

/// A finding in numbers, as a card shows it.
package struct EvidencePoint: Sendable {
  /// "654 destinations that did not answer, usually 1 ± 1.65", in parts.
  package struct Figure: Sendable {
    package let before: String
    package let value: String
    package let after: String
    /// "1 ± 1.65"; nil where nothing usual is known.
    package let usual: String?

    init?(_ measure: Measure) {
      guard let actual = measure.actual else { return nil }
      let text = MeasureText.of(measure.name)
      value = text.format(actual)
      let sentence = text.sentence(actual)
      let startsWithValue = sentence.hasPrefix(value)
      before = startsWithValue ? "" : text.phrase + " "
      after = startsWithValue ? String(sentence.dropFirst(value.count)) : ""
      usual = measure.typical.map { typical in
        text.format(typical) + (measure.spread.map { " ± \(text.format($0))" } ?? "")
      }
    }

    /// The figure as plain text.
    package var text: String {
      before + value + after + (usual.map { " (usually \($0))" } ?? "")
    }
  }

  package let detector: String
  package let headline: String
  /// "between 14:00 and 15:00"
  package let window: String
  /// "with" 203.0.113.7:443/tcp, or "mostly by" 10.0.0.9; nil where the finding names nobody.
  package let company: (how: String, whom: String)?
  package let figures: [Figure]

  /// "Scan of hosts or ports, between 09:00 and 10:00: 654 destinations …"
  package var text: String {
    let lead = headline + ", " + window + (company.map { ", \($0.how) \($0.whom)" } ?? "")
    return figures.isEmpty ? lead : lead + ": " + figures.map(\.text).joined(separator: "; ")
  }
}

extension Explanation {
  /// The strongest findings of up to three detectors, in numbers.
  package func points(_ findings: [Finding]) -> [EvidencePoint] {
    Explanation.telling(findings).prefix(3).map { finding in
      EvidencePoint(
        detector: finding.detector, headline: DetectorKind.of(finding.detector).headline,
        window: window(finding.window),
        company: finding.peer.map { ("with", $0) } ?? finding.cause.map { ("mostly by", $0) },
        figures: finding.measures.prefix(2).compactMap(EvidencePoint.Figure.init))
    }
  }

  /// "ws-6 tried many addresses or ports; 3 other signs agree"
  package func sentence(of incident: Incident) -> String {
    guard incident.verdict.kind != .site, let lead = incident.findings.first else {
      return incident.title
    }
    let others = Explanation.telling(incident.findings).count - 1
    let agreement =
      others < 1 ? "" : others == 1 ? "; 1 other sign agrees" : "; \(others) other signs agree"
    return (incident.asset?.hostname ?? incident.entity) + " "
      + DetectorKind.of(lead.detector).deed + agreement
  }
}
