import Columnar
import Events
import Foundation
import Incidents
import Testing

@testable import Rendering

/// What an attacker may put into a name that reaches the report.
private let hostile = [
  "<script>document.title='owned'</script>", "\"><svg onload=alert(1)>", "=cmd|' /C calc'!A0",
  "[click](javascript:alert(1))", "a|b`c`*d*", "\u{202E}gpj.exe",
  "</style><img src=x onerror=alert(1)>",
]

private func finding(of name: String, window: Range<Instant>) -> DataFinding {
  var finding = DataFinding(
    source: name, eventClass: .flow, kind: .nulls, fault: .bytes, window: window,
    since: window.lowerBound, subject: name, actual: 0.98, usual: 0, limit: 0.3, likeDays: 4,
    like: name)
  (finding.note, finding.text, finding.advice) = (name, name, name)
  return finding
}

private func facts() throws -> DayFacts {
  let calendar = CivilCalendar()
  let day = try #require(CivilDate("2026-03-25"))
  let start = calendar.start(of: day)
  let window = start..<start.advanced(byMicroseconds: 3_600_000_000)
  let findings = hostile.map { name in
    Finding(
      kind: .host, entity: "10.0.0.7", window: window, detector: "beacon", rawScore: 5,
      pValue: 0.001, floor: 3, ceiling: .infinity, peer: name,
      measures: [Measure(name: "out_destinations", actual: 412, typical: 9, spread: 3)])
  }
  let verdict = EntityVerdict(
    kind: .host, entity: "10.0.0.7", votes: findings.count, statistic: 300, pValue: 0.001,
    qValue: 0.01, rank: 1, leadingDetector: "beacon", decision: .decide, reason: hostile[0])
  let builder = IncidentBuilder(
    siteName: hostile[1], calendar: calendar, assets: .empty, line: 0.03, historyDays: 28)
  let incidents = builder.incidents(
    day: day, verdicts: [verdict], findings: findings, history: [])
  var detail = IncidentDetail()
  detail.volume = calendar.hours(of: day).enumerated().map { index, hour in
    IncidentDetail.Hour(
      start: hour.lowerBound, actual: Double(index * index) * 1e6, low: 1e6, typical: 3e6, high: 5e6
    )
  }
  detail.gaps = [(590, 3), (600, 40), (612, 5)]
  detail.gapsPeer = hostile[2]
  detail.habits = (0..<7).map { weekday in (0..<24).map { $0 * weekday } }
  detail.evidence = hostile.map {
    IncidentDetail.EvidenceRow(time: start, text: $0, logFile: $0, logLine: 7)
  }
  detail.evidenceCount = 1234
  var picture = NetworkPicture()
  picture.hours = calendar.hours(of: day).map { ($0.lowerBound, 100, 90) }
  picture.newHosts = hostile
  picture.topTalkers = hostile.map { .init(host: $0, bytes: 1_000_000, conversations: 5) }
  return DayFacts(
    siteName: hostile[1], day: day, calendar: calendar, incidents: incidents,
    details: [incidents[0].id: detail],
    line: DecisionLine(
      pValue: 0.03, replayedDecisions: 51, replayedDays: 28, smallestPValue: 0.0005),
    incidentsPerDay: 10, falseAlarmsPerDay: 2, historyDays: 28, scoredEntities: 60,
    picture: picture,
    sources: hostile.map {
      var source = DayFacts.SourceQuality(source: $0, eventClass: .flow, dayHours: 24)
      source.rejectReasons = [(reason: $0, count: 2)]
      return source
    }, dataFindings: hostile.map { finding(of: $0, window: window) },
    detectors: hostile.map { .init(detector: "scan", source: $0, ran: false, reason: $0) },
    inputHashes: [("scores/day=2026-03-25", "00ff")])
}

@Test("no text from a log becomes markup in the page")
func hostileTextStaysText() throws {
  let page = HTMLReport(try facts()).render()
  for mark in ["<script", "<img", "<link", "<iframe", "onload=alert(1)>", "url(", "\u{202E}"] {
    #expect(!page.contains(mark), "\(mark)")
  }
  #expect(page.contains("&lt;script&gt;document.title"))
  #expect(page.components(separatedBy: "<svg").count - 1 == 4)
}

@Test("no text from a log becomes a link, a table cell or HTML in markdown")
func hostileMarkdown() throws {
  let text = MarkdownReport(try facts()).render()
  #expect(!text.contains("[click](javascript"))
  #expect(!text.contains("<script"))
  #expect(text.contains("a\\|b\\`c\\`\\*d\\*"))
}

@Test("page and markdown state the same decision")
func sameFacts() throws {
  let facts = try facts()
  let page = HTMLReport(facts).render()
  let text = MarkdownReport(facts).render()
  for fact in [
    facts.incidents[0].id, "would have asked you 51 times", "412 different destinations",
  ] {
    #expect(page.contains(fact), "\(fact)")
    #expect(text.contains(fact), "\(fact)")
  }
}

@Test("what moved is named with its index and what to do, and nothing is said where nothing did")
func drift() throws {
  var facts = try facts()
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
    detector: "rate", entityClass: hostile[0], count: 400, distance: 0.23)
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

private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

@Test(
  "a browser finds no script, fetches nothing and shows hostile names as text",
  .enabled(if: chromium != nil, "chromium is not installed; make test-tools installs it"))
func inBrowser() throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "tidemark-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let page = folder.appendingPathComponent("report.html")
  try HTMLReport(try facts()).render().write(to: page, atomically: true, encoding: .utf8)
  let log = folder.appendingPathComponent("net.json")
  let process = Process()
  process.executableURL = URL(fileURLWithPath: try #require(chromium))
  process.arguments = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-component-update", "--no-first-run", "--user-data-dir=\(folder.path)/profile",
    "--enable-logging=stderr", "--log-net-log=\(log.path)", "--dump-dom", page.absoluteString,
  ]
  let (output, errors) = (Pipe(), folder.appendingPathComponent("stderr"))
  try Data().write(to: errors)
  process.standardOutput = output
  process.standardError = try FileHandle(forWritingTo: errors)
  try process.run()
  let dom = String(
    decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(dom.contains("<h1>"))
  #expect(dom.contains("&lt;script&gt;document.title"))
  #expect(!dom.contains("<script"))
  let console = try String(contentsOf: errors, encoding: .utf8)
  #expect(!console.contains("CONSOLE"), "\(console)")
  let requests = try String(contentsOf: log, encoding: .utf8)
  // What the browser asks for by itself is not the page's doing.
  let own = ["google.com/", "googleapis.com/service/", "gvt1.com/"]
  let fetched = requests.components(separatedBy: "\"url\":\"").dropFirst()
    .compactMap { $0.components(separatedBy: "\"").first }
    .filter { url in
      !url.hasPrefix("file://\(folder.path)") && url.contains("://")
        && !own.contains { url.contains($0) }
    }
  #expect(fetched.isEmpty, "\(fetched)")
}
