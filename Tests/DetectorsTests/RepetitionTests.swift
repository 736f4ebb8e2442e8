import Events
import Features
import Testing

@testable import Detectors

@Suite struct RepetitionTests {
  private func votes(_ extra: [TestFlow], before: [TestFlow] = []) throws -> [ReadVote] {
    var site = try QuietOffice.site(days: 14)
    try site.add(QuietOffice.day(14) + before)
    try site.add(QuietOffice.day(15) + extra)
    return try site.votes().votes.filter { $0.detector == "repetition" }
  }

  private func attempts(_ count: Int, from host: String, isFailed: Bool = false) -> [TestFlow] {
    (0..<count).map {
      TestFlow(
        second: 36_000 + Double($0), from: host, to: QuietOffice.server, port: 445, sent: 1900,
        received: 2500, isFailed: isFailed)
    }
  }

  @Test("nobody votes on a quiet day") func quiet() throws {
    #expect(try votes([]).isEmpty)
  }

  @Test("who asks the file server hundreds of times is named with the service and the usual number")
  func guessing() throws {
    let host = QuietOffice.workstation(6)
    let found = try votes(attempts(400, from: host))
    let vote = try #require(found.first)
    #expect(found.count == 1)
    #expect(vote.entity == host)
    #expect(vote.peer == "\(QuietOffice.server):445/tcp")
    #expect(vote.features == ["conversations_with_service"])
    // 9 of its own, and 25 are always taken for usual.
    #expect(vote.actuals.first == 409)
    #expect(vote.typicals.first == 25)
  }

  @Test("failures lead where they are what is unusual") func failures() throws {
    let found = try votes(attempts(150, from: QuietOffice.workstation(6), isFailed: true))
    #expect(found.first?.features.first == "failed_with_service")
    #expect(found.first?.actuals[0] == 150)
  }

  @Test("where one of ten others does the same, it is usual") func usualForOthers() throws {
    let all = (0..<12).flatMap { attempts(300, from: QuietOffice.workstation($0)) }
    #expect(try votes(all).isEmpty)
  }

  @Test("what a resolver asks on is not its own") func resolver() throws {
    let host = QuietOffice.workstation(6)
    func questions(_ count: Int, from host: String, to server: String) -> [TestFlow] {
      (0..<count).map {
        TestFlow(
          second: 36_000 + Double($0), from: host, to: server, port: 53, ianaNumber: 17)
      }
    }
    let asked = questions(400, from: host, to: QuietOffice.server)
    let askedOn = questions(400, from: QuietOffice.server, to: "203.0.113.53")
    #expect(try votes(asked + askedOn).map(\.entity) == [host])
    #expect(Set(try votes(askedOn).map(\.entity)) == [QuietOffice.server])
  }

  @Test("who is guessed at and then guesses itself is not a relay") func pivot() throws {
    let host = QuietOffice.workstation(6)
    func guesses(_ count: Int, from source: String, to server: String) -> [TestFlow] {
      (0..<count).map {
        TestFlow(second: 36_000 + Double($0), from: source, to: server, port: 22, isFailed: true)
      }
    }
    let found = try votes(
      guesses(3000, from: "203.0.113.9", to: host)
        + guesses(2000, from: host, to: QuietOffice.server))
    #expect(found.map(\.entity) == [host])
    #expect(found.first?.actuals[0] == 2000)
  }

  @Test("as much as on its own busiest day is usual") func ownHabit() throws {
    let host = QuietOffice.workstation(6)
    #expect(
      try votes(attempts(400, from: host), before: attempts(300, from: host)).isEmpty)
  }
}
