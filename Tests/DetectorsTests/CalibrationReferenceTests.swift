import Columnar
import Events
import Testing

@testable import Detectors

@Suite("What a day is compared with") struct CalibrationReferenceTests {
  private let quiet = SimulatedVotes(
    hosts: SimulatedVotes.workstations(50), detectors: ["rate"], dayCount: 40, seed: 5)

  private func vote(_ entity: String, _ score: Double) -> SimulatedVote {
    SimulatedVote(entity: entity, detector: "rate", score: score)
  }

  @Test("the first week leaves the reference once another week is there")
  func firstWeek() throws {
    let history = try quiet.history()
    #expect(history.reference(before: 10) == 0..<10)
    #expect(history.reference(before: 13) == 0..<13)
    #expect(history.reference(before: 14) == 7..<14)
    #expect(history.reference(before: 39) == 11..<39)
  }

  @Test("what goes on for days raises the bar for others once, and again when it grows")
  func repeats() throws {
    var site = quiet
    for (day, score) in [(20, 50.0), (21, 50), (22, 40), (23, 60), (31, 45)] {
      site.days[day].append(vote("w000", score))
    }
    site.days[35].append(vote("w001", 30))
    let history = try site.history()
    let repeats = [20, 21, 22, 23, 31].map { day -> Bool? in
      let votes = history.days[day].hostVotes
      return votes.scores.indices.first { votes.scores[$0] >= 40 }.map { votes.isRepeat[$0] }
    }
    #expect(repeats == [false, true, true, false, false])
    let day = try site.decisions(35...35)[0]
    // Three stronger votes among 28 days of 50 hosts.
    let pValue = day.pValue(kind: .host, entity: "w001", detector: "rate", score: 30)
    #expect(pValue == 4.0 / 1401)
  }

  @Test(
    "what people found to be attacks raises no bar for others, and stays what was asked already")
  func attacked() throws {
    var site = quiet
    let scores = [(30, 50.0), (31, 60), (33, 55)]
    for (day, score) in scores { site.days[day].append(vote("w000", score)) }
    site.days[35] += [vote("w000", 58), vote("w001", 30)]
    let attacked = Set(
      scores.map {
        AttackedHostDay(kind: .host, entity: "w000", day: SimulatedVotes.date($0.0))
      })
    func day(_ attacked: Set<AttackedHostDay>) throws -> DayDecisions {
      let date = SimulatedVotes.date(35)
      return try #require(
        calibrate(
          try site.history(through: 35, attacked: attacked), dates: date...date, options: .init()
        ).first)
    }
    func pValue(_ day: DayDecisions) -> Double? {
      day.pValue(kind: .host, entity: "w001", detector: "rate", score: 30)
    }
    let (without, with) = (try day([]), try day(attacked))
    // Two stronger votes among 28 days of 50 hosts, since 55 after 60 is a repeat; or none.
    #expect(pValue(without) == 3.0 / 1401)
    // Neither do the attacked host-days count.
    #expect(pValue(with) == 1.0 / 1398)
    #expect(with.row(of: "w000")?.decision == .sighting)
  }

  @Test(
    "on a site of few hosts nobody is asked about what more than a tenth of host-days surpasses")
  func fewHosts() throws {
    let site = SimulatedVotes(
      hosts: SimulatedVotes.workstations(8), detectors: ["rate"], dayCount: 60, voteShare: 0.5,
      seed: 7)
    // Hosts that vote every other day are repeats of themselves, so the count of new decisions
    // alone would let the line admit every vote.
    let admitted = try site.decisions(40...59).flatMap(\.entities).filter { $0.decision != .watch }
    #expect(admitted.allSatisfy { $0.pValue <= 0.1 + 1.0 / (28 * 8) })
    #expect(!admitted.isEmpty)
  }

  @Test("days on which a detector could not judge are no part of its reference")
  func skipped() throws {
    func decisions(skippedThrough last: Int) throws -> DayDecisions? {
      var site = quiet
      for day in 0...last { site.days[day] = [] }
      site.days[30].append(vote("w001", 30))
      let days = (0..<31).map { day in
        let runs = TableBuilder(DetectorRun.schema)
        runs.column(DetectorRun.detector).append("rate")
        runs.column(DetectorRun.source).append("router")
        runs.column(DetectorRun.ran).append(day > last)
        runs.column(DetectorRun.reason).appendNull()
        let scored = site.scoredDay(day)
        return ScoredDay(
          date: scored.date, votes: scored.votes, hostDays: scored.hostDays,
          runs: Table(schema: DetectorRun.schema, batches: [runs.finishBatch()]))
      }
      let date = SimulatedVotes.date(30)
      return calibrate(try VoteHistory(days), dates: date...date, options: .init()).first
    }
    let partly = try #require(try decisions(skippedThrough: 19))
    let pValue = partly.pValue(kind: .host, entity: "w001", detector: "rate", score: 30)
    #expect(pValue == 1.0 / 501)
    // Two days are too few to be compared with.
    let hardly = try #require(try decisions(skippedThrough: 27))
    #expect(hardly.pValue(kind: .host, entity: "w001", detector: "rate", score: 30) == 1)
  }
}
