import Events
import Incidents

/// The reports of a week or month, one for each kind of reader.
package struct PeriodReport {
  package enum Profile: String, CaseIterable, Sendable {
    case analyst, manager, auditor, compliance
  }

  let facts: PeriodFacts

  package init(_ facts: PeriodFacts) { self.facts = facts }

  /// The files of the period's folder: a page and the same as markdown for each profile.
  package var files: [(name: String, text: String)] {
    Profile.allCases.flatMap { profile in
      let document = document(for: profile)
      return [
        ("\(profile.rawValue).html", document.html), ("\(profile.rawValue).md", document.markdown),
      ]
    }
  }

  private func document(for profile: Profile) -> Document {
    let blocks =
      switch profile {
      case .analyst: analyst
      case .manager: manager
      case .auditor: auditor
      case .compliance: compliance
      }
    let span = "\(facts.period.first) to \(facts.period.last)"
    return Document(
      kind: "\(facts.period.kind.rawValue) report, \(profile.rawValue)", title: facts.siteName,
      subtitle: "\(facts.period.title.capitalizedFirst), \(span)", index: "../index.html",
      blocks: blocks)
  }

  /// What the period asked for, in a sentence that names nobody.
  var summary: String {
    let days = facts.days.count
    guard let rate = PeriodFacts.decisionsPerDay(facts.days) else {
      return "No day of this period was reported."
    }
    let decided = PeriodFacts.total(.decide, of: facts.days)
    let before =
      PeriodFacts.decisionsPerDay(facts.daysBefore).map {
        ", after \($0) a day in the period before"
      }
      ?? ""
    return "\(Quantity.counted(decided, "decision")) on \(days) of "
      + "\(Quantity.counted(facts.period.dayCount, "day")): \(rate) a day\(before)."
  }

  /// What each day asked for, as a drawing and in words.
  var trend: Document.Block {
    .drawing(
      Charts.strip(
        facts.days.map(\.headline.counts), last: facts.period.last, dayCount: facts.period.dayCount),
      text: "Decided on each day: "
        + facts.days.map { "\($0.day.inBrief): \($0.headline.counts.decided)" }.joined(
          separator: ", ")
        + ". What was only seen again or watched hangs below the line.")
  }

  var severityTable: Document.Block {
    .table(
      caption: "Decisions by severity", columns: ["Severity", "Decisions"],
      rows: Severity.allCases.reversed().map {
        [.severity($0), .number(Quantity.count(facts.decided($0)))]
      })
  }

  private var analyst: [Document.Block] {
    let rows = facts.runs.map { run -> [Document.Cell] in
      [
        .severity(run.severity), .text(run.latest.title),
        .text(run.latest.recommendation.rawValue),
        .number(Quantity.count(run.days.count)),
        .links(
          run.days.map { ($0.inBrief, "../day=\($0)/report.html#\(run.latest.id)") }),
      ]
    }
    let table: Document.Block =
      rows.isEmpty
      ? .paragraph("0 found in \(Quantity.counted(facts.days.count, "day")) reported.")
      : .table(
        caption: "Decided or seen again, the worst first",
        columns: ["Severity", "What", "Advice", "Days", "Seen on"], rows: rows)
    return [
      .paragraph(summary), trend, .heading("Incidents", id: nil), table,
      .heading("By severity", id: nil), severityTable,
    ]
  }
}
