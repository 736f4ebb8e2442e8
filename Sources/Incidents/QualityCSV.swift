import Events

/// `quality.csv`: a row per finding on the day's data.
package enum QualityCSV {
  package static let columns = [
    "day", "source", "event_class", "kind", "since", "window_start", "window_end", "subject",
    "actual", "usual", "limit", "like_days", "blinds", "text", "advice",
  ]

  package static func render(_ facts: DayFacts) -> String {
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    let rows = facts.dataFindings.map { finding in
      [
        facts.day.description, finding.source, finding.eventClass.rawValue, finding.kind.rawValue,
        Quantity.timestamp(finding.since), Quantity.timestamp(finding.window.lowerBound),
        Quantity.timestamp(finding.window.upperBound), finding.subject ?? "",
        number(finding.actual), number(finding.usual), number(finding.limit),
        String(finding.likeDays), facts.blinded(by: finding).joined(separator: ", "),
        finding.text, finding.advice,
      ]
    }
    return ([columns] + rows).map(CSVText.record).joined()
  }
}
