import Columnar
import Events
import Foundation
import Incidents
import Testing

@testable import Rendering

@Test("no text from a log becomes markup in the page")
func hostileTextStaysText() throws {
  let page = HTMLReport(try SamplePage.facts()).render()
  for mark in ["<script", "<img", "<link", "<iframe", "onload=alert(1)>", "url(", "\u{202E}"] {
    #expect(!page.contains(mark), "\(mark)")
  }
  #expect(page.contains("&lt;script&gt;document.title"))
  let drawings = page.components(separatedBy: "<svg").dropFirst()
  #expect(drawings.allSatisfy { $0.contains("role=\"img\"") || $0.contains("aria-hidden") })
}

@Test("no text from a log becomes a link, a table cell or HTML in markdown")
func hostileMarkdown() throws {
  let text = MarkdownReport(try SamplePage.facts()).render()
  #expect(!text.contains("[click](javascript"))
  #expect(!text.contains("<script"))
  #expect(text.contains("a\\|b\\`c\\`\\*d\\*"))
}

@Test("no text from a log becomes a link of its own in markdown")
func bareLinks() {
  for name in ["www.evil.example", "WwW.evil.example", "xwww.evil.example"] {
    #expect(Markdown.escaped(name).contains("\u{200B}evil."), "\(name)")
  }
  #expect(Markdown.escaped("w.ww.example") == "w.ww.example")
}

@Test(
  "what is invisible in text of a log is shown by its code",
  arguments: ["\u{200B}", "\u{FEFF}", "\u{61C}", "\u{202E}", "\u{7}", "\u{2028}", "\u{E000}"])
func invisible(character: String) {
  let code = "\\u{\(String(character.unicodeScalars.first?.value ?? 0, radix: 16))}"
  #expect(HTML.escaped("a\(character)b") == "a\(code)b")
  #expect(Markdown.escaped("a\(character)b") == "a\(code)b")
  #expect(PlainText.visible("a\(character)b") == "a\(code)b")
}

@Test("a watch list says in markdown how many it leaves out, and what goes on is told in full")
func markdownLists() throws {
  var facts = try SamplePage.facts()
  let incident = facts.incidents[0]
  facts.incidents[0].decision = .sighting
  facts.details = [incident.id: facts.details[incident.id] ?? IncidentDetail()]
  var watched = incident
  watched.decision = .watch
  facts.incidents += Array(repeating: watched, count: 53)
  let text = MarkdownReport(facts).render()
  #expect(text.contains("and 3 more in incidents.csv"))
  let detail = try #require(text.components(separatedBy: "## Seen again, in detail").last)
  #expect(detail.contains(incident.id) && detail.contains("First 5 of 1,234 rows"))
}

@Test("hours count as covered where no source is silent, and none where nothing spoke")
func coveredHours() throws {
  var facts = try SamplePage.facts()
  let hours = facts.calendar.hours(of: facts.day)
  facts.sources[0].rows = 1
  #expect(facts.coveredHours == 24, "findings of other kinds are no silence")
  for (source, window) in [("a", 2..<5), ("b", 4..<6)] {
    facts.dataFindings.append(
      DataFinding(
        source: source, eventClass: .flow, kind: .silent, fault: .silent,
        window: hours[window.lowerBound].lowerBound..<hours[window.upperBound].lowerBound,
        since: hours[window.lowerBound].lowerBound, actual: 0, usual: 50, likeDays: 4, like: ""))
  }
  #expect(facts.coveredHours == 20)
  facts.sources[0].rows = 0
  #expect(facts.coveredHours == 0)
}

@Test("page and markdown state the same decision")
func sameFacts() throws {
  let facts = try SamplePage.facts()
  let page = HTMLReport(facts).render()
  let text = MarkdownReport(facts).render()
  for fact in [
    DayFacts.rewordingLabel, facts.incidents[0].id, "would have asked you 51 times",
    "412 different destinations",
  ] {
    #expect(page.contains(fact), "\(fact)")
    #expect(text.contains(fact), "\(fact)")
  }
}

@Test("a card says what is known beside its findings, and the day once what is not connected")
func context() throws {
  var facts = try SamplePage.facts()
  let id = facts.incidents[0].id
  facts.context.incidents[id] = IncidentContext(
    holder: "laptop-3",
    lines: [
      .init(name: "Lease", text: "leased 1"), .init(name: "Lease", text: "leased 2"),
      .init(name: "EDR", text: "seen"),
    ])
  facts.context.absent = ["VPN leases", "calendar"]
  facts.context.remarks = ["EDR, 3 rows"]
  let page = HTMLReport(facts).render()
  #expect(
    page.contains(
      "<h4>Context</h4><dl class=\"facts\"><dt>Lease</dt><dd>leased 1<br>leased 2</dd>"
        + "<dt>EDR</dt><dd>seen</dd></dl>"))
  #expect(page.components(separatedBy: "Not connected").count == 2)
  #expect(page.contains("<p class=\"small\">Context: EDR, 3 rows.</p>"))
  let text = MarkdownReport(facts).render()
  #expect(
    text.contains(
      """
      Context:

      - Lease: leased 1
      - Lease: leased 2
      - EDR: seen
      """))
  #expect(text.components(separatedBy: " VPN leases, calendar.").count == 2)
  #expect(text.contains("Context: EDR, 3 rows."))
  facts.context = DayContext()
  #expect(!HTMLReport(facts).render().contains("<h4>Context</h4>"))
  #expect(!MarkdownReport(facts).render().contains("Context:"))
}

@Test("the watch list names who had an address, and a sighting's details have its context")
func contextOfOthers() throws {
  var facts = try SamplePage.facts()
  facts.context.incidents[facts.incidents[0].id] = IncidentContext(
    holder: "laptop-3", lines: [.init(name: "EDR", text: "seen")])
  facts.incidents[0].decision = .watch
  for report in [HTMLReport(facts).render(), MarkdownReport(facts).render()] {
    #expect(report.contains("10.0.0.7 (laptop-3)") || report.contains("10.0.0.7 \\(laptop\\-3\\)"))
  }
  facts.incidents[0].decision = .sighting
  #expect(HTMLReport(facts).render().contains("<dt>EDR</dt><dd>seen</dd>"))
}

@Test("what moved is named with its index and what to do, and nothing is said where nothing did")
func drift() throws {
  var facts = try SamplePage.facts()
  for report in [HTMLReport(facts).render(), MarkdownReport(facts).render()] {
    #expect(!report.contains("Shift"))
    #expect(!report.contains("P-values that are not even"))
  }
  facts.drift.features = [
    .init(name: "new_ports", rows: 300, index: 0.14),
    .init(name: "failed_share", rows: 300, index: 0.31),
    .init(name: "log_ports", rows: 300, index: 0.09),
    .init(name: "log_bytes_out", rows: 300, index: 0.25),
  ]
  facts.drift.votes = [
    .init(detector: "rate", entityClass: "server", count: 400, distance: 0.23),
    .init(detector: "scan", entityClass: "server", count: 40, distance: 0.6),
    .init(detector: "young", entityClass: "server", count: 100, distance: 0.15),
  ]
  #expect(facts.drift.movedFeatures.map(\.change) == ["moved", "moved", "moving"])
  #expect(facts.drift.unevenVotes.map(\.detector) == ["rate"])
  facts.drift.votes[0] = .init(
    detector: "rate", entityClass: SamplePage.hostile[0], count: 400, distance: 0.23)
  let page = HTMLReport(facts).render()
  let text = MarkdownReport(facts).render()
  for fact in [
    "Shift", "0.31", "moving", "0.23", "share of its conversations failed", "bytes sent",
    "ports not used before", DayDrift.featureAdvice, DayDrift.voteAdvice,
  ] {
    #expect(page.contains(HTML.escaped(fact)), "\(fact)")
    #expect(text.contains(fact), "\(fact)")
  }
  #expect(!page.contains("<script") && !text.contains("<script"))
  for raw in ["log_ports", "log_bytes_out", "failed_share", "new_ports"] {
    let escaped = raw.replacing("_", with: "\\_")
    #expect(!page.contains(raw) && !text.contains(raw) && !text.contains(escaped), "\(raw)")
  }
  #expect(!page.contains("different destination ports"), "it stays")
  #expect(
    HostHourFeature.names.allSatisfy { name in
      DayDrift.Feature(name: name, rows: 1, index: 0).text != name.replacing("_", with: " ")
    })
  facts.drift.features = [.init(name: "new_ports", rows: 150, index: 0.5)]
  #expect(facts.drift.movedFeatures.isEmpty)
}

@Test("drift is read from both of its tables, all batches, and none where there are none")
func driftTables() throws {
  func features(_ rows: [(String, Double)]) -> Batch {
    let table = TableBuilder(FeatureDrift.schema)
    for (name, index) in rows {
      table.column(FeatureDrift.feature).append(name)
      table.column(FeatureDrift.rows).append(300)
      table.column(FeatureDrift.referenceRows).append(3000)
      table.column(FeatureDrift.index).append(index)
    }
    return table.finishBatch()
  }
  let votes = TableBuilder(VoteDrift.schema)
  votes.column(VoteDrift.detector).append("rate")
  votes.column(VoteDrift.entityClass).append("server")
  votes.column(VoteDrift.votes).append(400)
  votes.column(VoteDrift.distance).append(0.23)
  let drift = try DayDrift(
    features: Table(
      schema: FeatureDrift.schema,
      batches: [
        features([("new_ports", 0.14), ("log_ports", 0.01)]), features([("new_networks", 0.3)]),
      ]),
    votes: Table(schema: VoteDrift.schema, batches: [votes.finishBatch()]))
  #expect(drift.features.map(\.rows) == [300, 300, 300])
  #expect(drift.movedFeatures.map(\.name) == ["new_networks", "new_ports"])
  #expect(drift.movedFeatures.map(\.index) == [0.3, 0.14])
  #expect(drift.unevenVotes.map(\.detector) == ["rate"])
  #expect(drift.unevenVotes.map(\.count) == [400])
  #expect(drift.unevenVotes.map(\.distance) == [0.23])
  let none = try DayDrift(features: nil, votes: nil)
  #expect(none.features.isEmpty && none.votes.isEmpty)
}

@Test("a card has its steps from the playbook, with code as code and hostile text as text")
func cards() throws {
  let facts = try SamplePage.facts()
  let page = HTMLReport(facts).render()
  #expect(page.contains("<li>Ask <code>ss</code> &lt;script&gt;"))
  #expect(page.contains("<li>Then ask again</li>"))
  #expect(page.contains("10.0.0.7 reaches one destination at regular intervals"))
  #expect(page.contains("<b>412</b> different destinations"))
  #expect(page.contains("(usually 9 ± 3)"))
  #expect(page.contains("Findings on each of the last 28 days"))
  let text = MarkdownReport(facts).render()
  #expect(text.contains("2. Then ask again"))
  #expect(text.contains("Blind: scan"))
}

@Test("a severity is a word and a shape, and each has a shape of its own")
func severityShapes() {
  let signs = Severity.allCases.map { Signs.severity($0).source }
  for (severity, sign) in zip(Severity.allCases, signs) {
    #expect(sign.contains(severity.description.capitalizedFirst))
  }
  let shapes = signs.compactMap {
    $0.split(separator: "aria-hidden").last?.split(separator: "</svg>").first
  }
  #expect(Set(shapes).count == Severity.allCases.count)
}

@Test("a day without anything says what was checked, section by section")
func emptyDay() throws {
  var facts = try SamplePage.facts()
  (facts.incidents, facts.details, facts.dataFindings) = ([], [:], [])
  facts.picture = NetworkPicture()
  for report in [HTMLReport(facts).render(), MarkdownReport(facts).render()] {
    #expect(report.contains("0 decisions found in 60 hosts checked."))
    #expect(report.contains("0 found of 60 hosts checked."))
    #expect(report.contains("0 found of 0 with findings."))
    #expect(report.contains("0 found beside those of the last 28 days."))
    #expect(report.contains("0 found in 7 kinds of data checked."))
  }
}

@Test("what a rule suppressed or closed is listed with its rule")
func ruled() throws {
  var facts = try SamplePage.facts()
  facts.incidents[0].decision = .suppressed
  facts.incidents[0].rule = "rule 7"
  for report in [HTMLReport(facts).render(), MarkdownReport(facts).render()] {
    let section = try #require(report.components(separatedBy: "closed by your rules").last)
    #expect(section.contains("suppressed") && section.contains("rule 7"))
  }
}

@Test("a path has every host, the first being the host itself where no chain is named")
func paths() throws {
  let day = try #require(CivilDate("2026-03-25"))
  let start = CivilCalendar().start(of: day)
  let peers = ["10.0.0.7 → 10.0.0.9 → 10.0.0.2:445/tcp", "10.0.0.4:22/tcp", "10.0.0.4:22/tcp"]
  let findings = peers.map {
    Finding(
      kind: .host, entity: "10.0.0.9", window: start..<start, detector: "edges", rawScore: 12,
      pValue: 0.01, floor: 10, ceiling: .infinity, peer: $0, measures: [])
  }
  let verdict = EntityVerdict(
    kind: .host, entity: "10.0.0.9", votes: 3, statistic: 1, pValue: 0.01, qValue: 0.1, rank: 1,
    leadingDetector: "edges", decision: .decide, reason: "")
  let builder = IncidentBuilder(
    siteName: "x", calendar: CivilCalendar(), assets: .empty, line: 0.02, historyDays: 28)
  let incidents = builder.incidents(
    day: day, verdicts: [verdict], findings: findings, history: [])
  let paths = MovementPaths(try #require(incidents.first))
  #expect(
    paths.texts.sorted() == [
      "10.0.0.7 → 10.0.0.9 → 10.0.0.2:445/tcp", "10.0.0.9 → 10.0.0.4:22/tcp",
    ])
  let drawing = try #require(paths.drawing?.source)
  #expect(drawing.components(separatedBy: "<rect").count - 1 == 5)
  #expect(drawing.components(separatedBy: "class=\"self\"").count - 1 == 2)
  #expect(drawing.components(separatedBy: "class=\"head\"").count - 1 == 3)
}
