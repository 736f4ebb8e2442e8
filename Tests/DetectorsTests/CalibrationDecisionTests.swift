import Events
import TestSupport
import Testing

@testable import Detectors

@Suite("Decisions") struct CalibrationDecisionTests {
  @Test("a host-day worked by hand: p of a vote, the fused statistic, rank 1 at the line")
  func byHand() throws {
    // 60 workstations over 28 days are 1,680 host-days; 3 of them scored above 12.5.
    var site = SimulatedVotes(
      hosts: SimulatedVotes.workstations(60), detectors: [], dayCount: 57, seed: 1)
    for day in 0..<56 {
      for host in 0..<3 {
        let name = site.hosts[(day * 3 + host) % 60].name
        site.days[day].append(
          SimulatedVote(
            entity: name, detector: "rate",
            score: 4 + Double((day * 3 + host) * 37 % 168) / 100))
      }
    }
    for day in [30, 40, 50] { site.days[day][0].score = 13 + Double(day) }
    site.days[56] = [
      SimulatedVote(entity: "w007", detector: "rate", score: 11, window: 9),
      SimulatedVote(entity: "w007", detector: "rate", score: 12.5, window: 14),
      SimulatedVote(entity: "w008", detector: "rate", score: 4.1),
    ]
    let day = try #require(site.decisions(56...56).first)
    let pValue = day.pValue(kind: .host, entity: "w007", detector: "rate", score: 12.5)
    #expect(pValue == 4.0 / 1681)
    #expect(day.pValue(kind: .host, entity: "w007", detector: "rate", score: 11) == nil)

    let statistic = cauchyStatistic(0.0024) + cauchyStatistic(1e-5)
    #expect(abs(cauchyStatistic(0.0024) - 133) < 1)
    #expect(abs(cauchyStatistic(1e-5) - 31_831) < 1)
    #expect(abs(statistic - (133 + 31_831)) < 1)
    let none = StatisticReference([], count: 1680)
    #expect(none.pValue(Strength(statistic: statistic, depth: 0)) == 1.0 / 1681)

    let first = try #require(day.entities.first)
    #expect(first.entity == "w007" && first.rank == 1 && first.decision == .decide)
    #expect(try first.pValue <= #require(day.summary.lineP))
    #expect(day.row(of: "w008")?.decision == .watch)
  }

  @Test("ties share their ranks: three above, two equal, among 1,680")
  func ties() {
    let voters = [1.0, 2, 5, 5, 7, 8, 9]
    #expect(midP(5, among: voters, count: 1680) == 5.0 / 1681)
    #expect(midP(10, among: voters, count: 1680) == 1.0 / 1681)
    #expect(midP(0, among: voters, count: 1680) == 8.0 / 1681)
  }

  @Test("statistics of one power of two are ties, which the depth of the tail orders")
  func strength() {
    func strength(_ statistic: Double, _ depth: Double) -> Strength {
      Strength(statistic: statistic, depth: depth)
    }
    #expect(strength(1000, 1) < strength(600, 2))
    #expect(strength(500, 9) < strength(600, 2))
    #expect(strength(0, 3) < strength(0.01, 0))
  }

  @Test("what one host did to others is asked for with the host, if that is the stranger one")
  func causes() throws {
    var site = quietSite(dayCount: 57)
    let hosts = ["w031", "w032", "w033", "w034", "w035"]
    site.days[56].removeAll { hosts.contains($0.entity) }
    site.days[56] += [
      SimulatedVote(entity: "w031", detector: "detector1", score: 30),
      SimulatedVote(entity: "w031", detector: "detector3", score: 30),
      SimulatedVote(entity: "w031", detector: "detector5", score: 30),
      SimulatedVote(entity: "w032", detector: "detector2", score: 30, cause: "w031"),
      // It has a finding of its own beside it.
      SimulatedVote(entity: "w033", detector: "detector2", score: 30, cause: "w031"),
      SimulatedVote(entity: "w033", detector: "detector4", score: 30),
      // Of the same detector, it has an hour of its own doing.
      SimulatedVote(entity: "w035", detector: "detector2", score: 30, cause: "w031"),
      SimulatedVote(entity: "w035", detector: "detector2", score: 29, window: 9),
      // Whoever did it has no vote.
      SimulatedVote(entity: "w034", detector: "detector5", score: 30, cause: "w059"),
    ]
    site.days[56].removeAll { $0.entity == "w059" }
    let day = try #require(site.decisions(56...56).first)
    let rows = try hosts.map { try #require(day.row(of: $0)) }
    #expect(rows.map(\.decision) == [.decide, .watch, .decide, .decide, .decide])
    #expect(rows[1].reason == Decision.causedByAnother)
    #expect(rows[2].leadingDetector == "detector4")
  }

  @Test("what a host did to several is asked for with the host, however little it shows itself")
  func causeOfSeveral() throws {
    func rows(_ victims: [String]) throws -> [EntityDecision] {
      var site = quietSite(dayCount: 57)
      let hosts = ["w031"] + victims
      site.days[56].removeAll { hosts.contains($0.entity) }
      site.days[56].append(SimulatedVote(entity: "w031", detector: "detector1", score: 3))
      site.days[56] += victims.map {
        SimulatedVote(entity: $0, detector: "detector2", score: 30, cause: "w031")
      }
      let day = try #require(site.decisions(56...56).first)
      return try hosts.map { try #require(day.row(of: $0)) }
    }
    let one = try rows(["w032"])
    #expect(one.map(\.decision) == [.watch, .decide])
    let two = try rows(["w032", "w033"])
    #expect(two.map(\.decision) == [.decide, .watch, .watch])
    #expect(two[1...].allSatisfy { $0.reason == Decision.causedByAnother })
    #expect(two[0].statistic == one[1].statistic && two[0].leadingDetector == "detector1")
  }

  @Test("one loud detector among nine silent ones is decided")
  func oneStrong() throws {
    var site = quietSite(dayCount: 57)
    site.days[56].removeAll { $0.entity == "w033" }
    site.days[56].append(SimulatedVote(entity: "w033", detector: "detector3", score: 30))
    let row = try #require(site.decisions(56...56)[0].row(of: "w033"))
    #expect(row.decision == .decide && row.votes == 1 && row.leadingDetector == "detector3")
  }

  @Test("votes that are not remarkable change nothing") func silence() {
    #expect([0.5, 0.7, 1].allSatisfy { cauchyStatistic($0) == 0 })
  }

  @Test("a vote for a technique leads before three times rarer ones for what is unusual")
  func specificity() throws {
    func vote(_ detector: String, _ number: Int, _ pValue: Double) throws -> CalibratedVote {
      CalibratedVote(
        entity: 0, detector: number, score: 1, pValue: pValue, depth: 0, isCertain: false,
        isAbsorbed: false, cause: -1, peer: -1, isHost: true,
        corroborates: corroboratingDetectors.contains(detector),
        weight: try #require(detectorWeights[detector]))
    }
    func score(_ votes: CalibratedVote...) -> EntityDayScore { .init(votes[...], position: 0) }
    let beacon = try vote("beacon", 0, 0.003)
    let rate = try vote("rate", 1, 0.001)
    #expect(score(rate).strength < score(beacon).strength)
    #expect(score(beacon, rate).leadingDetector == 0)
    let both = 2 * cauchyStatistic(0.003) + 0.5 * cauchyStatistic(0.001)
    #expect(score(beacon, rate).strength.statistic == both)
    // What corroborates counts no more than what it corroborates.
    #expect(
      try score(rate, vote("sequences", 2, 1e-6)).strength.statistic == cauchyStatistic(0.001))
  }

  @Test("no more than the budget is decided on a day of many attacks, the strangest first")
  func budget() throws {
    var site = quietSite(dayCount: 57)
    for host in 0..<6 {
      for detector in 0..<2 {
        site.days[56].append(
          SimulatedVote(
            entity: "w\(pad(host, 3))", detector: "detector\(detector)",
            score: 30 + Double(host)))
      }
    }
    let day = try site.decisions(56...56, .init(incidentsPerDay: 4))[0]
    #expect(day.decided.count == 4)
    #expect(Set(day.decided.map(\.rank)) == [1, 2, 3, 4])
    let beyond = day.entities.filter { $0.decision == .watch && $0.rank <= 6 }
    #expect(beyond.allSatisfy { $0.reason.contains("beyond the day's number") })
  }

  @Test("a certain scan is decided whatever its rank, and on the first day")
  func certain() throws {
    var site = quietSite(dayCount: 57)
    for day in 0..<57 {
      site.days[day].removeAll { $0.entity == "w001" }
      site.days[day].append(
        SimulatedVote(entity: "w001", detector: "scan", score: 3, ceiling: 2.5))
    }
    let days = try site.decisions(0...56)
    #expect(days[0].decided.map(\.entity) == ["w001"])
    #expect(days[0].summary.confidence == .learning)
    let later = days.dropFirst().map { $0.row(of: "w001")?.decision }
    #expect(later.allSatisfy { $0 == .sighting })
  }

  @Test("learning: below 3 days only rules, below 14 all hosts are one class and confidence is low")
  func learning() throws {
    let site = quietSite(
      SimulatedVotes.workstations(40)
        + (0..<20).map { SimulatedHost(name: "s\($0)", entityClass: "server") }, dayCount: 20)
    let days = try site.decisions(0...19)
    let confidence = days.map(\.summary.confidence)
    #expect(confidence[..<3].allSatisfy { $0 == .learning })
    #expect(confidence[3..<14].allSatisfy { $0 == .low })
    #expect(confidence[14...].allSatisfy { $0 == .full })
    #expect(days[..<3].allSatisfy { $0.decided.isEmpty })
    #expect(days[3...].allSatisfy { $0.summary.lineP != nil })
    #expect(days[13].summary.smallestP == 1.0 / (12 * 60 + 1))
    // All 60 hosts of 13 days; then what followed the first week, where 140 servers are too few for
    // a class and share the tail of all; then servers alone. p is half a whole number of their
    // ranks.
    for (day, entityDays) in [(13, 13 * 60), (14, 7 * 60), (19, 12 * 20)] {
      let pValues = site.days[day].filter { $0.entity.hasPrefix("s") }.compactMap {
        days[day].pValue(kind: .host, entity: $0.entity, detector: $0.detector, score: $0.score)
      }
      #expect(!pValues.isEmpty)
      for pValue in pValues {
        let halfRanks = 2 * pValue * Double(entityDays + 1)
        #expect(abs(halfRanks - halfRanks.rounded()) < 1e-9)
      }
    }
  }

  @Test("outside addresses are ranked among themselves and only watched")
  func outside() throws {
    var site = quietSite(dayCount: 57)
    site.hosts.append(SimulatedHost(kind: .internet, name: "internet"))
    for day in 0..<57 {
      site.days[day].append(
        SimulatedVote(
          kind: .internet, entity: "internet", detector: "detector0",
          score: day == 56 ? 1000 : 100 - Double(day)))
    }
    let day = try site.decisions(56...56)[0]
    let row = try #require(day.row(of: "internet"))
    #expect(row.decision == .watch && row.pValue == 1.0 / 29)
    site.days = site.days.map { $0.filter { $0.kind == .host } }
    let without = try site.decisions(56...56)[0]
    #expect(
      without.entities.map(\.pValue) == day.entities.filter { $0.kind == .host }.map(\.pValue))
  }

  @Test("the line's replay says how often it would have asked")
  func replayCount() throws {
    let days = try quietSite(dayCount: 70).decisions(60...69, .init(falseAlarmsPerDay: 2))
    for day in days {
      #expect(day.summary.replayedDays == 28)
      // 2 a day for 28 days, less the standard error of 7.5.
      #expect((43...48).contains(day.summary.askedInReplay))
    }
  }

  @Test(
    "after 14 known days without a vote the line admits the first, however weak",
    arguments: [56, 19, 14])
  func firstVote(last: Int) throws {
    var site = quietSite(dayCount: last + 1, voteShare: 0)
    let nothing = try site.decisions(last...last)[0]
    #expect(nothing.entities.isEmpty && nothing.summary.askedInReplay == 0)
    let host = try #require(site.hosts.first { $0.kind == .host })
    site.days[last].append(
      SimulatedVote(entity: host.name, detector: "detector0", score: 1.5))
    let day = try site.decisions(last...last)[0]
    #expect(day.row(of: host.name)?.decision == .decide)
    #expect(day.summary.lineP != nil && day.summary.askedInReplay == 0)
  }

  @Test("before there is no line yet", arguments: [7, 13])
  func quietWeek(last: Int) throws {
    let day = try quietSite(dayCount: last + 1, voteShare: 0).decisions(last...last)[0]
    #expect(day.summary.lineP == nil)
  }
}

@Suite("Sameness of decisions") struct CalibrationSamenessTests {
  /// Results by entity. Ranks of equal statistics go by name, so they are left out.
  private struct Outcome: Equatable {
    let rows: [[String]]

    init(_ days: [DayDecisions], renamed: (String) -> String = { $0 }) {
      rows = days.flatMap { day in
        let byEntity = day.entities.map { row in
          let isTied = day.entities.count { $0.statistic == row.statistic } > 1
          return [
            renamed(row.entity), "\(day.date)", "\(row.votes)", "\(row.statistic)",
            "\(row.pValue)", "\(row.qValue)", isTied ? "" : "\(row.rank)", row.leadingDetector,
            row.decision.rawValue, row.reason,
          ]
        }
        let line = [String(describing: day.summary.lineP), "\(day.summary.askedInReplay)"]
        return byEntity.sorted { $0[0] < $1[0] } + [line]
      }
    }
  }

  private var site: SimulatedVotes {
    quietSite(
      SimulatedVotes.workstations(30)
        + (0..<3).map { SimulatedHost(name: "s\($0)", entityClass: "server") },
      dayCount: 100)
  }

  @Test("days run one by one give what the range gives, from as many days as they depend on")
  func dayByDay() throws {
    var site = quietSite(
      SimulatedVotes.workstations(30)
        + (0..<3).map { SimulatedHost(name: "s\($0)", entityClass: "server") },
      dayCount: 130)
    // Gaps, at the edges of what the days below look back to.
    site.missingDays = [4, 5, 9, 13, 30, 31, 60, 98]
    let range = try site.decisions(120...129)
    let single = try (120...129).flatMap { day in
      calibrate(
        try site.history(through: day, from: day - LookBack.calibrationDays),
        dates: SimulatedVotes.date(day)...SimulatedVotes.date(day), options: .init())
    }
    #expect(Outcome(range) == Outcome(single))
  }

  @Test("the order of hosts and votes doesn't matter")
  func order() throws {
    var shuffled = site
    var generator = SplitMix(seed: 3)
    shuffled.hosts.shuffle(using: &generator)
    for day in shuffled.days.indices { shuffled.days[day].shuffle(using: &generator) }
    #expect(try Outcome(site.decisions(85...99)) == Outcome(shuffled.decisions(85...99)))
  }

  @Test("other names of hosts change nothing but names")
  func relabelled() throws {
    func other(_ name: String) -> String { String(name.reversed()) + "x" }
    var renamed = site
    for host in renamed.hosts.indices { renamed.hosts[host].name = other(renamed.hosts[host].name) }
    for day in renamed.days.indices {
      for vote in renamed.days[day].indices {
        renamed.days[day][vote].entity = other(renamed.days[day][vote].entity)
      }
    }
    #expect(
      try Outcome(site.decisions(85...99), renamed: other) == Outcome(renamed.decisions(85...99)))
  }
}
