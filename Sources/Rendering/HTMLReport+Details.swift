import Events
import Incidents

extension HTMLReport {
  /// All that is known of each incident that is decided or seen again.
  var details: HTML {
    let shown = (facts.decided + facts.sightings).map { incident -> HTML in
      let detail = facts.details[incident.id] ?? IncidentDetail()
      return """
        <article class="card" id="\(incident.id)">
        <p class="eyebrow">\(Signs.severity(incident.severity)) \
        <span>\(incident.status.rawValue)</span> <code>\(incident.id)</code></p>
        <h3>\(incident.title)</h3>
        \(who(incident))\(handling(incident))
        <p>\(incident.explanation)</p>\(otherWords(incident))
        \(summary(incident))\(incident.decision == .decide ? "" : context(incident))
        \(findingsTable(incident))
        \(charts(incident, detail))
        \(voices(incident))
        \(evidence(incident, detail))
        \(playbookText(incident))
        </article>
        """
    }
    let none: HTML = "<p>0 found of \(facts.incidents.count) with findings.</p>"
    return """
      <section id="details"><h2>Incident details</h2>\(shown.isEmpty ? [none] : shown)</section>
      """
  }

  private func otherWords(_ incident: Incident) -> HTML {
    facts.rewordings[incident.id].map {
      "\n<p><strong>\(DayFacts.rewordingLabel):</strong> \($0)</p>"
    } ?? ""
  }

  private func summary(_ incident: Incident) -> HTML {
    let techniques =
      incident.techniques.isEmpty ? "none named" : incident.techniques.joined(separator: ", ")
    return """
      <dl class="facts"><dt>Advice</dt><dd>\(incident.recommendation.rawValue): \
      \(incident.recommendationReasons.joined(separator: "; "))</dd>\
      <dt>Rank and reason</dt><dd>\(incident.verdict.rank), \(incident.verdict.reason)</dd>\
      <dt>p, confidence</dt><dd>\(Quantity.scientific(incident.verdict.pValue)), \
      \(Quantity.number(incident.confidence))</dd>\
      <dt>Seen</dt><dd>on \(Quantity.counted(incident.sightings, "day")), from \
      \(Quantity.timestamp(incident.firstSeen)) to \(Quantity.timestamp(incident.lastSeen))</dd>\
      <dt>ATT&amp;CK</dt><dd>\(techniques)</dd></dl>
      """
  }

  private func findingsTable(_ incident: Incident) -> HTML {
    let rows = incident.findings.prefix(12).flatMap { finding -> [HTML] in
      let measures: [Incidents.Measure?] = finding.measures.isEmpty ? [nil] : finding.measures
      return measures.enumerated().map { index, measure in
        row(finding, measure, isFirst: index == 0)
      }
    }
    let more: HTML =
      incident.findings.count > 12
      ? "<p class=\"soft small\">and \(incident.findings.count - 12) more in scores.arrow</p>" : ""
    let table: HTML = """
      <table><caption>What the detectors saw</caption><thead><tr>\
      <th>Detector</th><th>When</th><th>With</th><th>Measure</th><th class="number">Actual</th>\
      <th class="number">Usual</th><th class="number">±</th><th class="number">Score</th>\
      <th class="number">Floor</th><th class="number">p</th></tr></thead>\
      <tbody>\(rows)</tbody></table>
      """
    return "\(Page.wide("What the detectors saw of \(incident.entity)", table))\(more)"
  }

  private func row(_ finding: Finding, _ measure: Incidents.Measure?, isFirst: Bool) -> HTML {
    let text = measure.map { MeasureText.of($0.name) }
    func cell(_ value: Double?) -> String {
      guard let value, let text else { return "–" }
      return text.format(value)
    }
    let lead: HTML = """
      <td>\(finding.detector)</td><td>\(explanation.window(finding.window))</td>\
      <td class="mono">\(finding.peer ?? finding.cause ?? "–")</td>
      """
    let rarity: HTML = """
      <td class="number">\(Quantity.number(finding.rawScore))</td>\
      <td class="number">\(Quantity.number(finding.floor))</td>\
      <td class="number">\(Quantity.scientific(finding.pValue))</td>
      """
    let none: HTML = "<td></td><td></td><td></td>"
    return """
      <tr>\(isFirst ? lead : none)<td>\(text?.phrase ?? "–")</td>\
      <td class="number"><strong>\(cell(measure?.actual))</strong></td>\
      <td class="number">\(cell(measure?.typical))</td>\
      <td class="number">\(cell(measure?.spread))</td>\(isFirst ? rarity : none)</tr>
      """
  }

  private func charts(_ incident: Incident, _ detail: IncidentDetail) -> HTML {
    func figure(_ chart: HTML?, _ caption: HTML) -> HTML {
      chart.map {
        """
        <figure>\(Page.wide("Drawing for \(incident.entity)", $0))<figcaption>\(caption)\
        </figcaption></figure>
        """
      } ?? ""
    }
    return [
      figure(
        MovementPaths(incident).drawing,
        "From host to host; the thick frame is this host, the last has the service reached."),
      figure(
        Charts.volumeBand(detail.volume, calendar: facts.calendar),
        """
        Bytes sent and received in each hour (line) on the band of usual hours (median ± spread).
        """),
      figure(
        Charts.gapHistogram(detail.gaps),
        """
        Time between conversations with <span class="mono">\(detail.gapsPeer ?? "")</span>, and how \
        often.
        """),
      figure(
        Charts.habits(detail.habits),
        "When this host is usually active: a larger square is a busier hour."),
    ].joined()
  }

  /// Who agreed, who had nothing to say, and who could not see.
  private func voices(_ incident: Incident) -> HTML {
    let voices = facts.voices(on: incident)
    let blind = voices.blind.map { "\($0.detector) (\($0.reason))" }
    return """
      <dl class="voices"><dt>Agreed</dt><dd>\(voices.agreed.joined(separator: ", "))</dd>\
      <dt>Ran, silent</dt><dd>\(named(voices.silent))</dd>\
      <dt>Blind</dt><dd>\(named(blind))</dd></dl>
      """
  }

  private func named(_ items: [String]) -> String {
    items.isEmpty ? "none" : items.joined(separator: ", ")
  }

  private func evidence(_ incident: Incident, _ detail: IncidentDetail) -> HTML {
    guard !detail.evidence.isEmpty else { return "" }
    let rows = detail.evidence.map { row -> HTML in
      """
      <tr><td class="mono">\(Quantity.timestamp(row.time))</td><td class="mono">\(row.text)</td>\
      <td class="mono">\(row.logFile):\(row.logLine)</td></tr>
      """
    }
    let table: HTML = """
      <table><thead><tr><th>Time (UTC)</th><th>Conversation</th><th>Raw line</th></tr></thead>\
      <tbody>\(rows)</tbody></table>
      """
    return """
      <details><summary>First \(detail.evidence.count) of \(Quantity.count(detail.evidenceCount)) \
      rows</summary>\(Page.wide("Rows of \(incident.entity)", table))
      <p class="small soft">The rest: <code>events/day=\(facts.day.description)/flow.arrow</code> \
      in the store, filtered by this host.</p></details>
      """
  }

  /// The whole of the leading detector's playbook, the names of the others', and how to recompute.
  private func playbookText(_ incident: Incident) -> HTML {
    let names = incident.detectors.map { "<code>pipelines/playbooks/\($0).md</code>" as HTML }
    let text: HTML =
      facts.playbook(of: incident).map { playbook in
        """
        <details><summary>How to check it, what it may be, and whom to tell</summary>
        <p>\(Page.prose(playbook.meaning))</p>
        <ol>\(playbook.checks.map { "<li>\(Page.prose($0))</li>" as HTML })</ol>
        <p><strong>Often harmless:</strong></p>
        <ul>\(playbook.benignCauses.map { "<li>\(Page.prose($0))</li>" as HTML })</ul>
        <p><strong>Containment:</strong> \(Page.prose(playbook.containment))</p>
        <p><strong>Whom to tell:</strong> \(Page.prose(playbook.whomToTell))</p></details>
        """
      } ?? ""
    return """
      \(text)<p class="small soft">Playbooks: \(names.joined(separator: ", ")). Recompute: \
      <code>make verify DATE=\(facts.day.description)</code></p>
      """
  }
}
