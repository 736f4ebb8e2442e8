import Columnar
import Events
import Incidents

/// The day's page: one file, no script, nothing fetched, every string from a log escaped.
package struct HTMLReport {
  let facts: DayFacts

  package init(_ facts: DayFacts) { self.facts = facts }

  package func render() -> String {
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>\(facts.siteName), \(facts.day.description): Tidemark</title>
      <style>\(HTML(markup: Stylesheet.text))</style>
      </head>
      <body>
      \(header)
      <main>
      \(decisions)
      \(changes)
      \(details)
      \(watchList)
      \(networkPicture)
      \(quality)
      \(appendix)
      </main>
      <footer>Made by Tidemark from the files listed under <a href="#appendix">Appendix</a>. \
      Nothing in this page is fetched or run.</footer>
      </body>
      </html>

      """
    return page.source
  }

  private var header: HTML {
    let hours = facts.calendar.hours(of: facts.day)
    let start = facts.calendar.start(of: facts.day)
    let end = facts.calendar.start(of: facts.day.advanced(by: 1))
    let rule =
      switch facts.posture {
      case .red: "Red: at least one decision of high severity."
      case .amber: "Amber: something to decide, nothing of high severity."
      case .green: "Green: nothing to decide."
      case .learning: "Learning: too little history for a verdict."
      case .empty: "Grey: look at why the exports are missing."
      }
    return """
      <header>
      <h1>\(facts.siteName): \(facts.day.description)</h1>
      <p class="soft small">\(hours.count) hours in \(facts.calendar.zone.name), \
      \(Quantity.timestamp(start)) to \(Quantity.timestamp(end)); \
      \(facts.historyDays) earlier days known</p>
      <div class="posture \(facts.posture.rawValue)"><strong>\(facts.verdictLine)</strong>\(rule)\
      \(blindness)</div>
      <nav aria-label="Sections"><ul><li><a href="#decide">Decide</a></li>\
      <li><a href="#changes">What changed</a></li><li><a href="#details">Details</a></li>\
      <li><a href="#watch">Watch list</a></li><li><a href="#network">Network</a></li>\
      <li><a href="#quality">Data</a></li><li><a href="#appendix">Appendix</a></li></ul></nav>
      </header>
      """
  }

  private var blindness: HTML {
    facts.dataLine.map { "<br>\($0) <a href=\"#quality\">What that means</a>" } ?? ""
  }

  private func badges(_ incident: Incident) -> HTML {
    """
    <span class="badge \(incident.severity.description)">\(incident.severity.description)</span>\
    <span class="badge info">\(incident.status.rawValue)</span>
    """
  }

  private var decisions: HTML {
    let cards = facts.decided.map { incident -> HTML in
      """
      <article class="card">
      <h3>\(incident.verdict.rank). \(incident.title)</h3>
      <p>\(badges(incident)) <span class="soft small">confidence \
      \(Quantity.number(incident.confidence)), p = \(Quantity.scientific(incident.verdict.pValue)), \
      seen on \(incident.sightings) \(incident.sightings == 1 ? "day" : "days")</span></p>
      <p>\(incident.explanation)</p>
      <p><strong>Advice: \(incident.recommendation.rawValue).</strong> \
      \(incident.recommendationReasons.joined(separator: "; ")). \
      <a href="#\(incident.id)">Numbers, charts and rows</a></p>
      </article>
      """
    }
    let none: HTML = """
      <p>0 decisions found in \(Quantity.count(facts.scoredEntities)) hosts checked.</p>
      """
    return """
      <section id="decide"><h2>Decide today</h2>
      <p class="soft small">At most \(facts.incidentsPerDay) a day. \(facts.line.sentence)</p>
      \(cards.isEmpty ? [none] : cards)</section>
      """
  }

  private var changes: HTML {
    func list(_ heading: String, _ items: [String], of what: String) -> HTML {
      guard !items.isEmpty else {
        return "<h3>\(heading)</h3><p class=\"soft\">0 found \(what).</p>"
      }
      let shown = items.prefix(20).map { "<li>\($0)</li>" as HTML }
      let more: HTML =
        items.count > 20 ? "<li class=\"soft\">and \(items.count - 20) more</li>" : ""
      return "<h3>\(heading)</h3><ul>\(shown)\(more)</ul>"
    }
    let again = facts.sightings.map {
      "\($0.title): seen on \($0.sightings) days, \($0.severity) severity"
    }
    return """
      <section id="changes"><h2>What changed</h2>
      \(list("Seen again", again, of: "of what was decided in the last 7 days"))
      \(list("New hosts", facts.picture.newHosts, of: "beside those of the last 28 days"))
      \(list("New services", facts.picture.newServices, of: "beside those of the last 28 days"))
      \(list("New internal connections", facts.picture.newEdges, of: "beside those of the last 28 days"))
      </section>
      """
  }

  private var details: HTML {
    let shown = (facts.decided + facts.sightings).map { incident -> HTML in
      let detail = facts.details[incident.id] ?? IncidentDetail()
      return """
        <article class="card" id="\(incident.id)">
        <h3>\(incident.title)</h3>
        <p>\(badges(incident)) <code>\(incident.id)</code></p>
        <p>\(incident.explanation)</p>
        \(context(incident))
        \(findingsTable(incident))
        \(charts(detail))
        \(evidence(detail))
        \(playbooks(incident))
        </article>
        """
    }
    let none: HTML = "<p>0 found of \(facts.incidents.count) with findings.</p>"
    return """
      <section id="details"><h2>Incident details</h2>\(shown.isEmpty ? [none] : shown)</section>
      """
  }

  private func context(_ incident: Incident) -> HTML {
    let asset = incident.asset
    let techniques =
      incident.techniques.isEmpty ? "none named" : incident.techniques.joined(separator: ", ")
    return """
      <p class="small soft">Owner: \(asset?.owner ?? "not known"). \
      Role: \(asset?.role ?? "not known"). \
      Criticality: \(asset?.criticality.rawValue ?? "not known"). \
      ATT&amp;CK: \(techniques). Why ranked here: \(incident.verdict.reason).</p>
      """
  }

  private func findingsTable(_ incident: Incident) -> HTML {
    let explanation = Explanation(calendar: facts.calendar)
    let rows = incident.findings.prefix(12).flatMap { finding -> [HTML] in
      let measures: [Incidents.Measure?] = finding.measures.isEmpty ? [nil] : finding.measures
      return measures.enumerated().map { index, measure in
        let text = measure.map { MeasureText.of($0.name) }
        func cell(_ value: Double?) -> String {
          guard let value, let text else { return "–" }
          return text.format(value)
        }
        let lead: HTML =
          index == 0
          ? """
          <td>\(finding.detector)</td><td>\(explanation.window(finding.window))</td>\
          <td class="mono">\(finding.peer ?? finding.cause ?? "–")</td>
          """ : "<td></td><td></td><td></td>"
        let rarity: HTML =
          index == 0
          ? """
          <td class="number">\(Quantity.number(finding.rawScore))</td>\
          <td class="number">\(Quantity.number(finding.floor))</td>\
          <td class="number">\(Quantity.scientific(finding.pValue))</td>
          """ : "<td></td><td></td><td></td>"
        return """
          <tr>\(lead)<td>\(text?.phrase ?? "–")</td>\
          <td class="number">\(cell(measure?.actual))</td>\
          <td class="number">\(cell(measure?.typical))</td>\
          <td class="number">\(cell(measure?.spread))</td>\(rarity)</tr>
          """
      }
    }
    let more: HTML =
      incident.findings.count > 12
      ? "<p class=\"soft small\">and \(incident.findings.count - 12) more in scores.arrow</p>" : ""
    return """
      <div class="scroll"><table><caption>What the detectors saw</caption><thead><tr>\
      <th>Detector</th><th>When</th><th>With</th><th>Measure</th><th class="number">Actual</th>\
      <th class="number">Usual</th><th class="number">±</th><th class="number">Score</th>\
      <th class="number">Floor</th><th class="number">p</th></tr></thead>\
      <tbody>\(rows)</tbody></table></div>\(more)
      """
  }

  private func charts(_ detail: IncidentDetail) -> [HTML] {
    var figures: [HTML] = []
    if let chart = Charts.volumeBand(detail.volume, calendar: facts.calendar) {
      figures.append(
        """
        <figure>\(chart)<figcaption>Bytes sent and received in each hour (line) on the band of \
        usual hours (median ± spread).</figcaption></figure>
        """)
    }
    if let chart = Charts.gapHistogram(detail.gaps) {
      let peer = detail.gapsPeer ?? ""
      figures.append(
        """
        <figure>\(chart)<figcaption>Time between conversations with \
        <span class="mono">\(peer)</span>, and how often.</figcaption></figure>
        """)
    }
    if let chart = Charts.habits(detail.habits) {
      figures.append(
        """
        <figure>\(chart)<figcaption>When this host is usually active: a larger square is a busier \
        hour.</figcaption></figure>
        """)
    }
    return figures
  }

  private func evidence(_ detail: IncidentDetail) -> HTML {
    guard !detail.evidence.isEmpty else { return "" }
    let rows = detail.evidence.map { row -> HTML in
      """
      <tr><td class="mono">\(Quantity.timestamp(row.time))</td><td class="mono">\(row.text)</td>\
      <td class="mono">\(row.logFile):\(row.logLine)</td></tr>
      """
    }
    return """
      <details><summary>First \(detail.evidence.count) of \(Quantity.count(detail.evidenceCount)) \
      rows</summary><div class="scroll"><table><thead><tr><th>Time (UTC)</th><th>Conversation</th>\
      <th>Raw line</th></tr></thead><tbody>\(rows)</tbody></table></div>
      <p class="small soft">The rest: <code>events/day=\(facts.day.description)/flow.arrow</code> \
      in the store, filtered by this host.</p></details>
      """
  }

  private func playbooks(_ incident: Incident) -> HTML {
    let names = incident.detectors.map { "pipelines/playbooks/\($0).md" }
    let links = names.map { "<code>\($0)</code>" as HTML }
    return """
      <p class="small">How to check, and what it may be: \(links.joined(separator: ", ")). \
      Recompute: <code>make verify DATE=\(facts.day.description)</code></p>
      """
  }

  private var watchList: HTML {
    let rows = facts.watched.prefix(50).map { incident -> HTML in
      """
      <tr><td class="number">\(incident.verdict.rank)</td><td class="mono">\(incident.entity)</td>\
      <td>\(incident.severity.description)</td>\
      <td class="number">\(Quantity.scientific(incident.verdict.pValue))</td>\
      <td>\(incident.detectors.joined(separator: ", "))</td><td>\(incident.explanation)</td></tr>
      """
    }
    let table: HTML = """
      <div class="scroll"><table><thead><tr><th class="number">Rank</th><th>Host</th>\
      <th>Severity</th><th class="number">p</th><th>Detectors</th><th>Why</th></tr></thead>\
      <tbody>\(rows)</tbody></table></div>
      """
    let more: HTML =
      facts.watched.count > 50
      ? "<p class=\"soft small\">and \(facts.watched.count - 50) more in incidents.csv</p>" : ""
    let body: HTML =
      facts.watched.isEmpty
      ? "<p>0 found of \(Quantity.count(facts.scoredEntities)) hosts checked.</p>"
      : """
      <details><summary>\(facts.watched.count) hosts with findings of which none asks for a decision, strongest \
      first</summary>\(table)\(more)</details>
      """
    return "<section id=\"watch\"><h2>Watch list</h2>\(body)</section>"
  }

  private var networkPicture: HTML {
    let picture = facts.picture
    let talkers = picture.topTalkers.map { talker -> HTML in
      """
      <tr><td class="mono">\(talker.host)</td>\
      <td class="number">\(Quantity.bytes(Double(talker.bytes)))</td>\
      <td class="number">\(Quantity.count(talker.conversations))</td></tr>
      """
    }
    let chart: HTML =
      Charts.networkHours(picture.hours, calendar: facts.calendar).map {
        """
        <figure>\($0)<figcaption>Conversations in each hour; a dashed line marks the same weekday \
        a week before, where known.</figcaption></figure>
        """
      } ?? "<p>0 conversations on this day.</p>"
    return """
      <section id="network"><h2>Network picture</h2>
      \(chart)
      <p>From outside: \(Quantity.count(picture.backgroundConversations)) conversations begun, \
      \(Quantity.count(picture.backgroundFailed)) of them failed. Such background scanning is \
      counted apart and asks for no decision.</p>
      <div class="scroll"><table><caption>Top talkers</caption><thead><tr><th>Host</th>\
      <th class="number">Bytes</th><th class="number">Conversations</th></tr></thead>\
      <tbody>\(talkers)</tbody></table></div></section>
      """
  }

  private var appendix: HTML {
    let severities = SeverityTable.rows.map { row -> HTML in
      "<tr><td>\(row.condition)</td><td class=\"number\">\(row.points)</td></tr>"
    }
    let levels = SeverityTable.levels.map { "\($0.severity) from \($0.points)" }
      .joined(separator: ", ")
    let hashes = facts.inputHashes.map { input -> HTML in
      "<tr><td class=\"mono\">\(input.name)</td><td class=\"mono\">\(input.sha256)</td></tr>"
    }
    let smallest = facts.line.smallestPValue.map(Quantity.scientific) ?? "not known yet"
    return """
      <section id="appendix"><h2>Appendix</h2>
      <p class="small">Budget: \(facts.incidentsPerDay) incidents a day at most; the line is set \
      for \(Quantity.number(facts.falseAlarmsPerDay)) new decisions on a quiet day. Smallest \
      p-value that the history allows: \(smallest).</p>
      <details><summary>How severity comes about</summary><table><thead><tr><th>If</th>\
      <th class="number">Points</th></tr></thead><tbody>\(severities)</tbody></table>
      <p class="small">\(levels) points.</p></details>
      <details><summary>Words</summary><dl class="small">\
      <dt>p-value</dt><dd>The share of comparable host-days that were at least as strange.</dd>\
      <dt>Usual, ±</dt><dd>Median of the host's own comparable hours, and 1.4826 times the median \
      distance from it.</dd>\
      <dt>Floor</dt><dd>The score below which a detector stays silent, however rare the score.</dd>\
      </dl></details>
      <details><summary>What this page was made from</summary><div class="scroll"><table><thead>\
      <tr><th>Input</th><th>SHA-256</th></tr></thead><tbody>\(hashes)</tbody></table></div>\
      </details></section>
      """
  }
}
