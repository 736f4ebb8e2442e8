import Alerts
import Columnar
import Events
import Incidents
import StageKit
import TestSupport
import Testing

@Test(
  "thirty daily runs over one beacon: told on days 1 and 10 and no other, however often they run")
func thirtyDays() throws {
  let folder = try TemporaryFolder()
  let route = try #require(
    try site(folder, "[[routes]]\nname = \"it\"\nkind = \"file\"\npath = \"alerts.cef\"")
      .routes.first)
  let outbox = Outbox(path: folder.path + "/outbox.jsonl")
  let routing = Routing(calendar: CivilCalendar(), assets: .empty)
  var told: [Int] = []
  for number in 1...30 {
    let day = "2026-03-" + pad(number, 2)
    let seen = try incident(
      day: day, decision: number == 1 ? .decide : .sighting, sightings: number)
    for _ in 0..<2 {
      let added = try outbox.append { state in
        routing.messages(
          for: route, day: seen.day, incidents: [seen], state: state, now: seen.lastSeen
        ).map(OutboxEntry.queued)
      }
      if !added.isEmpty { told.append(number) }
    }
  }
  #expect(told == [1, 10])
  let keys = try outbox.state().items.map(\.message.key)
  let id = "6f1c7a52-0000-5000-8000-000000000001"
  #expect(keys == ["\(id).1.it", "\(id).2.it"])
}

@Test("another tactic and a rise in severity are news; less severity and an old tactic are not")
func tacticsAndSeverity() throws {
  let first = notice(try incident(severity: .medium, tactics: ["discovery"]))
  #expect(
    News.of(try incident(severity: .medium, tactics: ["discovery"]), told: [first], lastDay: nil)
      == nil)
  #expect(News.of(try incident(severity: .low, tactics: []), told: [first], lastDay: nil) == nil)
  #expect(
    News.of(try incident(severity: .high, tactics: []), told: [first], lastDay: nil) == .severity)
  let second = notice(try incident(severity: .medium, tactics: ["exfiltration"]), revision: 2)
  #expect(
    News.of(try incident(severity: .medium, tactics: ["exfiltration"]), told: [first], lastDay: nil)
      == .tactic)
  // What was told long ago was told.
  #expect(
    News.of(
      try incident(severity: .medium, tactics: ["discovery"]), told: [first, second], lastDay: nil)
      == nil)
}

@Test("what a later day asks about again is news; the day that was told, and a sighting, are not")
func again() throws {
  let first = try incident(day: "2026-03-01", decision: .decide, sightings: 1)
  func news(_ day: String, _ decision: Decision) throws -> News? {
    News.of(
      try incident(day: day, decision: decision, sightings: 3), told: [notice(first)],
      lastDay: "\(first.day)")
  }
  // An earlier day may have come late meanwhile.
  #expect(try news("2026-03-01", .decide) == nil)
  #expect(try news("2026-03-03", .sighting) == nil)
  #expect(try news("2026-03-03", .decide) == .again)
}

@Test("nobody is told of what is watched, suppressed or closed")
func undecided() throws {
  for decision in [Decision.watch, .suppressed, .closed] {
    #expect(News.of(try incident(decision: decision), told: [], lastDay: nil) == nil)
  }
  #expect(
    News.of(try incident(decision: .sighting, sightings: 5), told: [], lastDay: nil) == .first)
}

@Test("grave incidents have messages of their own, the rest one digest that waits for its hour")
func digest() throws {
  let folder = try TemporaryFolder()
  let route = try #require(
    try site(
      folder,
      """
      [[routes]]
      name = "it"
      kind = "file"
      path = "alerts.cef"
      least_severity = "low"
      digest = "08:00"
      quiet = "20:00-09:00"
      """
    ).routes.first)
  let incidents = [
    try incident("a", severity: .low), try incident("b", severity: .critical),
    try incident("c", severity: .medium), try incident("d", severity: .info),
    try incident("e", severity: .high),
  ]
  let now = try instant("2026-03-01T21:00:00Z")
  let messages = Routing(calendar: CivilCalendar(), assets: .empty).messages(
    for: route, day: incidents[0].day, incidents: incidents, state: OutboxState(), now: now)
  #expect(messages.map { $0.notices.map(\.incident) } == [["b"], ["e"], ["c", "a"]])
  #expect(messages[0].notBefore == Moment(now))
  #expect(messages[2].notBefore == Moment(try instant("2026-03-02T09:00:00Z")))
  #expect(messages[2].key.hasPrefix("digest.2026-03-01.it."))
}

@Test("a route of a team is told of its hosts only")
func teams() throws {
  let folder = try TemporaryFolder()
  let assets = try AssetsFile(
    path: "assets.csv", bytes: Array("ip,owner\n10.0.0.5,sales\n10.0.0.6,works\n".utf8))
  let routes = try site(
    folder,
    """
    [[routes]]
    name = "sales"
    kind = "file"
    path = "sales.cef"
    teams = ["sales"]

    [[routes]]
    name = "all"
    kind = "file"
    path = "all.cef"
    """
  ).routes
  let incidents = [
    try incident("a", entity: "10.0.0.5"), try incident("b", entity: "10.0.0.6"),
    try incident("c", entity: "10.0.0.7"),
  ]
  let told = try routes.map { route in
    Routing(calendar: CivilCalendar(), assets: assets).messages(
      for: route, day: incidents[0].day, incidents: incidents, state: OutboxState(),
      now: try instant("2026-03-01T21:00:00Z")
    ).flatMap { $0.notices.map(\.incident) }
  }
  #expect(told == [["a"], ["a", "b", "c"]])
}
