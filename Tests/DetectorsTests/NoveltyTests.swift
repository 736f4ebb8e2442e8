import Events
import Features
import Testing

@testable import Detectors

@Suite struct NoveltyTests {
  private func votes(_ extra: [TestFlow], _ detector: String, hasBytes: Bool = true) throws
    -> [ReadVote]
  {
    var site = try QuietOffice.site(days: 15)
    try site.add(QuietOffice.day(15) + extra, hasBytes: hasBytes)
    return try site.votes().votes.filter { $0.detector == detector }
  }

  @Test("a camera on a port that no camera uses leads the day") func camera() throws {
    let calls = (0..<30).map { number in
      TestFlow(
        second: 20_000 + Double(number) * 100, from: QuietOffice.camera(1), to: "203.0.113.50",
        port: 23)
    }
    let found = try votes(calls, "destinations")
    let vote = try #require(found.max { $0.score < $1.score })
    #expect(vote.entity == QuietOffice.camera(1))
    #expect(vote.peer == "203.0.113.50:23/tcp")
    #expect(Set(vote.features).isSuperset(of: ["new_networks", "new_ports"]))
  }

  @Test("a service that several clients use from its first day is not a surprise of each")
  func newService() throws {
    let calls = (0..<12).map { number in
      TestFlow(
        second: 36_000 + Double(number), from: QuietOffice.workstation(number),
        to: QuietOffice.server, port: 8081)
    }
    #expect(try votes(calls, "destinations").isEmpty)
  }

  @Test("no host of a quiet day meets too much that is new") func quiet() throws {
    #expect(try votes([], "destinations").isEmpty)
    #expect(try votes([], "exfiltration").isEmpty)
    #expect(try votes([], "long-connections").isEmpty)
  }

  @Test("gigabytes to an unknown address lead the day") func bulk() throws {
    let host = QuietOffice.workstation(4)
    let leak = [
      TestFlow(
        second: 50_000, from: host, to: "203.0.113.60", sent: 2_100_000_000, received: 9_000_000,
        seconds: 1200)
    ]
    let vote = try #require(try votes(leak, "exfiltration").first)
    #expect(vote.entity == host)
    #expect(vote.peer == "203.0.113.60:443/tcp")
    #expect(vote.actuals.first == 2_091_000_000)
  }

  @Test("downloads are not leaks, however large") func download() throws {
    let fetch = [
      TestFlow(
        second: 50_000, from: QuietOffice.workstation(4), to: "203.0.113.60", sent: 9_000_000,
        received: 2_100_000_000)
    ]
    #expect(try votes(fetch, "exfiltration").isEmpty)
  }

  @Test("a slow leak is judged by all that passed since the destination was first met")
  func slowLeak() throws {
    var site = try QuietOffice.site(days: 15)
    let host = QuietOffice.workstation(4)
    for day in 15..<18 {
      let parts = (0..<10).map { number in
        TestFlow(
          second: 30_000 + Double(number) * 2400, from: host, to: "203.0.113.61", sent: 2_000_000,
          received: 20_000)
      }
      try site.add(QuietOffice.day(day) + parts)
    }
    let found = try site.votes().votes.filter { $0.detector == "exfiltration" }
    #expect(found.map(\.entity) == [host])
    let sent: Double = 3 * 10 * 1_980_000
    #expect(found.first?.actuals[0] == sent)
  }

  @Test("hours on one connection to a new peer lead the day") func miner() throws {
    let host = QuietOffice.workstation(5)
    let session = [
      TestFlow(
        second: 20_000, from: host, to: "203.0.113.70", port: 3333, sent: 90_000, received: 60_000,
        seconds: 30_000)
    ]
    let vote = try #require(try votes(session, "long-connections").first)
    #expect(vote.entity == host)
    #expect(vote.actuals.first == 30_000)
  }

  @Test("work at three in the morning is a surprise, on workdays at ten it is none")
  func night() throws {
    let host = QuietOffice.workstation(6)
    let visits = (0..<24).map { number in
      TestFlow(second: 10_800 + Double(number) * 120, from: host, to: "198.51.\(number).7")
    }
    let found = try votes(visits, "timing")
    #expect(found.map(\.entity) == [host])
    #expect(try votes([], "timing").isEmpty)
  }

  @Test("an hour is told beside the host's own, though its peers are idle then")
  func ownHours() throws {
    let host = QuietOffice.workstation(6)
    func visits(_ count: Int) -> [TestFlow] {
      (0..<count).map { number in
        TestFlow(second: 10_800 + Double(number) * 120, from: host, to: "198.51.\(number).7")
      }
    }
    var site = TestSite()
    for day in 0..<21 { try site.add(QuietOffice.day(day) + visits(2)) }
    try site.add(QuietOffice.day(21) + visits(24))
    let vote = try #require(
      try site.votes().votes.first { $0.detector == "timing" && $0.entity == host })
    let place = try #require(vote.features.firstIndex(of: "out_destinations"))
    // Drawn towards hosts that are idle, it would be 1.
    #expect(abs(try #require(vote.typicals[place]) - 2) < 0.01)
  }

  @Test("who comes back two hours after work is none, in the middle of the night is")
  func overtime() throws {
    let host = QuietOffice.workstation(6)
    func visits(at hour: Int) -> [TestFlow] {
      (0..<24).map { number in
        TestFlow(
          second: Double(hour) * 3600 + Double(number) * 120, from: host, to: "198.51.\(number).7")
      }
    }
    #expect(try votes(visits(at: 19), "timing").isEmpty)
    #expect(try votes(visits(at: 3), "timing").map(\.entity) == [host])
  }

  @Test("without bytes the leak detector is skipped and says why") func noBytes() throws {
    var site = TestSite()
    for day in 0..<9 { try site.add(QuietOffice.day(day), hasBytes: false) }
    let coverage = try site.votes().coverage
    let row = try #require(coverage.first { $0.detector == "exfiltration" })
    #expect(row.source == "test")
    #expect(row.reason == "no rows with bytes")
    #expect(coverage.first { $0.detector == "scan" }?.reason == nil)
  }

  @Test("on the first days detectors that need history say that they learn") func learning() throws
  {
    let coverage = try QuietOffice.site(days: 2).votes().coverage
    let row = try #require(coverage.first { $0.detector == "rate" })
    #expect(row.reason == "learning: 1 of 3 earlier days")
  }

  // P(X ≥ 1) = 1 − (r / (r + m))^r; r = 1, m = 1: one half.
  @Test("the surprise of one where one is usual is one bit") func surprise() {
    #expect(abs(NegativeBinomial.surprise(1, mean: 1, shape: 1) - 1) < 1e-9)
    #expect(abs(NegativeBinomial.surprise(10, mean: 1, shape: 1) - 10) < 1e-9)
    #expect(NegativeBinomial.surprise(0, mean: 1, shape: 1) == 0)
  }
}
