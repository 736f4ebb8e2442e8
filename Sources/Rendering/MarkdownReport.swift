import Events
import Incidents

/// The day's report as markdown: what the page says, without its charts and tables of findings, and
/// with the first of the rows that it quotes.
package struct MarkdownReport {
  let facts: DayFacts
  let explanation: Explanation

  package init(_ facts: DayFacts) {
    self.facts = facts
    explanation = Explanation(calendar: facts.calendar)
  }

  func e(_ text: String) -> String { Markdown.escaped(text) }

  package func render() -> String {
    ([
      header, decisions, changes, sightings, watchList, ruled, networkPicture, quality, appendix,
    ].joined(separator: "\n\n")) + "\n"
  }

  func table(_ columns: [String], _ rows: [[String]]) -> String {
    Markdown.table(columns, rows)
  }

  func list(_ items: [String], none: String) -> String {
    guard !items.isEmpty else { return none }
    let shown = items.prefix(20).map { "- " + e($0) }
    return (shown + (items.count > 20 ? ["- and \(items.count - 20) more"] : []))
      .joined(separator: "\n")
  }

  private var header: String {
    """
    # \(e(facts.siteName)): \(facts.day)

    **\(e(facts.verdictLine))** \(e(facts.posture.rule)) \
    \(facts.dataLine.map { e($0) + " " } ?? "")\(facts.historyDays) earlier days known. Times are of \
    \(e(facts.calendar.zone.name)) unless marked UTC.

    \(trend)
    """
  }

  /// "Decided on the last 28 days: 2026-03-24: 3, 2026-03-25: 7."
  private var trend: String {
    let days = facts.recentDays.map {
      "\($0.day): \($0.decided) (\($0.sightings) seen again, \($0.watched) watched)"
    }
    return "Decided on each of the last days, the earlier ones before your rules: "
      + (days.isEmpty ? "not known" : days.map(e).joined(separator: ", ")) + "."
  }

  private var changes: String {
    let again = facts.sightings.map {
      "\($0.title): seen on \(Quantity.counted($0.sightings, "day")), \($0.severity) severity"
    }
    return """
      ## What changed

      ### Seen again

      \(list(again, none: "0 found of what was decided in the last 7 days."))

      ### New hosts

      \(list(facts.picture.newHosts, none: "0 found beside those of the last 28 days."))

      ### New services

      \(list(facts.picture.newServices, none: "0 found beside those of the last 28 days."))

      ### New internal connections

      \(list(facts.picture.newEdges, none: "0 found beside those of the last 28 days."))
      """
  }

  private var watchList: String {
    let rows = facts.watched.prefix(50).map {
      [
        String($0.verdict.rank), facts.listed($0), $0.severity.description,
        Quantity.scientific($0.verdict.pValue), $0.detectors.joined(separator: ", "),
        $0.explanation,
      ]
    }
    let body =
      rows.isEmpty
      ? "0 found of \(Quantity.count(facts.scoredEntities)) hosts checked."
      : table(["Rank", "Host", "Severity", "p", "Detectors", "Why"], rows)
        + (facts.watched.count > rows.count
          ? "\n\nand \(facts.watched.count - rows.count) more in incidents.csv" : "")
    return "## Watch list\n\n\(body)"
  }

  private var ruled: String {
    let rows = facts.ruledOut.map {
      [$0.decision.rawValue, $0.title, $0.severity.description, facts.ruleText($0)]
    }
    let body =
      rows.isEmpty
      ? "0 found of \(Quantity.count(facts.incidents.count)) with findings."
      : table(["Became", "What", "Severity", "Rule"], rows)
    return "## Suppressed and closed by your rules\n\n\(body)"
  }

  private var networkPicture: String {
    let rows = facts.picture.topTalkers.map {
      [$0.host, Quantity.bytes(Double($0.bytes)), Quantity.count($0.conversations)]
    }
    return """
      ## Network picture

      \(Quantity.count(facts.picture.conversations)) conversations. \
      From outside: \(Quantity.count(facts.picture.backgroundConversations)) begun, \
      \(Quantity.count(facts.picture.backgroundFailed)) of them failed.

      \(table(["Top talker", "Bytes", "Conversations"], rows))
      """
  }

  private var appendix: String {
    """
    ## Appendix

    Smallest p-value that the history allows: \
    \(facts.line.smallestPValue.map(Quantity.scientific) ?? "not known yet"). How severity comes about: \
    \(e(SeverityTable.levels.map { "\($0.severity) from \($0.points)" }.joined(separator: ", "))) \
    points.

    \(table(["If", "Points"], SeverityTable.rows.map { [$0.condition, "\($0.points)"] }))

    \(table(["Input", "SHA-256"], facts.inputHashes.map { [$0.name, $0.sha256] }))
    """
  }
}
