import Events
import Incidents

extension HTMLReport {
  /// What goes on from earlier days, and what was never there before.
  var changes: HTML {
    let again = facts.sightings.map {
      "\($0.title): seen on \(Quantity.counted($0.sightings, "day")), \($0.severity) severity"
    }
    let before = "beside those of the last 28 days"
    return """
      <section id="changes"><h2>What changed</h2>
      \(list("Seen again", again, of: "of what was decided in the last 7 days"))
      \(list("New hosts", facts.picture.newHosts, of: before))
      \(list("New services", facts.picture.newServices, of: before))
      \(list("New internal connections", facts.picture.newEdges, of: before))
      </section>
      """
  }

  var watchList: HTML {
    let rows = facts.watched.prefix(50).map { incident -> HTML in
      """
      <tr><td class="number">\(incident.verdict.rank)</td><td class="mono">\(incident.entity)</td>\
      <td>\(Signs.severity(incident.severity))</td>\
      <td class="number">\(Quantity.scientific(incident.verdict.pValue))</td>\
      <td>\(incident.detectors.joined(separator: ", "))</td><td>\(incident.explanation)</td></tr>
      """
    }
    let table: HTML = """
      <table><thead><tr><th class="number">Rank</th><th>Host</th>\
      <th>Severity</th><th class="number">p</th><th>Detectors</th><th>Why</th></tr></thead>\
      <tbody>\(rows)</tbody></table>
      """
    let more: HTML =
      facts.watched.count > 50
      ? "<p class=\"soft small\">and \(facts.watched.count - 50) more in incidents.csv</p>" : ""
    let body: HTML =
      facts.watched.isEmpty
      ? "<p>0 found of \(Quantity.count(facts.scoredEntities)) hosts checked.</p>"
      : """
      <details><summary>\(Quantity.counted(facts.watched.count, "host")) with findings of which \
      none asks for a decision, strongest first</summary>\(Page.wide("Watch list", table))\(more)\
      </details>
      """
    return "<section id=\"watch\"><h2>Watch list</h2>\(body)</section>"
  }

  /// What people's rules kept from being asked; nothing is dropped silently.
  var ruled: HTML {
    let rows = facts.ruledOut.map { incident -> HTML in
      """
      <tr><td>\(incident.decision.rawValue)</td><td>\(incident.title)</td>\
      <td>\(Signs.severity(incident.severity))</td><td>\(facts.ruleText(incident))</td></tr>
      """
    }
    let table: HTML = """
      <table><thead><tr><th>Became</th><th>What</th><th>Severity</th><th>Rule</th></tr></thead>\
      <tbody>\(rows)</tbody></table>
      """
    let body: HTML =
      rows.isEmpty
      ? "<p>0 found of \(Quantity.count(facts.incidents.count)) with findings.</p>"
      : Page.wide("Suppressed and closed by your rules", table)
    return """
      <section id="ruled"><h2>Suppressed and closed by your rules</h2>\(body)</section>
      """
  }

  var networkPicture: HTML {
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
        <figure>\(Page.wide("Conversations by hour", $0))<figcaption>Conversations in each hour; a \
        dashed line marks the same weekday a week before, where known.</figcaption></figure>
        """
      } ?? "<p>0 conversations on this day.</p>"
    let table: HTML = """
      <table><caption>Top talkers</caption><thead><tr><th>Host</th>\
      <th class="number">Bytes</th><th class="number">Conversations</th></tr></thead>\
      <tbody>\(talkers)</tbody></table>
      """
    return """
      <section id="network"><h2>Network picture</h2>
      \(chart)
      <p>From outside: \(Quantity.count(picture.backgroundConversations)) conversations begun, \
      \(Quantity.count(picture.backgroundFailed)) of them failed. Such background scanning is \
      counted apart and asks for no decision.</p>
      \(Page.wide("Top talkers", table))</section>
      """
  }

  var appendix: HTML {
    let hours = facts.calendar.hours(of: facts.day)
    let start = facts.calendar.start(of: facts.day)
    let end = facts.calendar.start(of: facts.day.advanced(by: 1))
    let severities = SeverityTable.rows.map { row -> HTML in
      "<tr><td>\(row.condition)</td><td class=\"number\">\(row.points)</td></tr>"
    }
    let levels = SeverityTable.levels.map { "\($0.severity) from \($0.points)" }
      .joined(separator: ", ")
    let hashes = facts.inputHashes.map { input -> HTML in
      "<tr><td class=\"mono\">\(input.name)</td><td class=\"mono\">\(input.sha256)</td></tr>"
    }
    let hashTable: HTML = """
      <table><thead><tr><th>Input</th><th>SHA-256</th></tr></thead><tbody>\(hashes)</tbody></table>
      """
    let smallest = facts.line.smallestPValue.map(Quantity.scientific) ?? "not known yet"
    return """
      <section id="appendix"><h2>Appendix</h2>
      <p class="small">The day has \(hours.count) hours in \(facts.calendar.zone.name), from \
      \(Quantity.timestamp(start)) to \(Quantity.timestamp(end)). Budget: \
      \(facts.incidentsPerDay) incidents a day at most; the line is set \
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
      <details><summary>What this page was made from</summary>\
      \(Page.wide("What this page was made from", hashTable))</details></section>
      """
  }
}
