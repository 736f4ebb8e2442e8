import Events
import Features
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
