import Columnar
import Events
import Features
import Testing

@testable import Detectors

@Suite struct ScanTests {
  private func contacts(_ outcomes: String) -> [(time: Instant, isAnswered: Bool)] {
    outcomes.enumerated().map { (Instant(microseconds: Int64($0)), $1 == "+") }
  }

  // ln(.8 / .2) = 1.386, ln(.99 / .01) = 4.595: three failures reach 4.16, four 5.55.
  @Test("four unanswered first contacts in a row make a scanner, three do not")
  func bounds() throws {
    #expect(abs(RandomWalk.step - 1.386) < 0.001)
    #expect(abs(RandomWalk.bound - 4.595) < 0.001)
    #expect(RandomWalk.scan(contacts("---"), peer: nil) == nil)
    #expect(try #require(RandomWalk.scan(contacts("----"), peer: nil)).times.count == 4)
  }

  @Test("a host that is answered as often as not is no scanner") func alternating() {
    #expect(RandomWalk.scan(contacts(String(repeating: "-+", count: 40)), peer: nil) == nil)
  }

  @Test("answers long ago do not excuse a scan") func clearedWalk() {
    let walk = RandomWalk.scan(
      contacts(String(repeating: "+", count: 48) + "----"), peer: nil)
    #expect(walk?.answered == 48)
  }

  @Test("alerts come at powers of ten and at the end") func powersOfTen() throws {
    let scan = try #require(
      RandomWalk.scan(contacts(String(repeating: "-", count: 250)), peer: nil))
    #expect(scan.alerts(carried: 0).map(\.count) == [10, 100, 250])
    #expect(scan.alerts(carried: 0).map(\.time.microseconds) == [9, 99, 249])
    #expect(scan.alerts(carried: 60).map(\.count) == [100, 310])
  }

  private func sweep(_ count: Int, from host: String, at second: Double, every: Double)
    -> [TestFlow]
  {
    (0..<count).map { number in
      TestFlow(
        second: second + Double(number) * every, from: host,
        to: "10.9.\(number / 250).\(number % 250)",
        port: 445, isFailed: true)
    }
  }

  @Test("a sweep is found on the first day, without any history") func firstDay() throws {
    var site = TestSite()
    try site.add(QuietOffice.day(0) + sweep(300, from: "10.1.0.12", at: 40_000, every: 0.1))
    let votes = try site.votes().votes
    let scan = try #require(votes.max { $0.score < $1.score })
    #expect(scan.detector == "scan")
    #expect(scan.entity == "10.1.0.12")
    #expect(scan.actuals.first == 300)
    #expect(votes.allSatisfy { $0.detector == "scan" })
  }

  @Test("many ports of one destination are a scan of that destination") func ports() throws {
    var site = TestSite()
    let probes = (0..<200).map { number in
      TestFlow(
        second: 30_000 + Double(number), from: "10.1.0.12", to: "10.2.0.5",
        port: UInt16(1000 + number), isFailed: true)
    }
    try site.add(QuietOffice.day(0) + probes)
    let scan = try #require(try site.votes().votes.max { $0.score < $1.score })
    #expect(scan.peer == "10.2.0.5")
    #expect(scan.features.first == "unanswered_ports")
    #expect(scan.actuals.first == 200)
  }

  @Test("a slow scan adds up over days") func slowScan() throws {
    var site = try QuietOffice.site(days: 10)
    let host = "10.1.0.12"
    let probes = sweep(120, from: host, at: 0, every: 4000)
    for day in 10..<13 {
      let part = probes[(day - 10) * 21..<(day - 9) * 21].enumerated().map { index, probe in
        var probe = probe
        probe.second = 600 + Double(index) * 4000
        return probe
      }
      try site.add(QuietOffice.day(day) + part)
    }
    let votes = try site.votes().votes.filter { $0.detector == "scan" }
    #expect(votes.map(\.entity) == [host])
    #expect(votes.first?.actuals[0] == 63)
  }

  @Test("a monitor that always looks for absent machines is not a scanner") func monitor() throws {
    var site = TestSite()
    for day in 0..<10 {
      try site.add(QuietOffice.day(day) + sweep(120, from: "10.2.0.9", at: 7200, every: 1))
    }
    #expect(try site.votes().votes.filter { $0.detector == "scan" }.isEmpty)
  }

  @Test("no scan on quiet days", arguments: [0, 3, 9]) func quiet(days: Int) throws {
    let votes = try QuietOffice.site(days: days + 1).votes().votes
    #expect(votes.filter { $0.detector == "scan" }.isEmpty)
  }
}
