import Columnar
import Events
import Testing

@testable import Detectors
@testable import Features

@Suite struct JourneyTests {
  private typealias Travellers = QuietTravellers
  private static let two = 14 * 3600.0

  /// The votes for journeys on a day with more sign-ins, after a last day with more.
  private func votes(
    _ extra: [TestEvent], lastDay: [TestEvent] = [], settings changed: [String: Double] = [:]
  ) throws -> [ReadVote] {
    var site = try Travellers.site(lastDay: lastDay)
    try site.add([], events: [.auth: Travellers.day() + extra])
    var settings = try TestSettings.all()
    settings["auth"]?.merge(changed) { $1 }
    return try site.votes(settings: settings).votes.filter {
      $0.detector == "auth" && ($0.features.first ?? "").hasPrefix("journey")
        || $0.features.first == "country_change_seconds"
    }
  }

  /// A sign-in at home, and one from elsewhere some minutes later.
  private func away(
    _ user: Int, _ minutes: Double, from source: String = "203.0.113.9",
    at place: Travellers.Place? = Travellers.lagos, country: String? = nil,
    _ action: String = "success"
  ) -> [TestEvent] {
    [
      Travellers.login(
        Self.two, user, from: Travellers.home(user),
        at: user == Travellers.countryOnly ? nil : Travellers.ghent,
        country: user == Travellers.countryOnly ? "Belgium" : "BE"),
      Travellers.login(
        Self.two + minutes * 60, user, from: source, at: place, country: country, action),
    ]
  }

  @Test("home in Ghent and Lagos half an hour later is found, with its kilometres, time and speed")
  func planted() throws {
    let vote = try #require(try votes(away(1, 34)).first)
    #expect(vote.entity == "cloud")
    #expect(vote.features == ["journey_km", "journey_kmh", "journey_seconds"])
    // scikit-learn's distance (EventsTests/Fixtures/great_circles.csv).
    let kilometres = 4959.412704
    #expect(abs((vote.actuals[0] ?? 0) - kilometres) < 0.001)
    #expect(abs((vote.actuals[1] ?? 0) - kilometres / 34 * 60) < 0.002)
    #expect(vote.actuals[2] == 2040)
    #expect(
      vote.peer == "\(Travellers.name(1))@198.51.1.7 (BE 51.0543, 3.7174)"
        + " → 203.0.113.9 (6.4541, 3.3947)")
    // 12 bits and one for each doubling of 1,000 km/h.
    #expect(abs(vote.score - 15.13) < 0.01)
  }

  @Test("five seconds count as a minute, in the time that is given too") func atOnce() throws {
    let vote = try #require(try votes(away(1, 5.0 / 60)).first)
    #expect(vote.actuals[2] == 60)
    #expect(abs((vote.actuals[0] ?? 0) * 60 - (vote.actuals[1] ?? 0)) < 0.001)
  }

  @Test("a quiet day has no journeys, two habitual places and a firm's proxy among them")
  func quiet() throws {
    #expect(try votes([]).isEmpty)
  }

  @Test(
    "sign-ins on both sides of midnight make a journey; those of the day before alone make none")
  func midnight() throws {
    let late = Travellers.login(86_000, 1, from: Travellers.home(1), at: Travellers.ghent)
    let early = Travellers.login(800, 1, from: "203.0.113.9", at: Travellers.sydney)
    let found = try votes([early], lastDay: [late])
    #expect(found.map { $0.actuals[2] } == [1200])
    #expect(try votes([], lastDay: away(1, 34)).isEmpty)
  }

  @Test("refused sign-ins from afar are no journey") func failed() throws {
    #expect(try votes(away(1, 34, "failure")).isEmpty)
  }

  @Test("a journey that an aeroplane makes, or of less than 500 km, is none") func possible() throws
  {
    #expect(try votes(away(1, 34, at: (48.8566, 2.3522))).isEmpty)
    let night = Travellers.login(84_600, 1, from: "203.0.113.9", at: Travellers.lagos)
    #expect(try votes([night]).isEmpty)
    #expect(try votes([night], settings: ["journey_kmh": 880]).count == 1)
  }

  @Test(
    "a speed that is not above 0 is refused by name", arguments: [0, -1, Double.nan])
  func unusableSpeed(_ speed: Double) throws {
    let error = try #require(throws: UnusableSetting.self) {
      try votes([], settings: ["journey_kmh": speed])
    }
    #expect(
      error.description
        == "detector auth: expected a setting journey_kmh above 0, found \(speed);"
        + " mend it in auth.toml")
  }

  @Test("however slow journeys or far apart countries may be, two days are looked at")
  func longSettings() throws {
    #expect(try votes(away(1, 34), settings: ["journey_kmh": 1e-9]).count == 1)
    let slow = away(Travellers.countryOnly, 90, at: nil, country: "Nigeria")
    #expect(try votes(slow, settings: ["country_minutes": 1e300]).count == 1)
  }

  @Test("a source of sign-ins whose clock is off makes no journey, on this day or the next")
  func clockFault() throws {
    let quiet = try Travellers.site()
    let guesses = (0..<60).map { number in
      Travellers.login(
        50_000 + Double(number), 2, from: "203.0.113.77", at: nil,
        number < 59 ? "failure" : "success")
    }
    let late = Travellers.login(86_000, 3, from: Travellers.home(3), at: Travellers.ghent)
    let events: [EventClass: [TestEvent]] = [
      .auth: Travellers.day() + away(1, 34) + guesses + [late]
    ]
    let early = Travellers.login(800, 3, from: "203.0.113.9", at: Travellers.lagos)
    for source in ["other", "test"] {
      var site = quiet
      try site.add([], events: events, faults: [(source, .clock, 0..<24)])
      let features = try site.votes().votes.flatMap(\.features)
      #expect(features.contains("journey_km") == (source == "other"))
      #expect(!features.isEmpty)
      try site.add([], events: [.auth: Travellers.day() + [early]])
      let next = try site.votes().votes.flatMap(\.features)
      #expect(next.contains("journey_km") == (source == "other"))
    }
  }

  @Test("without both coordinates, at 0° N 0° E, from a private address there is no place")
  func noPlace() throws {
    #expect(try votes(away(1, 34, at: (0, 0))).isEmpty)
    #expect(try votes(away(1, 34, at: nil)).isEmpty)
    #expect(try votes(away(1, 34, from: "192.168.1.2")).isEmpty)
    #expect(try votes(away(1, 34, from: "10.7.7.7")).isEmpty)
    var event = Travellers.login(Self.two, 1, from: "203.0.113.9", at: Travellers.lagos)
    event.values["source_geo_lon"] = nil
    #expect(try votes([event]).isEmpty)
  }

  @Test("one network is one place, wherever logs say it is") func sameNetwork() throws {
    #expect(try votes(away(1, 34, from: "198.51.1.99")).isEmpty)
  }

  @Test("a traveller who goes on through the firm's proxy is no thief; the proxy hides nobody else")
  func proxy() throws {
    let traveller = [
      Travellers.login(Self.two, 5, from: "203.0.113.9", at: Travellers.madrid),
      Travellers.login(Self.two + 300, 5, from: Travellers.proxy, at: Travellers.stockholm),
    ]
    #expect(try votes(traveller).isEmpty)
    #expect(try votes(away(5, 34)).count == 1)
    let newToTheUser = away(1, 10, from: Travellers.proxy, at: Travellers.stockholm)
    #expect(try votes(newToTheUser).isEmpty)
  }

  @Test(
    "an office whose people use the same proxy or carriers beside it hides no journey",
    arguments: [1, 2])
  func sharedOffice(networks: Int) throws {
    func office(_ second: Double, _ user: Int) -> TestEvent {
      Travellers.login(second, user, from: "192.0.60.\(user)", at: Travellers.ghent)
    }
    func day(_ last: [TestEvent] = []) -> [EventClass: [TestEvent]] {
      let events = (0..<6).flatMap { user in
        [28_800.0, 43_200].flatMap { start in
          [
            office(start + Double(user), user),
            Travellers.login(
              start + 60 + Double(user), user, from: "192.0.\(200 + user % networks).5",
              at: Travellers.stockholm),
          ]
        }
      }
      return [.auth: events + last]
    }
    var site = TestSite()
    for _ in 0..<5 { try site.add([], events: day()) }
    let thief = Travellers.login(
      Self.two + 2040, 1, from: "203.0.113.9", at: Travellers.lagos)
    try site.add([], events: day([office(Self.two, 1), thief]))
    let peers = try site.votes().votes.filter { $0.features.first == "journey_km" }.map(\.peer)
    #expect(peers.count == 1)
    #expect(peers.first??.hasSuffix("203.0.113.9 (6.4541, 3.3947)") == true)
  }

  @Test("a network that several others come from is a way in for all") func sharedNetwork() throws {
    #expect(try votes(away(1, 20, from: Travellers.office, at: Travellers.madrid)).isEmpty)
    #expect(try votes(away(1, 20, at: Travellers.madrid)).count == 1)
  }

  @Test("another network in or near a habitual city is that habit; for others it is not")
  func habitualCity() throws {
    let near: Travellers.Place = (52.9, -7.1)
    #expect(try votes(away(Travellers.twoPlaces, 20, at: near)).isEmpty)
    #expect(try votes(away(1, 20, at: near)).count == 1)
  }

  @Test("who was not located before is not judged") func newcomer() throws {
    let newcomer = away(40, 34)
    #expect(try votes(newcomer).isEmpty)
  }

  @Test("where countries alone are known, two within an hour weigh less, and a name is no code")
  func countries() throws {
    let vote = try #require(
      try votes(away(Travellers.countryOnly, 20, at: nil, country: "Nigeria")).first)
    #expect(vote.features == ["country_change_seconds"])
    #expect(vote.actuals.first == 1200)
    #expect(vote.score == 9.5)
    for (minutes, country) in [(90.0, "Nigeria"), (20, "BE"), (20, "BELGIUM")] {
      let found = try votes(
        away(Travellers.countryOnly, minutes, at: nil, country: country))
      #expect(found.isEmpty, "\(country) after \(minutes) min")
    }
  }

  @Test("a network from which three thieves came the day before does not hide a fourth")
  func thieves() throws {
    let others = (0..<3).flatMap { away($0, 34, from: "203.0.113.\($0)") }
    #expect(try votes(away(9, 34), lastDay: others).count == 1)
  }
}

@Suite struct LoginPlaceTests {
  private func rows(_ events: [TestEvent], slots: Int = 1000) throws -> [LoginPlaceRow] {
    let calendar = CivilCalendar()
    var limits = DaySummary.Limits()
    limits.loginCount = slots
    let sink = TableSink()
    try DaySummary.write(
      day: TestSite.start, calendar: calendar, networks: TestSite.networks,
      events: [.auth: TestEvent.table(.auth, of: events, from: calendar.start(of: TestSite.start))],
      limits: limits
    ) { $0.name == LoginPlace.schema.name ? sink : TableSink() }
    var rows: [LoginPlaceRow] = []
    try LoginPlaceRow.forEachUser(in: Table(schema: LoginPlace.schema, batches: sink.batches)) {
      rows += $0
    }
    return rows
  }

  @Test("an hour at a place is a row, with its first and last sign-in and what the first was to")
  func hours() throws {
    func login(_ second: Double, _ destination: String) -> TestEvent {
      var event = QuietTravellers.login(
        second, 1, from: "203.0.113.9", at: QuietTravellers.lagos, country: "NG")
      event.values["destination_host"] = .text(destination)
      return event
    }
    let found = try rows([
      login(10, "mail"), login(900, "files"), login(3599, "a"), login(3600, "b"),
    ])
    #expect(found.map(\.destination) == ["mail", "b"])
    let start = CivilCalendar().start(of: TestSite.start)
    #expect(
      found.map(\.firstTime) == [10, 3600].map { start.advanced(byMicroseconds: $0 * 1_000_000) })
    #expect(
      found.map(\.lastTime) == [3599, 3600].map { start.advanced(byMicroseconds: $0 * 1_000_000) })
    #expect(found[0].text == "203.0.113.9 (NG 6.4541, 3.3947)")
  }

  @Test("several scans write what one scan writes, and events without places write nothing")
  func scans() throws {
    let events = QuietTravellers.day()
    let one = try rows(events)
    #expect(one.count == 12 * 3 + 4 * 3 + 1 + 3)
    #expect(try rows(events, slots: 3).map { "\($0)" } == one.map { "\($0)" })
    #expect(try rows(QuietLogins.day(1)[.auth] ?? []).isEmpty)
  }

  @Test("a user at thousands of places is compared with a bounded number of them") func manyPlaces()
    throws
  {
    let events = (0..<3000).map { number in
      QuietTravellers.login(
        Double(number), 1, from: "203.\(number / 250).\(number % 250).9",
        at: (Double(number % 160) - 80, Double(number % 350) - 175))
    }
    let found = try rows(events)
    #expect(found.count == 3000)
    var count = 0
    Journey.forEach(in: found, within: Journey.besideMicroseconds) { _ in count += 1 }
    #expect(count <= 3000 * 32)
    #expect(count > 2900 * 32)
  }

  @Test("what a log without places gives is as ever") func withoutPlaces() throws {
    var site = try QuietLogins.site(days: 6)
    try site.add([], events: QuietLogins.day(6))
    let state = try site.state(asOf: 6)
    #expect(state.seen.entries(of: .loginPlace).isEmpty)
    #expect(state.seen.entries(of: .loginBeside).isEmpty)
    #expect(state.lastPlaces.rowCount == 0)
  }
}
