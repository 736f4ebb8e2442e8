import Columnar
import Events
import Testing

@testable import Incidents

private let calendar = CivilCalendar()

/// Wednesday, 25 March 2026.
private func wednesday() throws -> CivilDate { try #require(CivilDate("2026-03-25")) }

private func at(_ clock: String) throws -> Instant {
  try #require(Instant(utc: "2026-03-25T\(clock):00Z"))
}

private func incident(
  _ from: String = "14:00", _ to: String = "15:00", entity: String = "10.20.1.7",
  hostname: String? = nil, role: String = "", detector: String = "scan", peers: [String] = []
) throws -> Incident {
  let findings = try (peers.isEmpty ? [nil] : peers.map(Optional.some)).map { peer in
    Finding(
      kind: .host, entity: entity, window: try at(from)..<(at(to)), detector: detector, rawScore: 5,
      pValue: 0.01, floor: 3, ceiling: .infinity, peer: peer, measures: [])
  }
  let verdict = EntityVerdict(
    kind: .host, entity: entity, votes: 1, statistic: 1, pValue: 0.01, qValue: 0.1, rank: 1,
    leadingDetector: detector, decision: .watch, reason: "")
  let assets = try AssetsFile(
    path: "assets.csv",
    bytes: Array("ip,hostname,role\n\(entity),\(hostname ?? ""),\(role)\n".utf8))
  let builder = IncidentBuilder(
    siteName: "Example", calendar: calendar, assets: assets, line: 0.02, historyDays: 20)
  return try #require(
    builder.incidents(
      day: wednesday(), verdicts: [verdict], findings: findings, history: []
    ).first)
}

/// A day's `services.arrow`: host, port, clients.
private func services(_ rows: [(String, UInt16, Int64)]) -> Table {
  let table = TableBuilder(Service.schema)
  for (host, port, clients) in rows {
    table.column(Service.host).append(host)
    table.column(Service.port).append(port)
    table.column(Service.ianaNumber).append(6)
    table.column(Service.clients).append(clients)
    for count in [Service.conversations, Service.externalClients, Service.bytesSent] {
      table.column(count).append(1)
    }
    table.column(Service.firstTime).append(Instant(microseconds: 0))
  }
  return Table(schema: Service.schema, batches: [table.finishBatch()])
}

private func builder(
  services rows: [(String, UInt16, Int64)] = [], leases: LeaseHistory? = nil,
  workingTimes: WorkingTimes? = nil, hasIndicators: Bool = false,
  holidays: Set<CivilDate> = []
) throws -> ContextBuilder {
  ContextBuilder(
    day: try wednesday(), calendar: CivilCalendar(holidays: holidays), workingTimes: workingTimes,
    leases: leases, served: try ServedPorts(services(rows)), hasIndicators: hasIndicators)
}

/// The file as it is read for an incident, of rows of clock, host and text.
private func source(
  _ rows: [(String, String, String)], for incident: Incident, _ builder: ContextBuilder,
  showsText: Bool = true
) throws -> ContextBuilder.Source {
  let lines = rows.map { "2026-03-25T\($0.0):00Z,\($0.1),\"\($0.2)\"\n" }.joined()
  let selection = ContextFile.Selection(
    window: builder.window, wanted: builder.hostKeys([incident])
  ) { [HostKey.of($0)] }
  let file = try ContextFile(
    .init(host: "host", time: "time", text: ["text"], zone: .utc), selecting: selection
  ) { take in try Array("time,host,text\n\(lines)".utf8).withUnsafeBytes(take) }
  return ContextBuilder.Source(name: "EDR", file: file, showsText: showsText)
}

private func lease(
  _ moment: String, mac: String, hostname: String
) throws -> LeaseEvent {
  LeaseEvent(
    .given, at: try at(moment), address: Address("10.20.1.7"),
    holder: .device(mac: mac, hostname: hostname))
}

@Test("rows of a file belong to an incident from an hour before its findings to an hour after")
func joinedByWindow() throws {
  let incident = try incident()
  let builder = try builder()
  let source = try source(
    [
      ("12:59", "10.20.1.7", "too early"), ("13:00", "10.20.1.7", "first"),
      ("14:30", "10.20.1.8", "another host"), ("15:59", "10.20.1.7", "last"),
      ("16:00", "10.20.1.7", "too late"),
    ], for: incident, builder)
  let context = builder.context(of: incident, sources: [source])
  #expect(context.lines.map(\.name) == ["EDR", "EDR"])
  #expect(context.lines.map(\.text) == ["13:00: first", "15:59: last"])
}

@Test("a file without a row on the host says so")
func noRows() throws {
  let incident = try incident()
  let builder = try builder()
  let source = try source([("14:30", "10.20.1.8", "another host")], for: incident, builder)
  #expect(
    builder.context(of: incident, sources: [source]).lines.map(\.text) == ["0 rows on the host"])
}

@Test("a row may name its host by the assets file's name, with its domain and in capitals")
func joinedByAsset() throws {
  let incident = try incident(hostname: "laptop-3")
  let builder = try builder()
  let source = try source(
    [("14:10", "LAPTOP-3.example.org", "seen"), ("14:20", "laptop-33", "another")],
    for: incident, builder)
  #expect(
    builder.context(of: incident, sources: [source]).lines.map(\.text) == ["14:10: seen"])
}

@Test("a row may name its host by a lease's name, as long as the lease lasts")
func joinedByLease() throws {
  let leases = LeaseHistory([
    try lease("08:12", mac: "00:11:22:33:44:55", hostname: "laptop-3"),
    try lease("14:30", mac: "00:11:22:33:44:66", hostname: "phone"),
  ])
  let incident = try incident()
  let builder = try builder(leases: leases)
  let source = try source(
    [
      ("14:10", "laptop-3", "before"), ("14:40", "laptop-3", "elsewhere by now"),
      ("14:20", "phone", "not yet"), ("14:45", "phone", "after"),
    ], for: incident, builder)
  let context = builder.context(of: incident, sources: [source])
  #expect(
    context.lines.filter { $0.name == "EDR" }.map(\.text) == ["14:10: before", "14:45: after"])
  #expect(context.holder == "laptop-3, then phone")
  #expect(context.lines.filter { $0.name == "Lease" }.count == 2)
}

@Test("the same text is said once with its count, long ones are cut, and the rest is counted")
func manyRows() throws {
  let incident = try incident()
  let builder = try builder()
  let long = String(repeating: "x", count: 500)
  let rows = [("14:05", "late"), ("14:00", "again"), ("14:01", "again"), ("14:02", long)]
  let others = (10..<15).map { ("14:\($0)", "other \($0)") }
  let source = try source(
    (rows + others).map { ($0.0, "10.20.1.7", $0.1) }, for: incident, builder)
  #expect(
    builder.context(of: incident, sources: [source]).lines.map(\.text) == [
      "14:00: again (2 times)", "14:02: \(long.prefix(160))…", "14:05: late", "and 5 rows more",
    ])
}

@Test("beside pseudonyms rows are counted, and their text is not shown")
func hiddenText() throws {
  let incident = try incident()
  let builder = try builder()
  let source = try source(
    [("14:05", "10.20.1.7", "anna's file"), ("14:50", "10.20.1.7", "anna")], for: incident,
    builder, showsText: false)
  #expect(
    builder.context(of: incident, sources: [source]).lines.map(\.text) == [
      "2 rows from 14:05 to 14:50; their text is not shown beside pseudonyms"
    ])
}

@Test(
  "the calendar says whether findings lie in working hours",
  arguments: [
    ("09:00", "10:00", "within"), ("02:00", "03:00", "outside"), ("18:00", "19:00", "outside"),
    ("07:30", "08:30", "within and outside"), ("08:00", "18:00", "within"),
  ])
func workingHours(from: String, to: String, place: String) throws {
  let times = WorkingTimes(minutes: 480..<1080, weekdays: [0, 1, 2, 3, 4])
  let lines = try builder(workingTimes: times).context(of: incident(from, to), sources: []).lines
  #expect(lines == [.init(name: "Calendar", text: "\(place) working hours (08:00-18:00)")])
}

@Test("the calendar knows holidays and days off, and says nothing of hours to findings on all day")
func daysOff() throws {
  let wednesdays = WorkingTimes(minutes: 480..<1080, weekdays: [2])
  func text(_ times: WorkingTimes?, _ holidays: Set<CivilDate>) throws -> [String] {
    try builder(workingTimes: times, holidays: holidays).context(of: incident(), sources: [])
      .lines.map(\.text)
  }
  let day = try wednesday()
  #expect(try text(wednesdays, [day]) == ["on a holiday (as the site file says)"])
  #expect(try text(nil, [day.advanced(by: 1)]) == ["on no holiday"])
  #expect(try text(nil, []) == [])
  let mondays = WorkingTimes(minutes: 480..<1080, weekdays: [0])
  #expect(try text(mondays, []) == ["on no working day (as the site file says)"])
  let whole = try incident("00:00", "23:30")
  #expect(
    try builder(workingTimes: wednesdays).context(of: whole, sources: []).lines.map(\.text) == [
      "over a working day"
    ])
}

@Test("an address that many had on the day names the first of them, and how many more")
func manyHolders() throws {
  let events = try (10..<16).map {
    try lease("\($0):00", mac: "00:11:22:33:44:\($0)", hostname: "guest-\($0)")
  }
  let context = try builder(leases: LeaseHistory(events)).context(of: incident(), sources: [])
  #expect(context.holder == "guest-10, then guest-11, then guest-12, then guest-13 and 2 more")
  #expect(context.lines.count == 5)
  #expect(context.lines.last?.text == "and 2 more that day")
}

@Test("an address without a lease is said to have none, where leases are connected")
func staticAddress() throws {
  let lines = try builder(leases: LeaseHistory([])).context(of: incident(), sources: []).lines
  #expect(lines == [.init(name: "Lease", text: "none known of the day")])
}

@Test("a host with clients is said to be what its ports are for, where no role is stated")
func servedPorts() throws {
  let rows: [(String, UInt16, Int64)] = [
    ("10.20.1.7", 443, 12), ("10.20.1.7", 445, 31), ("10.20.1.7", 9, 1), ("10.20.1.7", 22, 3),
    ("10.20.1.7", 8000, 1200), ("10.20.1.8", 445, 2), ("10.20.1.9", 4444, 5),
  ]
  func text(_ entity: String, role: String = "") throws -> [String] {
    try builder(services: rows).context(of: incident(entity: entity, role: role), sources: [])
      .lines.map(\.text)
  }
  let answers =
    "8000/tcp to 1,200 clients, 445/tcp to 31 clients, 443/tcp to 12 clients and 1 other"
  #expect(try text("10.20.1.7") == [answers + "; probably a file server"])
  #expect(try text("10.20.1.7", role: "build") == [answers])
  #expect(try text("10.20.1.8") == [])
  #expect(try text("10.20.1.9") == ["4444/tcp to 5 clients"])
}

@Test("what lists name is said of the indicators' own findings only")
func listed() throws {
  let builder = try builder(hasIndicators: true)
  let scan = try incident(peers: ["203.0.113.7:443/tcp"])
  #expect(
    builder.context(of: scan, sources: []).lines.map(\.text) == ["nothing that the lists name"])
  let contact = try incident(
    detector: "indicators", peers: (1...5).map { "203.0.113.\($0) (feed)" })
  #expect(
    builder.context(of: contact, sources: []).lines.map(\.text) == [
      "203.0.113.1 (feed), 203.0.113.2 (feed), 203.0.113.3 (feed) and 2 more"
    ])
}
