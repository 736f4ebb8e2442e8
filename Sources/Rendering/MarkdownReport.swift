import Events
import Incidents

/// The day's report as markdown: the same facts as the page, without the charts.
package struct MarkdownReport {
  let facts: DayFacts

  package init(_ facts: DayFacts) { self.facts = facts }

  func e(_ text: String) -> String { Markdown.escaped(text) }

  package func render() -> String {
    ([header, decisions, changes, watchList, networkPicture, quality, appendix]
      .joined(separator: "\n\n")) + "\n"
  }

  func table(_ columns: [String], _ rows: [[String]]) -> String {
    let head = "| " + columns.joined(separator: " | ") + " |"
    let rule = "|" + String(repeating: " --- |", count: columns.count)
    return ([head, rule] + rows.map { "| " + $0.map(e).joined(separator: " | ") + " |" })
      .joined(separator: "\n")
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

    **\(e(facts.verdictLine))** Posture: \(facts.posture.rawValue). \
    \(facts.dataLine.map { e($0) + " " } ?? "")\(facts.historyDays) earlier days known. Times are of \(e(facts.calendar.zone.name)) unless marked UTC.
    """
  }

  private var decisions: String {
    let cards = facts.decided.map { incident in
      """
      ### \(incident.verdict.rank). \(e(incident.title))

      \(incident.severity) severity, confidence \(Quantity.number(incident.confidence)), \
      p = \(Quantity.scientific(incident.verdict.pValue)), \(incident.status.rawValue), seen on \
      \(incident.sightings) days. `\(incident.id)`

      \(e(incident.explanation))

      Advice: **\(incident.recommendation.rawValue)**. \
      \(e(incident.recommendationReasons.joined(separator: "; ")))

      \(evidence(incident))
      """
    }
    let body =
      cards.isEmpty
      ? "0 decisions found in \(Quantity.count(facts.scoredEntities)) hosts checked."
      : cards.joined(separator: "\n\n")
    return """
      ## Decide today

      At most \(facts.incidentsPerDay) a day. \(e(facts.line.sentence))

      \(body)
      """
  }

  private func evidence(_ incident: Incident) -> String {
    guard let detail = facts.details[incident.id], !detail.evidence.isEmpty else {
      return "No rows to quote."
    }
    let rows = detail.evidence.prefix(5).map {
      [Quantity.timestamp($0.time), $0.text, "\($0.logFile):\($0.logLine)"]
    }
    return table(["Time (UTC)", "Conversation", "Raw line"], rows)
      + "\n\nFirst \(rows.count) of \(Quantity.count(detail.evidenceCount)) rows."
  }

  private var changes: String {
    let again = facts.sightings.map {
      "\($0.title): seen on \($0.sightings) days, \($0.severity) severity"
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
        String($0.verdict.rank), $0.entity, $0.severity.description,
        Quantity.scientific($0.verdict.pValue), $0.detectors.joined(separator: ", "),
        $0.explanation,
      ]
    }
    let body =
      rows.isEmpty
      ? "0 found of \(Quantity.count(facts.scoredEntities)) hosts checked."
      : table(["Rank", "Host", "Severity", "p", "Detectors", "Why"], rows)
    return "## Watch list\n\n\(body)"
  }

  private var networkPicture: String {
    let rows = facts.picture.topTalkers.map {
      [$0.host, Quantity.bytes(Double($0.bytes)), Quantity.count($0.conversations)]
    }
    return """
      ## Network picture

      \(Quantity.count(facts.picture.hours.reduce(0) { $0 + $1.conversations })) conversations. \
      From outside: \(Quantity.count(facts.picture.backgroundConversations)) begun, \
      \(Quantity.count(facts.picture.backgroundFailed)) of them failed.

      \(table(["Top talker", "Bytes", "Conversations"], rows))
      """
  }

  private var appendix: String {
    """
    ## Appendix

    \(table(["Input", "SHA-256"], facts.inputHashes.map { [$0.name, $0.sha256] }))
    """
  }
}
