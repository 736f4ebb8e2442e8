import Events
import Incidents

extension HTMLReport {
  /// Steps of a playbook that a card shows; the details have all.
  static let firstSteps = 3

  /// A card for each decision: what, whose, the advice, why, and what to do now.
  var decisions: HTML {
    let count = facts.decided.count
    let cards = facts.decided.enumerated().map { index, incident in
      card(incident, place: "Decision \(index + 1) of \(count)")
    }
    let none: HTML = """
      <p>0 decisions found in \(Quantity.count(facts.scoredEntities)) hosts checked.</p>
      """
    return """
      <section id="decide"><h2>Decide today</h2>
      <p class="small soft">At most \(facts.incidentsPerDay) a day. \(facts.line.sentence) \
      \(facts.absentContext)</p>
      \(overdue)\(cards.isEmpty ? [none] : cards)</section>
      """
  }

  /// What nobody looked at in time; nothing where the site file asks for no reviews or all were
  /// made.
  private var overdue: HTML {
    guard !facts.overdue.isEmpty else { return "" }
    let items = facts.overdue.map { "<li>\($0)</li>" as HTML }
    return "<div class=\"overdue\"><h3>Overdue</h3><ul>\(items)</ul></div>\n"
  }

  /// What people did about an incident so far.
  func handling(_ incident: Incident) -> HTML {
    facts.handlingLine(incident).map { "<p class=\"small\">\($0)</p>" } ?? ""
  }

  private func card(_ incident: Incident, place: String) -> HTML {
    """
    <article class="card decision \(incident.severity.description)" id="decide-\(incident.id)">
    \(eyebrow(incident, place: place))
    <h3>\(explanation.sentence(of: incident))</h3>
    \(who(incident))\(handling(incident))
    <p class="advice"><strong>\(advice(incident))</strong> \
    \(incident.recommendationReasons.joined(separator: "; ").capitalizedFirst).</p>
    <div class="halves">
    <div><h4>Why</h4><ul class="why">\(reasons(incident))</ul></div>
    <div><h4>What to do now</h4>\(firstSteps(incident))</div>
    </div>
    \(context(incident))\(minis(incident))
    <p class="more"><a href="#\(incident.id)">Numbers, charts and rows\
    <span class="soft"> of \(incident.asset?.hostname ?? incident.entity)</span></a></p>
    </article>
    """
  }

  private func eyebrow(_ incident: Incident, place: String) -> HTML {
    let seen =
      incident.sightings == 1
      ? "new" : "since \(facts.calendar.day(of: incident.firstSeen)), \(incident.sightings) days"
    return """
      <p class="eyebrow">\(Signs.severity(incident.severity)) <span>\(place)</span> \
      <span>\(seen)</span> <span>confidence \(Quantity.number(incident.confidence))</span> \
      <span>p = \(Quantity.scientific(incident.verdict.pValue))</span></p>
      """
  }

  /// The host with its name, role, owner and criticality.
  func who(_ incident: Incident) -> HTML {
    guard incident.verdict.kind == .host else { return "" }
    let asset = incident.asset
    var parts: [HTML] = ["<b class=\"mono\">\(incident.entity)</b>"]
    if let name = asset?.hostname { parts.append("<b>\(name)</b>") }
    parts.append("\(asset?.role ?? "role not known")")
    parts.append("owner: \(asset?.owner ?? "not known")")
    if let asset { parts.append("\(asset.criticality.rawValue) criticality") }
    return "<p class=\"who\">\(parts.joined(separator: " · "))</p>"
  }

  func advice(_ incident: Incident) -> String {
    switch incident.recommendation {
    case .isolate: "Isolate it."
    case .monitor: "Monitor it."
    case .close: "Close it."
    }
  }

  /// A sentence for each of the strongest findings, its numbers in bold.
  private func reasons(_ incident: Incident) -> HTML {
    explanation.points(incident.findings).map { point -> HTML in
      let figures = point.figures.map { figure -> HTML in
        let usual: HTML =
          figure.usual.map { " <span class=\"soft\">(usually \($0))</span>" } ?? ""
        return "\(figure.before)<b>\(figure.value)</b>\(figure.after)\(usual)"
      }
      let company: HTML =
        point.company.map { ", \($0.how) <span class=\"mono\">\($0.whom)</span>" } ?? ""
      let lead: HTML = "\(point.headline), \(point.window)\(company)"
      return figures.isEmpty
        ? "<li>\(lead).</li>" : "<li>\(lead): \(figures.joined(separator: "; ")).</li>"
    }.joined()
  }

  /// The first steps of the leading detector's playbook, and what it often turns out to be.
  private func firstSteps(_ incident: Incident) -> HTML {
    guard let playbook = facts.playbook(of: incident) else { return "<p>No playbook for it.</p>" }
    let steps = playbook.checks.prefix(HTMLReport.firstSteps).map {
      "<li>\(Page.prose($0))</li>" as HTML
    }
    let containment: HTML =
      incident.recommendation == .isolate
      ? "<p><strong>To contain it:</strong> \(Page.prose(playbook.containment))</p>" : ""
    return """
      <ol>\(steps)</ol>\(containment)<p class="small"><strong>Often harmless:</strong> \
      \(Page.prose(playbook.benignCauses.joined(separator: "; "))).</p>
      """
  }

  /// What is known beside the findings; nothing where that is nothing.
  func context(_ incident: Incident) -> HTML {
    let groups = facts.contextLines(incident).reduce(into: [(name: String, texts: [HTML])]()) {
      if $0.last?.name != $1.name { $0.append(($1.name, [])) }
      $0[$0.count - 1].texts.append("\($1.text)")
    }
    let items = groups.map { group -> HTML in
      "<dt>\(group.name)</dt><dd>\(group.texts.joined(separator: "<br>"))</dd>"
    }
    return items.isEmpty ? "" : "<h4>Context</h4><dl class=\"facts\">\(items)</dl>"
  }

  private func minis(_ incident: Incident) -> HTML {
    let detail = facts.details[incident.id] ?? IncidentDetail()
    var figures: [HTML] = []
    if let chart = Charts.sparkline(detail.days, last: facts.day) {
      figures.append(
        """
        <figure>\(chart)<figcaption>Its findings of 28 days; filled: asked or seen again\
        </figcaption></figure>
        """)
    }
    if let chart = Charts.smallBand(detail.volume) {
      figures.append(
        """
        <figure>\(chart)<figcaption>Its bytes by hour on the band of usual hours\
        </figcaption></figure>
        """)
    }
    let path: HTML =
      MovementPaths(incident).drawing.map {
        Page.wide("From host to host, by \(incident.asset?.hostname ?? incident.entity)", $0)
      } ?? ""
    return figures.isEmpty ? path : "\(path)<div class=\"minis\">\(figures)</div>"
  }
}
