import Challengers
import Columnar
import Events
import Features
import Foundation
import Learning
import Testing

@testable import Detectors

/// A sign-in of a day, as `logins.arrow` has it.
private struct Login {
  var from: String
  var to: String
  var user = "anna"
  var isExternal = false
  var successes: Int64 = 2
  var failures: Int64 = 0

  static let day = CivilDate(dayNumber: 20_514)
  static let clock = ClockHours(day, calendar: CivilCalendar())

  static func edges(_ logins: [Login]) throws -> [SignInEdge] {
    let sink = TableSink()
    let rows = RowWriter(Events.Login.schema, to: sink)
    // The first is tried at nine, and lets in at ten.
    let start = Int64(20_514 * 24 + 9) * 3_600_000_000
    for login in logins {
      rows.table.column(Events.Login.source).append(login.from)
      rows.table.column(Events.Login.isExternal).append(login.isExternal)
      rows.table.column(Events.Login.destination).append(login.to)
      rows.table.column(Events.Login.user).append(login.user)
      rows.table.column(Events.Login.device).append("")
      rows.table.column(Events.Login.successes).append(login.successes)
      rows.table.column(Events.Login.failures).append(login.failures)
      rows.table.column(Events.Login.longestRun).append(0)
      rows.table.column(Events.Login.firstTime).append(Instant(microseconds: start))
      rows.table.column(Events.Login.lastTime).append(
        Instant(microseconds: start + 7_200_000_000))
      rows.table.column(Events.Login.firstSuccess).append(
        login.successes > 0 ? Instant(microseconds: start + 3_600_000_000) : nil)
      try rows.endRow()
    }
    try rows.finish()
    return try SignInEdge.read(
      Table(schema: Events.Login.schema, batches: sink.batches), clock: clock
    ) { $0.ipv4.map { $0 >> 24 == 10 } ?? false }
  }
}

/// Desks and a server that they reach, a user to each desk.
private enum SignedInOffice {
  static let services = ServiceNumbers(
    mostCommonOf: [EdgeService(port: 445, ianaNumber: 6): 9], haveSignIns: true)

  static func connection(_ from: String, _ to: String) -> AnsweredEdge {
    AnsweredEdge(
      originator: from, responder: to, service: EdgeService(port: 445, ianaNumber: 6),
      conversations: 3, hour: 9)
  }

  static let connections = (1...4).flatMap { desk in
    [connection("10.0.0.\(desk)", "10.0.1.1"), connection("10.0.0.\(desk)", "10.0.1.2")]
  }
  static let signIns = Result {
    try Login.edges(
      (1...4).map { Login(from: "10.0.0.\($0)", to: "10.0.1.1", user: "user\($0)") }
        + [Login(from: "10.0.0.1", to: "10.0.0.2", user: "user1")])
  }

  /// `learned_edges.arrow` of five days like that.
  static func table(_ numbers: inout GraphNumbers, _ signIns: [SignInEdge]) throws -> Table {
    var fold = GraphHabitFold()
    for daysBack in (0..<5).reversed() {
      fold.add(numbers.activities(connections, signIns), daysBack: daysBack)
    }
    let sink = TableSink()
    try numbers.write(fold.habits, to: sink)
    return Table(schema: LearnedEdge.schema, batches: sink.batches)
  }
}

@Suite("Sign-ins as edges of learned graphs") struct SignInEdgeTests {
  @Test("who got in is an edge to what was signed in to, and one to where the user came from")
  func ends() throws {
    let edges = try Login.edges([Login(from: "10.0.0.1", to: "10.0.1.1")])
    let shared = { (end: SignInEdge.End, host: String) in
      SignInEdge(user: "anna", host: host, end: end, successes: 2, hour: 10)
    }
    #expect(edges == [shared(.destination, "10.0.1.1"), shared(.source, "10.0.0.1")])
    // Who sits at it.
    let local = try Login.edges([Login(from: "10.0.0.1", to: "10.0.0.1")])
    #expect(local == [shared(.destination, "10.0.0.1"), shared(.source, "10.0.0.1")])
  }

  @Test("who failed, was not named, or is not the site's, is no edge") func left() throws {
    #expect(try Login.edges([Login(from: "a", to: "b", successes: 0, failures: 9)]).isEmpty)
    #expect(try Login.edges([Login(from: "a", to: "b", user: "")]).isEmpty)
    let outside = [
      Login(from: "198.51.100.7", to: "10.0.1.1", isExternal: true),
      Login(from: "10.0.0.1", to: "198.51.100.7"), Login(from: "desk", to: "server"),
    ]
    #expect(
      try Login.edges(outside).map(\.host) == ["10.0.1.1", "10.0.0.1", "server", "desk"])
  }

  @Test("a user and a host of the same name are two, in a graph and in its table") func twins()
    throws
  {
    var numbers = GraphNumbers(SignedInOffice.services)
    let activities = numbers.activities(
      [SignedInOffice.connection("x", "y")],
      [SignInEdge(user: "x", host: "y", end: .destination, successes: 1, hour: 9)])
    #expect(numbers.nodes == [.host("x"), .host("y"), .user("x")])
    #expect(activities.map(\.edge.source) == [0, 2] && activities.map(\.edge.target) == [1, 1])
    #expect(activities[1].edge == numbers.edge(from: "x", to: "y", .destination))
    var fold = GraphHabitFold()
    fold.add(activities, daysBack: 0)
    let sink = TableSink()
    try numbers.write(fold.habits, to: sink)
    let rows = sink.batches[0]
    #expect((0..<2).map { rows[LearnedEdge.originator][$0] } == ["x", "x"])
    #expect((0..<2).map { rows[LearnedEdge.isUser][$0] } == [false, true])
  }

  @Test("services are read as they were written; sign-ins are taken for no connection")
  func services() throws {
    let services = SignedInOffice.services
    let sink = TableSink()
    try services.write(to: sink)
    let table = Table(schema: LearnedService.schema, batches: sink.batches)
    #expect(try ServiceNumbers(table) == services)
    #expect(services.count == 4 && services.edgeKinds == [0, 1, nil, 0])
    #expect((0..<5).map(services.isSignIn) == [false, true, true, false, false])
    let rare = [(0, 6), (1, 255), (2, 255)].map { services[EdgeService(port: $0, ianaNumber: $1)] }
    #expect(rare == [3, 3, 3])
    #expect([services.number(of: .destination), services.number(of: .source)] == [1, 2])
  }

  @Test("a model that was trained on no sign-ins is told none, and sees what it saw without them")
  func untold() throws {
    let services = ServiceNumbers(mostCommonOf: [EdgeService(port: 445, ianaNumber: 6): 9])
    #expect(services.count == 2 && services.number(of: .source) == nil)
    var (with, without) = (GraphNumbers(services), GraphNumbers(services))
    let signIns = try SignedInOffice.signIns.get()
    let (one, other) = (
      try SignedInOffice.table(&with, signIns), try SignedInOffice.table(&without, [])
    )
    #expect(with.nodes == without.nodes && !with.nodes.contains(where: \.isUser))
    #expect(one.batches.map(\.rowCount) == other.batches.map(\.rowCount))
  }

  @Test("a host that signs in, or a user who connects, is an error") func confused() throws {
    var numbers = GraphNumbers(SignedInOffice.services)
    let table = try SignedInOffice.table(&numbers, try SignedInOffice.signIns.get())
    let other = ServiceNumbers(
      mostCommonOf: [22, 23, 445].reduce(into: [:]) {
        $0[EdgeService(port: $1, ianaNumber: 6)] = 1
      })
    #expect(throws: ChallengerError.self) {
      try EdgeChallenger(
        model: EdgeModel(serviceCount: other.count, seed: 1), services: other, edges: table)
    }
  }

  @Test("users whom either end is used to are told as such, with the bits without each")
  func drivers() throws {
    var numbers = GraphNumbers(SignedInOffice.services)
    let table = try SignedInOffice.table(&numbers, try SignedInOffice.signIns.get())
    let model = EdgeModel(serviceCount: SignedInOffice.services.count, seed: 5)
    let challenger = try EdgeChallenger(
      model: model, services: SignedInOffice.services, edges: table)
    let service = EdgeService(port: 445, ianaNumber: 6)
    let pair = EdgeChallenger.Pair(
      originator: "10.0.0.1", responder: "10.0.0.2", service: service)
    let drivers = challenger.drivers(of: pair)
    let told = Set(drivers.map(\.feature))
    #expect(
      told == [
        "learned_reaches_10.0.1.1", "learned_reaches_10.0.1.2", "learned_used_by_user1",
        "learned_peer_used_by_user1", "learned_peer_used_by_user2",
      ])
    #expect(drivers.map(\.bitsWithout) == drivers.map(\.bitsWithout).sorted())

    // Worked out from the days themselves.
    var other = GraphNumbers(SignedInOffice.services)
    let day = other.activities(
      SignedInOffice.connections, try SignedInOffice.signIns.get())
    let history = GraphHistory(
      serviceKinds: SignedInOffice.services.edgeKinds, days: Array(repeating: day, count: 5))
    let graph = GraphSnapshot(history, before: 5, nodeCount: other.nodeCount)
    let edge = other.edge(from: pair.originator, to: pair.responder, service)
    let user = try #require(other.edge(from: "user1", to: "10.0.0.1", .source)).source
    let score = model.scores(
      ofNew: [edge], in: graph.leavingOut(user, .reaching, of: edge.source))[0]
    let driver = try #require(drivers.first { $0.part == .userOfOriginator })
    #expect(abs(exp2(-driver.bitsWithout) - 1 / (1 + exp2(-Double(score) * 1.442695041))) < 1e-6)
    #expect(challenger.surprises([pair])[0] != driver.bitsWithout)
  }
}
