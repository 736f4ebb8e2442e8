import Events
import Features
import Foundation
import Testing

@testable import Detectors

@Suite struct ProtocolTests {
  private func votes(_ extra: [TestFlow]) throws -> [ReadVote] {
    var site = try QuietOffice.site(days: 15)
    try site.add(QuietOffice.day(15) + extra)
    return try site.votes().votes.filter { $0.detector == "protocol" }
  }

  @Test("nobody votes on a quiet day") func quiet() throws {
    #expect(try votes([]).isEmpty)
  }

  @Test("a camera that speaks to the outside on a port of its own shows both")
  func camera() throws {
    var site = try QuietOffice.site(days: 15)
    try site.add(
      QuietOffice.day(15) + [
        TestFlow(second: 20_000, from: QuietOffice.camera(1), to: "203.0.113.50", port: 1883)
      ])
    let vote = try #require(try site.votes().votes.first { $0.detector == "protocol" })
    #expect(vote.entity == QuietOffice.camera(1))
    #expect(vote.peer == "203.0.113.50:1883/tcp")
    #expect(vote.features == ["peers_with_protocol", "days_with_outside"])
    #expect(vote.actuals.prefix(2) == [0, 0])
    // None of 2 peers and of all hosts, on none of 15 days.
    let hosts = Double(try site.state(asOf: 15).hosts.count)
    let port = -((0.5 / (hosts + 1)) / 3).logarithm
    #expect(abs(vote.score - (port + 32.0.logarithm)) < 1e-9)
  }

  @Test("an unanswered attempt says nothing of what a host speaks") func unanswered() throws {
    let attempt = TestFlow(
      second: 20_000, from: QuietOffice.camera(1), to: "203.0.113.50", port: 1883, isFailed: true)
    #expect(try votes([attempt]).isEmpty)
  }

  @Test("a name server that nobody else asks is strange where all ask another")
  func nameServer() throws {
    var site = TestSite()
    func questions(_ number: Int) -> [TestFlow] {
      (0..<12).map {
        TestFlow(
          second: 30_000 + Double($0), from: QuietOffice.workstation($0), to: "10.2.0.53", port: 53,
          ianaNumber: 17)
      }
    }
    for number in 0..<15 { try site.add(QuietOffice.day(number) + questions(number)) }
    let astray = TestFlow(
      second: 40_000, from: QuietOffice.workstation(3), to: "203.0.113.53", port: 53, ianaNumber: 17
    )
    try site.add(QuietOffice.day(15) + questions(15) + [astray])
    // Alone it is too little for a vote: no setting but the floor is changed.
    var settings = try TestSettings.all()
    settings["protocol"]?["floor"] = 4
    let found = try site.votes(settings: settings).votes.filter { $0.detector == "protocol" }
    let vote = try #require(found.first)
    #expect(found.count == 1)
    #expect(vote.entity == QuietOffice.workstation(3))
    #expect(vote.features == ["hosts_with_server"])
    #expect(abs(vote.score - 24.0.logarithm) < 1e-9)
  }

  @Test("a server that many turn to on the same day is none's surprise") func movedServer() throws {
    var site = TestSite()
    func questions(to server: String) -> [TestFlow] {
      (0..<12).map {
        TestFlow(
          second: 30_000 + Double($0), from: QuietOffice.workstation($0), to: server, port: 53,
          ianaNumber: 17)
      }
    }
    for number in 0..<15 { try site.add(QuietOffice.day(number) + questions(to: "10.2.0.53")) }
    try site.add(QuietOffice.day(15) + questions(to: "10.2.0.54"))
    var settings = try TestSettings.all()
    settings["protocol"]?["floor"] = 1
    let found = try site.votes(settings: settings).votes.filter { $0.detector == "protocol" }
    #expect(found.allSatisfy { !$0.features.contains("hosts_with_server") })
  }
}

extension Double {
  fileprivate var logarithm: Double { log2(self) }
}
