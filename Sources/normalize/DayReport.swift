import Conversations
import Events
import FoundationEssentials
import StageKit

/// What was done for a day.
struct DayReport: Sendable {
  let day: CivilDate
  let outcome: Outcome
  let fileCount: Int
  /// What was counted now; nothing where the folder is up to date.
  let summaries: [(EventClass, DaySummary)]
  /// What the folder's manifest states.
  let facts: [String: String]

  var sentence: String {
    if outcome != .written { return outcome.description }
    if summaries.isEmpty { return "no rows" }
    return summaries.map { eventClass, summary in
      var parts = ["\(summary.readCount) rows"]
      if eventClass == .flow { parts.append("\(summary.conversationCount) conversations") }
      parts.append("\(summary.duplicateCount) duplicates")
      parts.append("\(summary.otherDayCount) of other days")
      if summary.elsewhereCount > 0 {
        parts.append("\(summary.elsewhereCount) shown by another observer")
      }
      return "\(eventClass): " + parts.joined(separator: ", ")
    }.joined(separator: "; ")
  }

  var warnings: [String] {
    summaries.flatMap { _, summary in
      summary.clockOffsets.filter { $0.halfHours != 0 }.map { offset in
        let hours = Double(offset.halfHours) / 2
        return
          "the clock of \(offset.otherSource) is \(hours) hours after that of \(offset.source), by "
          + "\(offset.matchCount) conversations that both saw; check their zones"
      }
    } + (DayReport.remark(on: summaries).map { [$0] } ?? [])
  }

  /// What a user should know of how the rows were counted; nil where there is nothing.
  private static func remark(on summaries: [(EventClass, DaySummary)]) -> String? {
    let twice = summaries.flatMap(\.1.countedTwice).map { pair in
      "\(pair.source) and \(pair.otherSource): \(Int(100 * pair.sharedShare)) % of the conversations of "
        + "the one with fewer are the other's too and count twice; give the [[input]] of each an "
        + "observer, which takes together what has equal bytes or packets and begins within a second, "
        + "or leave one out"
    }
    return twice.isEmpty ? nil : twice.joined(separator: "; ")
  }

  /// What the folder's manifest states: by class, and for each source by its name.
  static func facts(of summaries: [(EventClass, DaySummary)]) -> [String: String] {
    var facts: [String: String] = [:]
    for (eventClass, summary) in summaries {
      for rows in summary.sources {
        let prefix = "\(eventClass).\(rows.source)"
        facts["\(prefix).rows_read"] = "\(rows.readCount)"
        facts["\(prefix).records"] = "\(rows.recordCount)"
        facts["\(prefix).conversations"] = "\(rows.conversationCount)"
        facts["\(prefix).duplicates"] = "\(rows.duplicateCount)"
        facts["\(prefix).other_days"] = "\(rows.otherDayCount)"
        facts["\(prefix).elsewhere"] = "\(rows.elsewhereCount)"
      }
      facts["\(eventClass).rows"] = "\(summary.conversationCount)"
      facts["\(eventClass).direction_unknown"] = "\(summary.unknownDirectionCount)"
      for offset in summary.clockOffsets {
        facts["\(eventClass).clock.\(offset.source).\(offset.otherSource)"] =
          "\(offset.microseconds) us in \(offset.matchCount)"
      }
    }
    facts["remark"] = remark(on: summaries)
    return facts
  }

  /// A line of JSON.
  func json() throws -> String {
    struct Line: Encodable {
      let day: String
      let outcome: String
      let files: Int
      let facts: [String: String]
    }
    let name =
      switch outcome {
      case .upToDate: "up_to_date"
      case .written: "written"
      case .settled: "settled"
      case .missing: "missing"
      }
    let line = Line(day: "\(day)", outcome: name, files: fileCount, facts: facts)
    return try JSONText.compact(line)
  }
}
