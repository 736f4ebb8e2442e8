import Columnar
import Events
import Testing

@testable import Detectors
@testable import Features

@Suite struct AuthTests {
  private typealias Logins = QuietLogins

  /// The detector's votes on a Thursday with more sign-ins.
  private func votes(auth: [TestEvent] = [], vpn: [TestEvent] = []) throws -> [ReadVote] {
    var site = try Logins.site(days: 24)
    var events = Logins.day(24)
    events[.auth, default: []] += auth
    events[.vpn, default: []] += vpn
    try site.add([], events: events)
    return try site.votes().votes.filter { $0.detector == "auth" }.sorted { $0.score > $1.score }
  }

  @Test("ordinary days, a Monday of typing errors among them, say next to nothing")
  func quiet() throws {
    var count = 0
    for number in 16..<26 {
      let votes = try Logins.site(days: number + 1).votes().votes.filter { $0.detector == "auth" }
      count += votes.count
      #expect(votes.allSatisfy { !$0.entity.hasPrefix("10.2.0.") }, "\(votes)")
    }
    #expect(count <= 3)
  }

  @Test("a stolen account that goes from a colleague's machine to servers leads the day")
  func lateral() throws {
    let found = try votes(
      auth: (0..<5).map {
        Logins.login(
          50_000 + Double($0), "User7", from: Logins.machine(30), to: Logins.server($0))
      })
    let vote = try #require(found.first)
    #expect(vote.entity == Logins.machine(30))
    #expect(vote.peer == "corp\\user7@\(Logins.server(0))")
    #expect(vote.features == ["new_login_destinations", "new_login_sources"])
    #expect(vote.actuals.first == 5)
  }

  @Test("a password guessed from outside leads the day, at a server that is guessed at every day")
  func guessed() throws {
    let tries = (0..<300).map {
      Logins.login(
        40_000 + Double($0), "root", from: "203.0.113.66", to: Logins.exposed, "failure")
    }
    #expect(try votes(auth: tries).isEmpty)
    let success = Logins.login(41_000, "root", from: "203.0.113.66", to: Logins.exposed)
    let vote = try #require(try votes(auth: tries + [success]).first)
    #expect(vote.entity == Logins.exposed)
    #expect(vote.peer == "corp\\root@203.0.113.66")
    #expect(vote.features.first == "failures_before_success")
    #expect(vote.actuals.first == 300)
  }

  @Test("one machine that tries a password of many users is found, and whoever it got in as")
  func spray() throws {
    let tries = (0..<30).map {
      Logins.login(
        52_000 + Double($0), Logins.name($0), from: Logins.machine(33), to: Logins.controller,
        $0 == 29 ? "success" : "failure")
    }
    let found = try votes(auth: tries)
    #expect(Set(found.map(\.entity)) == [Logins.machine(33)])
    #expect(
      Set(found.compactMap(\.features.first)) == ["failing_users", "failures_before_success"])
    #expect(found.first?.peer == "corp\\user29@\(Logins.controller)")
  }

  @Test("guessing from outside counts for a server at which nobody guessed before")
  func sprayFromOutside() throws {
    let tries = (0..<60).map {
      Logins.tunnel(
        52_000 + Double($0), Logins.name($0), from: "203.0.113.\($0 % 7)", device: "", "failure")
    }
    let vote = try #require(try votes(vpn: tries).first)
    #expect(vote.entity == "gateway")
    #expect(vote.features == ["failing_users"])
  }

  @Test("a tunnel from a new network counts only with a device that is new too") func tunnel()
    throws
  {
    func tunnel(_ device: String) -> [TestEvent] {
      [Logins.tunnel(80_000, Logins.name(12), from: "203.0.113.9", device: device)]
    }
    #expect(try votes(vpn: tunnel("LAPTOP12")).isEmpty)
    let vote = try #require(try votes(vpn: tunnel("KALI")).first)
    #expect(vote.entity == "gateway")
    #expect(vote.peer == "user12@203.0.113.9")
    #expect(Set(vote.features) == ["new_login_sources", "new_login_devices"])
  }

  @Test("a service whose stored password expired fails all day without a vote") func expired()
    throws
  {
    let tries = (0..<3000).map {
      Logins.login(
        Double($0) * 20, "svc_backup", from: "10.2.0.9", to: Logins.server($0 % 10), "failure")
    }
    #expect(try votes(auth: tries).isEmpty)
  }
}

@Suite struct LoginTableTests {
  private func rows(_ events: [EventClass: [TestEvent]], slots: Int = 1000) throws -> [LoginRow] {
    let calendar = CivilCalendar()
    var limits = DaySummary.Limits()
    limits.loginCount = slots
    let sink = TableSink()
    try DaySummary.write(
      day: TestSite.start, calendar: calendar, networks: TestSite.networks,
      events: Dictionary(
        uniqueKeysWithValues: events.map {
          ($0, TestEvent.table($0, of: $1, from: calendar.start(of: TestSite.start)))
        }), limits: limits
    ) { $0.name == Login.schema.name ? sink : TableSink() }
    var rows: [LoginRow] = []
    try LoginRow.forEach(in: Table(schema: Login.schema, batches: sink.batches)) { rows.append($0) }
    return rows
  }

  @Test("a row counts what succeeded and failed, and the failures that a success ended")
  func counts() throws {
    let outcomes = [
      "failure", "success", "Denied", "rejected", "start", "end", "accept", "failure",
    ]
    let found = try rows([
      .auth: outcomes.enumerated().map {
        QuietLogins.login(Double($0), "Ann", from: "10.0.0.1", to: "10.0.0.2", $1)
      }
    ])
    let row = try #require(found.first)
    #expect(found.count == 1)
    #expect(row.user == "corp\\ann")
    #expect((row.successes, row.failures, row.longestRun) == (2, 4, 2))
    let start = CivilCalendar().start(of: TestSite.start)
    #expect(row.firstTime == start)
    #expect(row.firstSuccess == start.advanced(byMicroseconds: 1_000_000))
  }

  @Test("machines and the operating system are no users") func noUsers() throws {
    let names = [
      "WS1$", "SYSTEM", "-", "DWM-3", "umfd-0", "ANONYMOUS LOGON", "ws1$@corp.example",
      "host/ws1.corp.example",
    ]
    let events = names.map { QuietLogins.login(1, $0, from: "10.0.0.1", to: "10.0.0.2") }
    #expect(try rows([.auth: events]).isEmpty)
  }

  @Test("who signs in at the console comes from the host itself, and a log names what it omits")
  func ends() throws {
    let console = TestEvent(
      second: 1,
      [
        "user_name": .text("ann"), "destination_host": .text("web1"),
        "event_action": .text("success"),
      ])
    let local = TestEvent(
      second: 2,
      [
        "user_name": .text("ann@example.com"), "user_domain": .text("EX"),
        "source_ip": .address("127.0.0.1"), "source_host": .text("pc"),
        "event_action": .text("success"), "source": .text("cloud"),
      ])
    let found = try rows([.auth: [console, local]])
    #expect(found.map(\.source) == ["cloud", "web1"])
    #expect(found.map(\.destination) == ["cloud", "web1"])
    #expect(found.map(\.user) == ["ann@example.com", "ann"])
  }

  @Test("where a log names nobody, a success forgives no failures; a user's own forgives theirs")
  func nameless() throws {
    func tries(_ user: String) throws -> [String: Int64] {
      let failures = (0..<10).map {
        QuietLogins.login(Double($0), user, from: "10.0.0.1", to: "10.0.0.2", "failure")
      }
      let successes = ["10.0.0.2", "10.0.0.3"].map {
        QuietLogins.login(20, user, from: "10.0.0.1", to: $0)
      }
      return FailedLogins.byDestination(try rows([.auth: failures + successes]))
        .mapValues(\.failures)
    }
    #expect(try tries("") == ["10.0.0.2": 10])
    #expect(try tries("ann") == [:])
  }

  @Test("several scans write what one scan writes") func scans() throws {
    let events = QuietLogins.day(1)
    let one = try rows(events)
    let many = try rows(events, slots: 7)
    #expect(one.count > 50)
    #expect(one.map { "\($0)" } == many.map { "\($0)" })
  }
}
