import Columnar
import Events
import Features
import Testing

@testable import Detectors

@Suite struct EdgesTests {
  private let hosts = (0..<12).map { QuietOffice.workstation($0) }

  private func edgeVotes(_ site: TestSite) throws -> [ReadVote] {
    let sink = TableSink()
    _ = try rawVotes(
      site.inputs(site.tables.count - 1), settings: TestSettings.all(),
      detectors: [EdgesDetector()], to: sink)
    return sink.batches.flatMap { ReadVote.read($0) }
  }

  private func step(
    _ hour: Double, _ from: String, _ to: String, _ port: UInt16, isFailed: Bool = false
  ) -> TestFlow {
    TestFlow(second: hour * 3600, from: from, to: to, port: port, isFailed: isFailed)
  }

  @Test("a host that works on another, and what that goes on to, are voted for as a path")
  func chain() throws {
    var site = try QuietOffice.site(days: 15)
    try site.add(
      QuietOffice.day(15) + [
        step(9.2, hosts[3], hosts[7], 135), step(9.21, hosts[3], hosts[7], 5985),
        step(10.1, hosts[7], QuietOffice.server, 3389),
      ])
    let votes = try edgeVotes(site)
    #expect(Set(votes.map(\.entity)) == [hosts[3], hosts[7]])
    let last = try #require(votes.first { $0.entity == hosts[7] })
    #expect(last.peer == "\(hosts[3]) → \(hosts[7]) → \(QuietOffice.server):3389/tcp")
    #expect(last.features.contains("link_surprise"))
    #expect(votes.allSatisfy { $0.score <= last.score })
  }

  @Test("a chain goes on over midnight") func midnight() throws {
    var site = try QuietOffice.site(days: 14)
    try site.add(QuietOffice.day(14) + [step(23.5, hosts[3], hosts[7], 5985)])
    try site.add(QuietOffice.day(15) + [step(0.5, hosts[7], QuietOffice.server, 3389)])
    let vote = try #require(try edgeVotes(site).first)
    #expect(vote.peer == "\(hosts[3]) → \(hosts[7]) → \(QuietOffice.server):3389/tcp")
  }

  @Test("what came before an edge by more than a day, or after it, is no part of its chain")
  func order() throws {
    var site = try QuietOffice.site(days: 14)
    try site.add(QuietOffice.day(14) + [step(8, hosts[3], hosts[7], 5985)])
    try site.add(
      QuietOffice.day(15) + [
        step(9, hosts[7], QuietOffice.server, 3389), step(10, hosts[2], hosts[7], 5985),
      ])
    let vote = try #require(try edgeVotes(site).first { $0.entity == hosts[7] })
    #expect(vote.peer == "\(QuietOffice.server):3389/tcp")
  }

  @Test("ordinary days give no vote", arguments: 10...15) func quiet(day: Int) throws {
    #expect(try edgeVotes(QuietOffice.site(days: day + 1)).isEmpty)
  }

  @Test("connections that were refused are none") func failed() throws {
    var site = try QuietOffice.site(days: 15)
    try site.add(
      QuietOffice.day(15)
        + hosts.dropFirst().map { step(9, hosts[0], $0, 445, isFailed: true) })
    #expect(try edgeVotes(site).isEmpty)
  }

  @Test("an administrator who reaches some host every day may reach another") func habit() throws {
    var site = TestSite()
    for day in 0..<16 {
      try site.add(QuietOffice.day(day) + [step(9, hosts[0], hosts[1 + day % 10], 3389)])
    }
    #expect(try edgeVotes(site).isEmpty)
  }

  @Test("a host's first visit to the server of its peers is not strange") func server() throws {
    var site = TestSite()
    for day in 0..<15 {
      try site.add(QuietOffice.day(day).filter { $0.from != hosts[5] || $0.port != 445 })
    }
    try site.add(QuietOffice.day(15))
    #expect(try edgeVotes(site).isEmpty)
  }

  @Test("a host that reaches one desk after the other says how many") func fanOut() throws {
    var site = try QuietOffice.site(days: 15)
    try site.add(
      QuietOffice.day(15)
        + zip(hosts.dropFirst(), 0...).map { step(9 + Double($1) / 10, hosts[0], $0, 445) })
    let vote = try #require(try edgeVotes(site).first { $0.entity == hosts[0] })
    let index = try #require(vote.features.firstIndex(of: "new_edges"))
    #expect(vote.actuals[index] == 11)
  }

  @Test("a host that was just met has grace") func grace() throws {
    var site = try QuietOffice.site(days: 15)
    try site.add(
      QuietOffice.day(15) + [step(9, QuietOffice.workstation(40), hosts[2], 5985)])
    #expect(try edgeVotes(site).isEmpty)
  }
}
