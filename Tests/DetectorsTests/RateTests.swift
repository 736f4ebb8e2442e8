import Columnar
import Events
import Testing

@testable import Detectors
@testable import Features

@Suite struct RateTests {
  // Usually 9 distinct destinations at 14 h (median 2.303 on log1p, MAD .2), today 412: the scale
  // is max(1.4826 · .2, .15) = .297 and z = (6.023 − 2.303) / .297 = 12.5.
  @Test("the host-day worked by hand has z = 12.5") func handWorked() throws {
    let destinations = try #require(Measure.index(of: HostHour.outDestinations))
    var centers = [Center?](repeating: nil, count: Measure.all.count)
    centers[destinations] = Center(median: 2.302585, deviation: 0.2)
    var own = ProfileSet()
    let row = ProfileSet.Row(
      sampleCount: 20, presentCount: 20, busyCount: 20, centers: centers)
    own.set(row, dayType: 0, hour: 14)
    own.set(row, dayType: 0, hour: Int(HostProfile.dayHigh))
    var group = ProfileSet()
    group.set(row, dayType: 0, hour: 14)
    group.set(row, dayType: 0, hour: Int(HostProfile.dayHigh))
    let baseline = HostBaseline(own: own, group: group)
    let clock = ClockHours(TestSite.start, calendar: CivilCalendar())
    let found = try #require(
      baseline.z(
        destinations, value: Measure.all[destinations].scaled(412), clock: clock, hour: 14))
    #expect(abs(found.z - 12.5) < 0.05)
    #expect(abs(found.spread - 0.297) < 0.001)
    #expect(abs(Measure.all[destinations].count(found.usual.median) - 9) < 0.001)
  }

  @Test("is told beside the host's own hours from 8 samples on", arguments: [(4, 2.5), (8, 4)])
  func told(sampleCount: Int, median: Double) throws {
    let measure = try #require(Measure.index(of: HostHour.outDestinations))
    func profile(_ median: Double) -> ProfileSet {
      var centers = [Center?](repeating: nil, count: Measure.all.count)
      centers[measure] = Center(median: median, deviation: 0.2)
      var set = ProfileSet()
      set.set(
        ProfileSet.Row(
          sampleCount: sampleCount, presentCount: sampleCount, busyCount: sampleCount,
          centers: centers), dayType: 0, hour: 14)
      return set
    }
    let baseline = HostBaseline(own: profile(4), group: profile(1.75))
    let clock = ClockHours(TestSite.start, calendar: CivilCalendar())
    let found = try #require(baseline.z(measure, value: 6, clock: clock, hour: 14))
    #expect(found.usual.median == median)
  }

  @Test("profiles are drawn towards the peers' by (n·own + 8·group) / (n + 8)") func shrinkage() {
    let own = Center(median: 2, deviation: 0.4)
    let shrunk = own.shrunk(sampleCount: 24, towards: Center(median: 4, deviation: 0.8))
    #expect(shrunk == Center(median: 2.5, deviation: 0.5))
  }

  @Test("a burst of failed connections stands out from quiet days") func failedBurst() throws {
    var site = try QuietOffice.site(days: 14)
    let host = QuietOffice.workstation(3)
    let burst = (0..<300).map { number in
      TestFlow(
        second: 50_400 + Double(number) * 3, from: host, to: "10.2.0.5", port: 1433, isFailed: true)
    }
    try site.add(QuietOffice.day(14) + burst)
    let votes = try site.votes().votes.filter { $0.detector == "rate" }
    let vote = try #require(votes.first { $0.entity == host })
    let failed = try #require(vote.features.firstIndex(of: "out_failed"))
    #expect(vote.actuals[failed] == 300)
    #expect(try #require(vote.typicals[failed]) < 1)
    #expect(votes.allSatisfy { $0.entity == host || $0.entity == "10.2.0.5" })
  }

  @Test("what a server suffers names the host that did most of it, where one did")
  func instigator() throws {
    func cause(_ clients: [Int], outside: Int = 0) throws -> [String?] {
      var site = try QuietOffice.site(days: 14)
      let guesses = (0..<outside).map { number in
        TestFlow(
          second: 50_400 + Double(number) / 2, from: "203.0.113.\(number % 200)",
          to: QuietOffice.server, port: 445)
      }
      let burst = (0..<600).map { number in
        TestFlow(
          second: 50_400 + Double(number) * 3,
          from: QuietOffice.workstation(clients[number % clients.count]), to: QuietOffice.server,
          port: 445)
      }
      try site.add(QuietOffice.day(14) + burst + guesses)
      return try site.votes().votes.filter {
        $0.detector == "rate" && $0.entity == QuietOffice.server
      }.map(\.cause)
    }
    #expect(try cause([3]) == [QuietOffice.workstation(3)])
    #expect(try cause([3, 5, 7]) == [nil])
    // Most of it comes from outside, beside one host that asks a little more than it ever did.
    #expect(try cause([3], outside: 5000) == [nil])
  }

  @Test("is told beside the host's own hours, though its peers are idle then")
  func ownHours() throws {
    let camera = QuietOffice.camera(1)
    /// What the camera asks of a server at 3 in the morning.
    func asks(_ count: Int) -> [TestFlow] {
      (0..<count).map { number in
        TestFlow(
          second: 10_800 + Double(number) * 3600 / Double(count), from: camera,
          to: QuietOffice.server)
      }
    }
    var site = TestSite()
    for day in 0..<21 { try site.add(QuietOffice.day(day) + asks(60)) }
    try site.add(QuietOffice.day(21) + asks(900))
    let votes = try site.votes().votes
    let vote = try #require(votes.first { $0.detector == "rate" && $0.entity == camera })
    let place = try #require(vote.features.firstIndex(of: "out_conversations"))
    #expect(try #require(vote.actuals[place]) >= 900)
    // Drawn towards hosts that are idle, it would be some tenth of that.
    let typical = try #require(vote.typicals[place])
    #expect((55...90).contains(typical), "\(typical)")
  }

  @Test("no host of a quiet day does too much") func quietDay() throws {
    let votes = try QuietOffice.site(days: 15).votes().votes
    #expect(votes.filter { $0.detector == "rate" }.isEmpty)
  }
}
