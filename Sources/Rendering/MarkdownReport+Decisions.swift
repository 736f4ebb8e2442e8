import Events
import Incidents

extension MarkdownReport {
  var decisions: String {
    let cards = facts.decided.enumerated().map { card($0.element, place: $0.offset + 1) }
    let body =
      cards.isEmpty
      ? "0 decisions found in \(Quantity.count(facts.scoredEntities)) hosts checked."
      : cards.joined(separator: "\n\n")
    return """
      ## Decide today

      At most \(facts.incidentsPerDay) a day. \(e(facts.line.sentence)) \(e(facts.absentContext))

      \(overdue)\(body)
      """
  }

  /// What goes on, with what was seen of it today.
  var sightings: String {
    let cards = facts.sightings.enumerated().map { card($0.element, place: $0.offset + 1) }
    let none = "0 found of \(Quantity.count(facts.incidents.count)) with findings."
    return "## Seen again, in detail\n\n" + (cards.isEmpty ? none : cards.joined(separator: "\n\n"))
  }

  private var overdue: String {
    guard !facts.overdue.isEmpty else { return "" }
    return "### Overdue\n\n" + facts.overdue.map { "- \(e($0))" }.joined(separator: "\n") + "\n\n"
  }

  private func card(_ incident: Incident, place: Int) -> String {
    """
    ### \(place). \(e(explanation.sentence(of: incident)))

    **\(incident.severity.description.capitalizedFirst)** severity, confidence \
    \(Quantity.number(incident.confidence)), p = \(Quantity.scientific(incident.verdict.pValue)), \
    \(incident.status.rawValue), seen on \(Quantity.counted(incident.sightings, "day")). \
    `\(incident.id)`

    \(who(incident))\(facts.handlingLine(incident).map { " " + e($0) } ?? "")

    **Advice: \(incident.recommendation.rawValue).** \
    \(e(incident.recommendationReasons.joined(separator: "; ").capitalizedFirst)).

    \(e(incident.explanation))\(otherWords(incident))

    \(steps(incident))

    \(context(incident))\(voices(incident))

    \(paths(incident))\(evidence(incident))
    """
  }

  private func otherWords(_ incident: Incident) -> String {
    facts.rewordings[incident.id].map { "\n\n**\(DayFacts.rewordingLabel):** \(e($0))" } ?? ""
  }

  private func who(_ incident: Incident) -> String {
    let asset = incident.asset
    let techniques =
      incident.techniques.isEmpty ? "none named" : incident.techniques.joined(separator: ", ")
    return e(
      "\(incident.title). Owner: \(asset?.owner ?? "not known"). Role: \(asset?.role ?? "not known"). "
        + "Criticality: \(asset?.criticality.rawValue ?? "not known"). ATT&CK: \(techniques).")
  }

  private func steps(_ incident: Incident) -> String {
    guard let playbook = facts.playbook(of: incident) else { return "No playbook for it." }
    let steps = playbook.checks.enumerated().map { "\($0.offset + 1). \(e($0.element))" }
    return """
      What to do now:

      \(steps.joined(separator: "\n"))

      Containment: \(e(playbook.containment))

      Often harmless: \(e(playbook.benignCauses.joined(separator: "; "))).
      """
  }

  /// What is known beside the findings; nothing where that is nothing.
  private func context(_ incident: Incident) -> String {
    let lines = facts.contextLines(incident)
    guard !lines.isEmpty else { return "" }
    return "Context:\n\n"
      + lines.map { "- \(e($0.name)): \(e($0.text))" }.joined(separator: "\n") + "\n\n"
  }

  private func voices(_ incident: Incident) -> String {
    let voices = facts.voices(on: incident)
    func named(_ items: [String]) -> String {
      e(items.isEmpty ? "none" : items.joined(separator: ", "))
    }
    return """
      Agreed: \(named(voices.agreed)). Ran, silent: \(named(voices.silent)). Blind: \
      \(named(voices.blind.map { "\($0.detector) (\($0.reason))" })).
      """
  }

  private func paths(_ incident: Incident) -> String {
    let texts = MovementPaths(incident).texts
    guard !texts.isEmpty else { return "" }
    return "From host to host:\n\n" + texts.map { "- " + e($0) }.joined(separator: "\n") + "\n\n"
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
}
