import Events
import Incidents

extension HTMLReport {
  /// What is wrong with the day's data, what each source gave, and what detectors could see.
  var quality: HTML {
    """
    <section id="quality"><h2>Data quality and coverage</h2>
    \(dataFindings)
    \(sourceTable)
    \(contextRemarks)\(duties)
    \(detectorTable)
    \(driftTables)
    </section>
    """
  }

  /// What is wrong with files of context; nothing where nothing is.
  private var contextRemarks: HTML {
    facts.context.remarks.map { "<p class=\"small\">Context: \($0).</p>" as HTML }.joined()
  }

  /// Nothing where no detector is challenged.
  private var duties: HTML {
    facts.duties.map { "<p class=\"small\">\($0.sentence)</p>" as HTML }.joined()
  }

  /// Nothing where nothing moved.
  private var driftTables: HTML {
    let features = facts.drift.movedFeatures.map { feature -> HTML in
      """
      <tr><td>\(feature.text)</td><td class="number">\(Quantity.decimal(feature.index, places: 2))\
      </td><td>\(feature.change ?? "")</td></tr>
      """
    }
    let votes = facts.drift.unevenVotes.map { votes -> HTML in
      """
      <tr><td>\(votes.detector)</td><td>\(votes.entityClass)</td>\
      <td class="number">\(Quantity.count(votes.count))</td>\
      <td class="number">\(Quantity.decimal(votes.distance, places: 2))</td></tr>
      """
    }
    let featureTable: HTML = """
      <table><caption>What moved</caption><thead><tr><th>Hours of hosts, by</th>\
      <th class="number">Shift</th><th>Verdict</th></tr></thead><tbody>\(features)</tbody></table>
      """
    let voteTable: HTML = """
      <table><caption>P-values that are not even</caption><thead><tr>\
      <th>Detector</th><th>Hosts</th><th class="number">Votes of 28 days</th>\
      <th class="number">Distance</th></tr></thead><tbody>\(votes)</tbody></table>
      """
    func explained(_ table: HTML, _ label: String, _ advice: String) -> HTML {
      "\(Page.wide(label, table))<p class=\"small soft\">\(advice)</p>"
    }
    return [
      features.isEmpty ? "" : explained(featureTable, "What moved", DayDrift.featureAdvice),
      votes.isEmpty
        ? "" : explained(voteTable, "P-values that are not even", DayDrift.voteAdvice),
    ].joined()
  }

  private var dataFindings: HTML {
    guard !facts.dataFindings.isEmpty else {
      return "<p>0 found in \(facts.sources.count) kinds of data checked.</p>"
    }
    let items = facts.dataFindings.map { finding -> HTML in
      let blinded = facts.blinded(by: finding)
      let consequence: HTML =
        blinded.isEmpty ? "" : "<br>Blind for it: \(blinded.joined(separator: ", "))."
      return """
        <li><strong>\(finding.source)</strong> (\(finding.eventClass.rawValue)): \(finding.text)\
        \(consequence)<br><span class="soft">\(finding.advice)</span></li>
        """
    }
    return "<ul>\(items)</ul>"
  }

  private var sourceTable: HTML {
    let rows = facts.sources.map { source -> HTML in
      """
      <tr><td>\(source.source)</td><td>\(source.eventClass?.rawValue ?? "never seen")</td>\
      <td class="number">\(Quantity.count(source.rows))</td>\
      <td class="number">\(source.usualText)</td>\
      <td class="number">\(source.coveredHours) of \(source.dayHours)</td>\
      <td class="number">\(Quantity.count(source.duplicates))</td>\
      <td class="number">\(Quantity.count(source.rowsAfter))</td>\
      <td class="number">\(Quantity.count(source.rejected))</td><td>\(source.complaints)</td></tr>
      """
    }
    let table: HTML = """
      <table><caption>Sources</caption><thead><tr><th>Source</th><th>Data</th>\
      <th class="number">Rows of the day</th><th class="number">Usually</th>\
      <th class="number">Hours with rows</th><th class="number">Sent twice</th>\
      <th class="number">Dated later</th><th class="number">Lines rejected</th>\
      <th>Reasons, remarks</th></tr></thead><tbody>\(rows)</tbody></table>
      """
    return """
      \(Page.wide("Sources", table))
      <p class="small soft">Usually: the median of the same weekday of the last 28 days, or of \
      workdays or days off where there are fewer than four. Rejected lines have no time; those of a \
      file are shared out over the days of its rows. Each is kept in rejects.arrow with its \
      reason.</p>
      """
  }

  private var detectorTable: HTML {
    let rows = facts.detectors.map { row -> HTML in
      """
      <tr><td>\(row.detector)</td><td>\(row.source)</td><td>\(row.ran ? "ran" : "skipped")</td>\
      <td>\(row.reason)</td></tr>
      """
    }
    let table: HTML = """
      <table><thead><tr><th>Detector</th>\
      <th>Reads</th><th>Today</th><th>Why</th></tr></thead><tbody>\(rows)</tbody></table>
      """
    let ran = Set(facts.detectors.filter(\.ran).map(\.detector)).count
    let all = Set(facts.detectors.map(\.detector)).count
    return """
      <details><summary>Detectors: \(ran) of \(all) could judge something</summary>\
      \(Page.wide("Detectors", table))</details>
      """
  }
}
