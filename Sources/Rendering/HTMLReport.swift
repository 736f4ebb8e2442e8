import Columnar
import Events
import Incidents

/// The day's page: one file, no script, nothing fetched, every string from a log escaped.
package struct HTMLReport {
  let facts: DayFacts
  let explanation: Explanation

  package init(_ facts: DayFacts) {
    self.facts = facts
    explanation = Explanation(calendar: facts.calendar)
  }

  package func render() -> String {
    Page.html(
      title: "\(facts.siteName), \(facts.day): Tidemark",
      jump: ("decide", "To what is to decide"), header: header,
      main: [
        decisions, changes, details, watchList, ruled, networkPicture, quality, appendix,
      ].joined(separator: "\n"))
  }

  private var header: HTML {
    """
    \(Page.brand("daily report", index: "../index.html"))
    <h1>\(facts.siteName)</h1>
    <p class="date">\(facts.day.inWords)</p>
    \(posture)
    <div class="glance"><dl class="figures">\(figures)</dl>\(trend)</div>
    <nav aria-label="Sections"><ul><li><a href="#decide">Decide</a></li>\
    <li><a href="#changes">What changed</a></li><li><a href="#details">Details</a></li>\
    <li><a href="#watch">Watch list</a></li><li><a href="#ruled">Your rules</a></li>\
    <li><a href="#network">Network</a></li><li><a href="#quality">Data</a></li>\
    <li><a href="#appendix">Appendix</a></li></ul></nav>
    """
  }

  /// The verdict, and under it what there is to do, in order.
  private var posture: HTML {
    let items = facts.decided.map { incident -> HTML in
      """
      <li>\(Signs.severity(incident.severity)) <strong>\(incident.recommendation.rawValue)</strong> \
      <a href="#decide-\(incident.id)">\(explanation.sentence(of: incident))</a></li>
      """
    }
    let list: HTML = items.isEmpty ? "" : "<ol class=\"todo\">\(items)</ol>"
    let learning: HTML = facts.learningLine.map { "<p>\($0)</p>" } ?? ""
    let blindness: HTML =
      facts.dataLine.map { "<p>\($0) <a href=\"#quality\">What that means</a></p>" } ?? ""
    return """
      <div class="posture \(facts.posture.rawValue)">
      <p class="verdict">\(Signs.posture(facts.posture)) \(facts.headline)</p>
      <p class="small">\(facts.posture.rule)</p>\(learning)\(blindness)
      \(list)</div>
      """
  }

  private var figures: HTML {
    let sources = Set(facts.sources.map(\.source)).count
    let faulty = Set(facts.dataFindings.filter { $0.fault != nil }.map(\.source)).count
    let figures: [(String, String)] = [
      ("to decide", Quantity.count(facts.decided.count)),
      ("seen again", Quantity.count(facts.sightings.count)),
      ("on the watch list", Quantity.count(facts.watched.count)),
      ("hosts checked", Quantity.count(facts.scoredEntities)),
      ("sources without fault", "\(sources - faulty) of \(sources)"),
      ("earlier days known", Quantity.count(facts.historyDays)),
    ]
    return figures.map { name, value -> HTML in
      "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
    }.joined()
  }

  private var trend: HTML {
    guard facts.recentDays.count > 1 else { return "" }
    let chart = Charts.strip(facts.recentDays, last: facts.day)
    return """
      <figure>\(Page.wide("Decided and watched over 28 days", chart))<figcaption>The last 28 days: \
      what was to decide stands on the line; what was seen again or watched hangs from it. Earlier \
      days are counted before your rules.</figcaption></figure>
      """
  }

  /// A list of which the first 20 are named.
  func list(_ heading: String, _ items: [String], of what: String) -> HTML {
    guard !items.isEmpty else {
      return "<h3>\(heading)</h3><p class=\"soft\">0 found \(what).</p>"
    }
    let shown = items.prefix(20).map { "<li>\($0)</li>" as HTML }
    let more: HTML =
      items.count > 20 ? "<li class=\"soft\">and \(items.count - 20) more</li>" : ""
    return "<h3>\(heading)</h3><ul class=\"news\">\(shown)\(more)</ul>"
  }
}
