import Events
import Features
import Glibc
import TestSupport
import Testing

@testable import Detectors

@Suite struct BeaconTests {
  private static let host = QuietOffice.workstation(2)
  private static let home = "203.0.113.7"

  private func beacon(
    every seconds: Double, jitter: Double, from first: Double = 0, to last: Double = 86_400,
    seed: UInt64 = 1
  ) -> [TestFlow] {
    var random = SplitMix(seed: seed)
    var flows: [TestFlow] = []
    var second = first + 100
    while second < last {
      flows.append(
        TestFlow(second: second, from: Self.host, to: Self.home, sent: 420, received: 900))
      second += seconds * (1 + jitter * .random(in: -1...1, using: &random))
    }
    return flows
  }

  private func best(_ site: TestSite) throws -> ReadVote? {
    try site.votes().votes.filter { $0.detector == "beacon" }.max { $0.score < $1.score }
  }

  @Test("a ten-minute beacon with 30 % jitter to an unknown peer leads its day")
  func tenMinutes() throws {
    var site = try QuietOffice.site(days: 14)
    try site.add(QuietOffice.day(14) + beacon(every: 600, jitter: 0.3))
    let vote = try #require(try best(site))
    #expect(vote.entity == Self.host)
    #expect(vote.peer == "203.0.113.7:443/tcp")
    #expect(vote.score > 1.1)
    let gap = try #require(vote.actuals[0])
    #expect(abs(gap - 600) < 60)
  }

  @Test("a program that asks for orders every ten seconds is found after half an hour")
  func firstMorning() throws {
    func votes(_ flows: [TestFlow], before: [TestFlow] = []) throws -> [ReadVote] {
      var site = try QuietOffice.site(days: 13)
      try site.add(QuietOffice.day(13) + before)
      try site.add(QuietOffice.day(14) + flows)
      return try site.votes().votes.filter { $0.detector == "beacon" }
    }
    let orders = beacon(every: 10, jitter: 0.1, from: 36_000, to: 37_800)
    #expect(try votes(orders).map(\.peer) == ["\(Self.home):443/tcp"])
    // Whom the host met before is judged by hours.
    #expect(try votes(orders, before: [orders[0]]).isEmpty)
    // Four minutes are a visit, and so is an afternoon with pauses.
    #expect(try votes(beacon(every: 10, jitter: 0.1, from: 36_000, to: 36_240)).isEmpty)
    let visits = [36_000.0, 43_200, 50_400].flatMap {
      beacon(every: 10, jitter: 0.1, from: $0, to: $0 + 120)
    }
    #expect(try votes(visits).isEmpty)
  }

  @Test("a six-hour beacon is found from several days together") func sixHours() throws {
    var site = try QuietOffice.site(days: 14)
    for day in 14..<19 {
      try site.add(
        QuietOffice.day(day) + beacon(every: 21_600, jitter: 0.05, seed: UInt64(day)))
    }
    let vote = try #require(try best(site))
    #expect(vote.entity == Self.host)
    #expect(vote.score > 1)
    let gap = try #require(vote.actuals[0])
    #expect(abs(gap - 21_600) < 1500)
    #expect(vote.start < site.calendar.start(of: TestSite.start.advanced(by: 15)))
  }

  @Test("a poller that half of the hosts run for weeks stays far below a new beacon")
  func knownPoller() throws {
    var site = TestSite()
    for day in 0..<15 {
      let polls = (0..<8).flatMap { host in
        (0..<288).map { number in
          TestFlow(
            second: Double(host) + Double(number) * 300, from: QuietOffice.workstation(host),
            to: "192.0.2.80", port: 80, sent: 300, received: 500)
        }
      }
      try site.add(QuietOffice.day(day) + polls)
    }
    let votes = try site.votes().votes.filter { $0.peer == "192.0.2.80:80/tcp" }
    #expect(votes.allSatisfy { $0.score < 0.85 })
  }

  @Test("a beacon to an address that all know is found; who turns to it now and then is none")
  func sharedAddress() throws {
    let home = "192.0.2.40"
    func visit(_ second: Double, _ host: Int) -> TestFlow {
      TestFlow(
        second: second, from: QuietOffice.workstation(host), to: home, sent: 420, received: 900)
    }
    let visits = (0..<12).flatMap { host in
      [30_000, 30_040, 30_045, 39_000, 39_100].map { visit($0 + Double(host) * 977, host) }
    }
    func votes(_ hosts: Range<Int>) throws -> [ReadVote] {
      var site = TestSite()
      for day in 0..<14 { try site.add(QuietOffice.day(day) + visits) }
      let beacons = beacon(every: 600, jitter: 0.2, from: 28_800, to: 64_800).flatMap { flow in
        hosts.map { visit(flow.second + Double($0), $0) }
      }
      try site.add(QuietOffice.day(14) + visits + beacons)
      return try site.votes().votes.filter {
        $0.detector == "beacon" && $0.peer == "\(home):443/tcp"
      }
    }
    let found = try votes(2..<3)
    #expect(found.map(\.entity) == [Self.host])
    #expect(found.first?.features.last == "regular_peers" && found.first?.actuals[2] == 0)
    #expect(try votes(0..<6).isEmpty)
  }

  /// Two weeks on which all other hosts turn to an address now and then, and the day after.
  private func sharedSite(
    _ home: String, today: [TestFlow], before: (_ day: Int) -> [TestFlow]
  ) throws -> [ReadVote] {
    var site = TestSite()
    var random = SplitMix(seed: 7)
    for day in 0...14 {
      let visits = (0..<12).filter { $0 != 2 }.flatMap { host in
        (0..<4).map { _ in
          TestFlow(
            second: .random(in: 28_800...61_200, using: &random),
            from: QuietOffice.workstation(host), to: home,
            sent: .random(in: 400...40_000, using: &random), received: 900)
        }
      }
      try site.add(QuietOffice.day(day) + visits + (day < 14 ? before(day) : today))
    }
    return try site.votes().votes.filter {
      $0.detector == "beacon" && $0.peer == "\(home):443/tcp"
    }
  }

  private func flow(_ second: Double, _ home: String) -> TestFlow {
    TestFlow(second: second, from: Self.host, to: home, sent: 420, received: 900)
  }

  @Test("a beacon to an address that its host opens now and then, too, is found")
  func besideOwnVisits() throws {
    let home = "192.0.2.40"
    var random = SplitMix(seed: 3)
    func visits() -> [TestFlow] {
      (0..<4).flatMap { _ in
        let start = Double.random(in: 28_800...61_200, using: &random)
        return (0..<5).map { _ in flow(start + .random(in: 0...50, using: &random), home) }
      }
    }
    let beacons = beacon(every: 830, jitter: 0.1, from: 28_800, to: 62_000).map {
      flow($0.second, home)
    }
    let votes = try sharedSite(home, today: visits() + beacons) { _ in visits() }
    #expect(votes.map(\.entity) == [Self.host])
    #expect(votes.first?.features.first == "visit_gap_seconds")
    let gap = try #require(votes.first?.actuals[0])
    #expect(abs(gap - 830) < 100)
  }

  @Test("a poller beside its host's own visits is no news once it is weeks old")
  func pollerBesideVisits() throws {
    let home = "192.0.2.40"
    var random = SplitMix(seed: 5)
    func day(_ number: Int) -> [TestFlow] {
      let visits = (0..<4).flatMap { _ in
        let start = Double.random(in: 28_800...61_200, using: &random)
        return (0..<4).map { _ in flow(start + .random(in: 0...50, using: &random), home) }
      }
      return visits
        + beacon(every: 830, jitter: 0.1, from: 28_800, to: 62_000, seed: UInt64(number)).map {
          flow($0.second, home)
        }
    }
    #expect(try sharedSite(home, today: day(14), before: day).isEmpty)
  }

  @Test(
    "gaps drawn by chance are as regular without the short ones as with them", arguments: 1...20)
  func chance(_ seed: Int) throws {
    for mean in [20.0, 60, 200, 600] {
      var random = SplitMix(seed: UInt64(seed))
      let gaps = (0..<400).map { _ in
        (-mean * log(1 - Double.random(in: 0..<1, using: &random))).rounded(.up)
      }
      let counted = CountedValues(
        Dictionary(gaps.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
          .map { (value: $0.key, count: $0.value) })
      let visits = Visits(leastSeconds: 60, leastCount: 16)
      let interval = try #require(visits.mostRegular(counted)).interval
      #expect(interval < 0.7, "\(mean): \(interval)")
    }
  }

  @Test("a visit of weeks ago makes no habit of yesterday's beacon") func oldVisit() throws {
    let home = "192.0.2.40"
    func beacons(_ seed: UInt64, from first: Double) -> [TestFlow] {
      beacon(every: 900, jitter: 0.2, from: first, to: 60_000, seed: seed)
        .map { flow($0.second, home) }
    }
    let votes = try sharedSite(home, today: beacons(1, from: 28_000)) { day in
      switch day {
      case 0: [flow(36_000, home), flow(36_900, home)]
      case 13: beacons(2, from: 45_000)
      default: []
      }
    }
    #expect(votes.map(\.entity) == [Self.host])
    #expect(votes.first?.features.last == "regular_peers")
  }

  @Test("exact pollers, clocks and lease requests of several hosts are no beacons once known")
  func exactPollers() throws {
    var site = TestSite()
    for day in 0..<15 {
      var polls: [TestFlow] = []
      func poll(_ host: Int, _ peer: String, _ port: UInt16, _ ianaNumber: UInt8, every gap: Double)
      {
        // A clock goes on from day to day.
        let first = gap - (Double(day) * 86_400).truncatingRemainder(dividingBy: gap)
        polls += stride(from: first + Double(host) / 8, to: 86_400, by: gap).map {
          TestFlow(
            second: $0, from: QuietOffice.workstation(host), to: peer, port: port,
            ianaNumber: ianaNumber, sent: 300, received: 500)
        }
      }
      for host in 0..<7 { poll(host, "192.0.2.\(80 + host % 2)", 80, 6, every: 300.3) }
      for host in 0..<4 { poll(host, "192.0.2.123", 123, 17, every: 2048.25) }
      for host in 0..<8 { poll(host, "ff02::1:2", 547, 17, every: 427.02) }
      try site.add(QuietOffice.day(day) + polls)
    }
    let beacons = try site.votes().votes.filter { $0.detector == "beacon" }
    let named = beacons.compactMap(\.peer).filter {
      $0.hasPrefix("192.0.2.") || $0.contains("ff02::1:2")
    }
    #expect(named == [])
  }

  @Test("people at work are no beacons") func quiet() throws {
    let votes = try QuietOffice.site(days: 15).votes().votes.filter { $0.detector == "beacon" }
    #expect(votes.allSatisfy { $0.entity.hasPrefix("10.3.0.") || $0.entity == "10.2.0.6" })
    #expect(votes.allSatisfy { $0.score <= 1 })
  }

  @Test("one conversation a second is a strobe, with or without history") func strobe() throws {
    var site = TestSite()
    try site.add(
      (0..<86_400).map { TestFlow(second: Double($0), from: Self.host, to: Self.home, port: 53) })
    let vote = try #require(try best(site))
    #expect(vote.peer == "203.0.113.7:53/tcp")
    #expect(vote.features == ["conversations"])
    #expect(vote.actuals.first == 86_400)
  }
}
