import Columnar
import Events
import Testing

@testable import Detectors

@Suite("Calibration's tables") struct CalibrationTablesTests {
  private func site() -> SimulatedVotes {
    var site = SimulatedVotes(
      hosts: SimulatedVotes.workstations(20), detectors: ["rate", "scan"], dayCount: 40, seed: 4)
    site.days[39] += [
      SimulatedVote(entity: "w003", detector: "rate", score: 50, window: 3),
      SimulatedVote(entity: "w003", detector: "rate", score: 60, window: 4),
    ]
    return site
  }

  @Test("scores.arrow repeats the raw votes, with a p on each detector's strongest window")
  func scores() throws {
    let site = site()
    let raw = site.voteBatch(39)
    let scores = try site.decisions(39...39)[0].scores(of: raw)
    #expect(scores.rowCount == raw.rowCount)
    for row in 0..<raw.rowCount {
      #expect(scores[Vote.entity][row] == raw[Vote.entity][row])
      #expect(scores[Vote.rawScore][row] == raw[Vote.rawScore][row])
      if raw[Vote.entity][row] == "w003", raw[Vote.detector][row] == "rate" {
        #expect((scores[Vote.pValue][row] == nil) == (raw[Vote.rawScore].value(row) < 60))
      }
    }
  }

  @Test("entities.arrow has a row per voted entity, by rank")
  func entities() throws {
    let site = site()
    let day = try site.decisions(39...39)[0]
    let sink = TableSink()
    try day.writeEntities(to: sink)
    let batch = try #require(sink.batches.first)
    #expect(batch.rowCount == Set(site.days[39].map(\.entity)).count)
    #expect(batch[EntityScore.entity][0] == "w003")
    #expect(batch[EntityScore.decision][0] == "decide")
    #expect((0..<batch.rowCount).allSatisfy { batch[EntityScore.rank].value($0) == UInt32($0 + 1) })
    let qValues = day.entities.map(\.qValue)
    #expect(qValues == qValues.sorted())
    #expect(zip(day.entities, qValues).allSatisfy { $0.pValue <= $1 && $1 <= 1 })
  }

  @Test("decision_line.arrow states the line, its replay and the classes")
  func line() throws {
    let day = try site().decisions(39...39)[0]
    let sink = TableSink()
    try day.summary.write(to: sink)
    let batch = try #require(sink.batches.first)
    func value(_ measure: DecisionFigure.Measure, _ subject: String? = nil) -> Double? {
      (0..<batch.rowCount).first {
        batch[DecisionFigure.measure][$0] == measure.rawValue
          && batch[DecisionFigure.subject][$0] == subject
      }.map { batch[DecisionFigure.value].value($0) }
    }
    #expect(value(.lineP) == day.summary.lineP)
    #expect(value(.smallestP) == 1.0 / (28 * 20 + 1))
    #expect(value(.askedInReplay) == Double(day.summary.askedInReplay))
    #expect(value(.classEntityDays, "workstation") == 560)
    #expect(value(.siteWideEntities) == nil)
  }

  @Test("votes of idle detectors are left out of what is decided and of what is written")
  func idle() throws {
    let site = site()
    var without = site
    for day in without.days.indices { without.days[day].removeAll { $0.detector == "scan" } }
    let days = (0..<40).map { day in
      let all = site.scoredDay(day)
      return ScoredDay(
        date: all.date, votes: all.votes, without: ["scan"], hostDays: all.hostDays)
    }
    func rows(_ decisions: DayDecisions) -> [String] {
      decisions.entities.map { "\($0)" }
    }
    let date = SimulatedVotes.date(39)
    let decided = calibrate(try VoteHistory(days), dates: date...date, options: .init())
    #expect(try rows(decided[0]) == rows(without.decisions(39...39)[0]))
    let written = try standingVotes(days[39].votes + days[38].votes, without: ["scan"])
    for (batch, expected) in zip(written.batches, [39, 38].map(without.voteBatch)) {
      #expect(batch.rowCount == expected.rowCount)
      for row in 0..<batch.rowCount {
        #expect(batch[Vote.entity][row] == expected[Vote.entity][row])
        #expect(batch[Vote.detector][row] == "rate")
        #expect(batch[Vote.rawScore][row] == expected[Vote.rawScore][row])
        #expect(batch[Vote.windowStart][row] == expected[Vote.windowStart][row])
      }
    }
    #expect(written.batches.count == 2)
  }

  @Test("a vote on an entity that was not seen names both, and the day")
  func unseen() throws {
    var site = site()
    site.days[2].append(SimulatedVote(entity: "ghost", detector: "rate", score: 2))
    let error = #expect(throws: CalibrationError.self) { try site.history() }
    #expect(
      error?.description
        == "scores of \(SimulatedVotes.date(2)): expected a row of host_days for ghost, on which "
        + "rate votes, found none; score the day again")
  }

  @Test("days given twice, endless scores and findings of the site are refused")
  func refused() throws {
    var site = site()
    let day = site.scoredDay(0)
    #expect(throws: CalibrationError.self) { try VoteHistory([day, day]) }
    site.days[0] = [SimulatedVote(entity: "w001", detector: "rate", score: .infinity)]
    #expect(throws: CalibrationError.self) { try VoteHistory([site.scoredDay(0)]) }
    site.days[0] = [SimulatedVote(kind: .site, entity: "w001", detector: "rate", score: 2)]
    #expect(throws: CalibrationError.self) { try VoteHistory([site.scoredDay(0)]) }
  }
}
