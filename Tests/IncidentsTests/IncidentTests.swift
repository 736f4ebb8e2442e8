import Columnar
import Events
import Testing

@testable import Incidents

private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

@Test("thirty daily findings are one incident")
func oneRun() throws {
  let start = try day("2026-03-02")
  let days = (0..<30).map { start.advanced(by: $0) }
  for (index, today) in days.enumerated() {
    #expect(IncidentIdentity.anchor(day: today, days: Set(days[...index])) == start)
  }
}

@Test("a gap of seven days keeps a run together, eight part it")
func gaps() throws {
  let today = try day("2026-03-20")
  #expect(
    IncidentIdentity.anchor(day: today, days: [today.advanced(by: -7)]) == today.advanced(by: -7))
  #expect(IncidentIdentity.anchor(day: today, days: [today.advanced(by: -8)]) == today)
}

@Test("a run of a year changes its anchor at most once in sixty days")
func longRun() throws {
  let start = try day("2025-01-01")
  let days = (0..<365).map { start.advanced(by: $0) }
  var anchors: [CivilDate] = []
  for (index, today) in days.enumerated() {
    let window = Set(days[max(0, index - 70)...index])
    let anchor = IncidentIdentity.anchor(day: today, days: window)
    if anchors.last != anchor { anchors.append(anchor) }
  }
  #expect(anchors.count <= 365 / 60 + 2)
}

@Test("identifiers equal those of Python's uuid module")
func uuids() throws {
  // uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "tidemark"), "\x1f".join([…]))
  let id = IncidentIdentity.uuid(
    site: "Example", entity: "10.0.0.7", kindClass: "discovery", anchor: try day("2026-03-02"))
  #expect(id == "dc319452-001a-53cf-8bac-da80b639e875")
}

@Test("stages count in the order of an attack, within a week, and of detectors that tell one")
func stages() throws {
  func text(_ detector: String, _ findings: [(String, String)]) throws -> String? {
    AttackStages(
      before: try day("2026-03-22"), detector: detector,
      findings: try findings.map { (try day($0.0), $0.1) }
    ).text
  }
  let before = [
    ("2026-03-21", "repetition"), ("2026-03-20", "scan"), ("2026-03-19", "exfiltration"),
    ("2026-03-14", "scan"), ("2026-03-20", "forest"),
  ]
  #expect(
    try text("exfiltration", before)
      == "Before it, in the order of an attack: discovery on 2026-03-20, credential access on "
      + "2026-03-21.")
  // Nothing comes before discovery, and a week is seven days.
  #expect(try text("scan", before) == nil)
  #expect(try text("forest", before) == nil)
  #expect(try text("edges", [("2026-03-14", "scan")]) == nil)
  #expect(
    try text("edges", [("2026-03-15", "scan")])
      == "Before it, in the order of an attack: discovery on 2026-03-15.")
}

@Test(
  "a field that a spreadsheet would run is made text, and quotes are doubled",
  arguments: [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"),
    ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("plain", "plain"), ("", ""),
    ("two\nlines", "\"two\nlines\""), ("=a,b", "\"'=a,b\""),
    // A combining mark makes another character of the quote, but not another byte.
    ("a\"\u{301},=b", "\"a\"\"\u{301},=b\""), ("\"\u{301}", "\"\"\"\u{301}\""),
  ])
func csvFields(field: String, expected: String) {
  #expect(CSVText.escaped(field) == expected)
}

@Test("quantities read the same everywhere")
func quantities() {
  #expect(Quantity.count(1_234_567) == "1,234,567")
  #expect(Quantity.count(-1000) == "-1,000")
  #expect(Quantity.count(7) == "7")
  #expect(Quantity.number(9) == "9")
  #expect(Quantity.number(9.25) == "9.25")
  #expect(Quantity.number(412.4) == "412")
  #expect(Quantity.bytes(2_100_000_000) == "2.1 GB")
  #expect(Quantity.bytes(999) == "999 bytes")
  #expect(Quantity.bytes(999_700) == "1 MB")
  #expect(Quantity.duration(seconds: 600) == "10 min")
  #expect(Quantity.duration(seconds: 21_600) == "6 h")
  #expect(Quantity.scientific(2e-7) == "2e-07")
  #expect(Quantity.scientific(0.0024) == "0.0024")
  #expect(
    Quantity.timestamp(Instant(microseconds: 1_774_746_000_000_000)) == "2026-03-29T01:00:00Z")
}

@Test("one of something is said in the singular")
func singular() {
  #expect(MeasureText.of("out_ports").sentence(1) == "1 different destination port")
  #expect(MeasureText.of("out_ports").sentence(2) == "2 different destination ports")
  #expect(
    MeasureText.of("step_0_51_6").sentence(0)
      == "0 days of peers with a pause, then a sign-in from the inside, then a failed connection to "
      + "the inside for administration")
  #expect(
    MeasureText.of("learned_step_0_51_6").sentence(9.3)
      == "9.3 bits of surprise at \(StepKind(code: 6).phrase) after a pause, then "
      + StepKind(code: 51).phrase)
  #expect(
    MeasureText.of("learned_reaches_10.0.0.9").sentence(4.5)
      == "4.5 bits of surprise if it did not reach 10.0.0.9, too")
  #expect(
    MeasureText.of("learned_reached_by_10.0.0.9").sentence(4.5)
      == "4.5 bits of surprise if 10.0.0.9 did not reach the other end, too")
  #expect(
    MeasureText.of("learned_used_by_corp\\anna").sentence(4.5)
      == "4.5 bits of surprise if user corp\\anna did not sign in to or from it, too")
  #expect(
    MeasureText.of("learned_peer_used_by_anna").sentence(4.5)
      == "4.5 bits of surprise if user anna did not sign in to or from the other end, too")
  #expect(MeasureText.of("step_by_step").phrase == "step by step")
}

@Test("what is new of one subject is one line that names four")
func news() {
  let ports = ["443/tcp", "22/tcp", "8443/tcp", "80/tcp", "10130/udp", "10132/udp"]
  let items = ports.map { NewsItem(before: "10.0.0.5 answers on ", item: $0) }
  let edge = NewsItem(before: "10.0.0.7 to ", item: "10.0.0.9", after: " on 445/tcp")
  let hosts = [NewsItem(item: "10.0.0.8"), NewsItem(item: "10.0.0.11")]
  #expect(
    NewsItem.lines(Set(items + [edge] + hosts)) == [
      "10.0.0.11", "10.0.0.5 answers on 22/tcp, 80/tcp, 443/tcp, 8443/tcp and 2 more",
      "10.0.0.7 to 10.0.0.9 on 445/tcp", "10.0.0.8",
    ])
}

@Test("a site-wide finding says how many hosts, and shows one for each detector")
func siteWide() throws {
  func verdict(_ kind: EntityKind, _ entity: String, _ rank: Int, _ reason: String)
    -> EntityVerdict
  {
    EntityVerdict(
      kind: kind, entity: entity, votes: 1, statistic: 9, pValue: 0.1, qValue: 0.5, rank: rank,
      leadingDetector: "rate", decision: kind == .site ? .decide : .watch, reason: reason)
  }
  let incidents = IncidentBuilder(
    siteName: "Example", calendar: CivilCalendar(), assets: .empty, line: 0.03, historyDays: 28
  ).incidents(
    day: try day("2026-03-23"),
    verdicts: [
      verdict(.site, "site", 1, "many hosts voted on the same detectors"),
      verdict(.host, "10.0.0.7", 2, Decision.partOfSiteWide),
      verdict(.host, "10.0.0.8", 3, Decision.partOfSiteWide),
      verdict(.host, "10.0.0.9", 4, "p above the line"),
    ], findings: [finding("rate")], history: [])
  #expect(incidents[0].title == "Far more traffic than usual: 2 hosts at once")
  #expect(incidents[0].explanation.hasPrefix("For instance 10.0.0.7: Far more traffic than usual"))
  #expect(incidents[0].recommendation == .monitor)
}

private func finding(
  _ detector: String, isCertain: Bool = false, peer: String? = nil
) -> Finding {
  Finding(
    kind: .host, entity: "10.0.0.7",
    window: Instant(microseconds: 0)..<Instant(microseconds: 3_600_000_000), detector: detector,
    rawScore: isCertain ? 10 : 5, pValue: 0.001, floor: 3, ceiling: 10, peer: peer,
    measures: [])
}

@Test(
  "rows of a finding are looked for at the host that its peer ends in",
  arguments: [
    ("203.0.113.7:443/tcp", "203.0.113.7"), ("[2001:db8::7]:443/tcp", "2001:db8::7"),
    ("cdn.example.com", "cdn.example.com"), ("10.0.0.2:22/tcp as root", "10.0.0.2"),
    ("10.0.0.7 → 10.0.0.9 → 10.0.0.2:3389/tcp", "10.0.0.2"),
    ("10.0.0.7 → 10.0.0.9 → [2001:db8::7]:445/tcp", "2001:db8::7"),
  ])
func peerHost(peer: String, host: String) {
  #expect(finding("edges", peer: peer).peerHost == host)
}

@Test("severity rises with rarity, agreement, certainty, tactic and the asset, and never falls")
func severityIsMonotone() {
  let sets = [
    [finding("rate")], [finding("rate"), finding("timing")],
    [finding("rate"), finding("timing"), finding("forest")],
    [finding("rate"), finding("timing"), finding("forest"), finding("beacon")],
    [finding("rate"), finding("timing"), finding("forest"), finding("beacon", isCertain: true)],
  ]
  let criticalities: [Asset.Criticality?] = [nil, .low, .normal, .high, .critical]
  let pValues = [0.5, 0.03, 0.003, 0.0003]
  func severity(_ p: Int, _ set: Int, _ asset: Int) -> Severity {
    SeverityTable.severity(
      pValue: pValues[p], line: 0.03, findings: sets[set], criticality: criticalities[asset])
  }
  for p in pValues.indices {
    for set in sets.indices {
      for asset in criticalities.indices {
        if p > 0 { #expect(severity(p - 1, set, asset) <= severity(p, set, asset)) }
        if set > 0 { #expect(severity(p, set - 1, asset) <= severity(p, set, asset)) }
        if asset > 0 { #expect(severity(p, set, asset - 1) <= severity(p, set, asset)) }
      }
    }
  }
  #expect(severity(0, 0, 0) == .info)
  #expect(severity(3, 4, 4) == .critical)
}

@Test("an assets file is read by its header, and a bad line is named")
func assets() throws {
  let text = "ip,hostname,owner,role,criticality\n10.0.0.7,pc7,\"Doe, J.\",workstation,high\n"
  let file = try AssetsFile(path: "assets.csv", bytes: Array(text.utf8))
  #expect(file["10.0.0.7"]?.owner == "Doe, J.")
  #expect(file["10.0.0.7"]?.criticality == .high)
  #expect(file["10.0.0.8"] == nil)
  let bad = "ip,criticality\n10.0.0.7,normal\n10.0.0.8,huge\n"
  let error = #expect(throws: AssetsFileError.self) {
    try AssetsFile(path: "assets.csv", bytes: Array(bad.utf8))
  }
  #expect(error?.description.hasPrefix("assets.csv:3: criticality: expected low, ") == true)
}

@Test("thirty daily reports of one beacon show one incident, seen on thirty days")
func thirtyDays() throws {
  let start = try day("2026-03-02")
  let calendar = CivilCalendar()
  let builder = IncidentBuilder(
    siteName: "Example", calendar: calendar, assets: .empty, line: 0.03, historyDays: 28)
  var history: [(day: CivilDate, verdicts: [EntityVerdict])] = []
  var seen: [Incident] = []
  for today in (0..<30).map({ start.advanced(by: $0) }) {
    let end = calendar.start(of: today.advanced(by: 1))
    let window = end.advanced(byMicroseconds: -15 * 3_600_000_000)..<end
    let finding = Finding(
      kind: .host, entity: "10.0.0.7", window: window, detector: "beacon", rawScore: 1.1,
      pValue: 0.001, floor: 1.01, ceiling: 1.25, peer: "203.0.113.7:443/tcp", measures: [])
    let verdict = EntityVerdict(
      kind: .host, entity: "10.0.0.7", votes: 1, statistic: 300, pValue: 0.001, qValue: 0.01,
      rank: 1, leadingDetector: "beacon", decision: history.isEmpty ? .decide : .sighting,
      reason: "")
    seen += builder.incidents(
      day: today, verdicts: [verdict], findings: [finding], history: history)
    history.append((today, [verdict]))
  }
  #expect(Set(seen.map(\.id)).count == 1)
  #expect(seen.map(\.sightings) == Array(1...30))
  #expect(seen.map(\.status) == [.new] + [Incident.Status](repeating: .recurring, count: 29))
  #expect(Set(seen.map(\.firstSeen)) == [calendar.start(of: start)])
}
