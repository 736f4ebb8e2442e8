import Events
import Incidents
import StageKit

extension StoreComparison {
  /// Lines for people: what made the stores differ, each day that differs, and a summary as the
  /// last.
  package var lines: [String] {
    originLines + differing.flatMap(lines) + [summary]
  }

  package var originLines: [String] {
    origins.map { origin in
      "\(origin.area): \(origin.subject): \(named(origin.a)) in A, \(named(origin.b)) in B on "
        + "\(Quantity.counted(origin.dayCount, "day")) from \(origin.firstDay)"
    }
      + [("A", onlyInA), ("B", onlyInB)].compactMap { name, days in
        guard let first = days.first, let last = days.last else { return nil }
        return
          "reports of \(Quantity.counted(days.count, "day")), \(first) to \(last), only in \(name)"
      }
      + [("A", outdatedInA), ("B", outdatedInB)].compactMap { name, days in
        guard let first = days.first, let last = days.last else { return nil }
        return
          "reports of \(Quantity.counted(days.count, "day")), \(first) to \(last), are older than "
          + "their scores in \(name); run report for them, and compare again"
      }
  }

  private func named(_ value: String) -> String { value.isEmpty ? "none" : value }

  private func lines(_ day: Day) -> [String] {
    guard !day.changes.isEmpty else {
      return ["\(day.day): the same incidents, in other words or with other figures"]
    }
    let asked = day.changes.filter(\.isAsked).sorted { ($0.rank, $0.entity) < ($1.rank, $1.entity) }
    let watched = day.changes.count - asked.count
    return ["\(day.day)"] + asked.map { "  " + $0.text }
      + (watched > 0
        ? ["  and \(Quantity.counted(watched, "difference")) among what is watched only"] : [])
  }

  package var summary: String {
    let count = Quantity.counted(days.count, "day")
    let isSame = differing.isEmpty && otherwiseScored.isEmpty
    guard !days.isEmpty else { return "no day has a report in both stores" }
    if isSame {
      return "equal: the votes, scores and reports of \(count) are the same, byte for byte"
    }
    let asked = differing.flatMap(\.changes).filter(\.isAsked)
    return
      "\(count) compared, \(differing.count) with other reports, \(otherwiseScored.count) with "
      + "other votes or scores; of what is asked, \(asked.count { $0.b == nil }) only in A, "
      + "\(asked.count { $0.a == nil }) only in B, \(asked.count { $0.a != nil && $0.b != nil }) "
      + "differ; decisions: \(decisionCounts.a) in A, \(decisionCounts.b) in B"
  }

  /// The changes as comma-separated text with a header, a record each.
  package var csv: String {
    let header = [
      "day", "entity_kind", "entity", "decision_a", "decision_b", "severity_a", "severity_b",
      "rank_a", "rank_b", "leading_detector_a", "leading_detector_b", "incident_id_a",
      "incident_id_b",
    ]
    let records = differing.flatMap { day in
      day.changes.map { change -> [String] in
        func both(_ text: (ReportedIncident) -> String) -> [String] {
          [change.a, change.b].map { $0.map(text) ?? "" }
        }
        return ["\(day.day)", change.either?.kind.rawValue ?? "", change.entity]
          + both { $0.decision.rawValue } + both { $0.severity.description } + both { "\($0.rank)" }
          + both(\.leadingDetector) + both(\.id)
      }
    }
    return ([header] + records).map { CSVText.record($0) }.joined()
  }
}

extension StoreComparison.Change {
  fileprivate var either: ReportedIncident? { a ?? b }
  fileprivate var entity: String { either?.entity ?? "" }
  fileprivate var rank: Int { [a?.rank, b?.rank].compactMap(\.self).min() ?? 0 }

  fileprivate var text: String {
    switch (a, b) {
    case (let only?, nil): "only in A: \(StoreComparison.Change.text(only))"
    case (nil, let only?): "only in B: \(StoreComparison.Change.text(only))"
    default:
      "\(entity): "
        + fields.map { "\($0.name) \($0.a ?? "none") in A, \($0.b ?? "none") in B" }
        .joined(separator: "; ")
    }
  }

  private static func text(_ incident: ReportedIncident) -> String {
    "\(incident.entity): \(incident.decision.rawValue), \(incident.severity), rank \(incident.rank), "
      + "\(incident.leadingDetector): \(incident.title)"
  }
}
