import Columnar
import Events
import Incidents
import Testing

@testable import Registry

private let calendar = CivilCalendar()

private func finding(
  _ detector: String, peer: String? = nil, entity: String = "10.0.0.7", p: Double = 0.001,
  score: Double = 5
) -> Finding {
  let start = Instant(microseconds: 1_774_828_800_000_000)  // 2026-03-30
  return Finding(
    kind: .host, entity: entity, window: start..<start.advanced(byMicroseconds: 3_600_000_000),
    detector: detector, rawScore: score, pValue: p, floor: 3, ceiling: 100, peer: peer, measures: []
  )
}

private func incident(
  _ findings: [Finding], _ decision: Decision = .decide, day: String = "2026-03-30",
  reason: String = ""
) throws -> Incident {
  let builder = IncidentBuilder(
    siteName: "Example", calendar: calendar, assets: .empty, line: 0.03, historyDays: 28)
  let verdict = EntityVerdict(
    kind: .host, entity: findings[0].entity, votes: findings.count, statistic: 300,
    pValue: findings[0].pValue, qValue: 0.01, rank: 1, leadingDetector: findings[0].detector,
    decision: decision, reason: reason)
  return builder.incidents(
    day: try #require(CivilDate(day)), verdicts: [verdict], findings: findings, history: [])[0]
}

private func rule(
  _ effect: RegistryState.Effect, host: String? = nil, detector: String? = nil, peer: String? = nil
) throws -> RegistryState.StandingRule {
  let day = try #require(CivilDate("2026-03-30"))
  return RegistryState.StandingRule(
    Rule(
      id: "R1", scope: Rule.Scope(entity: host, detector: detector, peer: peer), firstDay: day,
      lastDay: day, reason: ""), effect, by: "anna")
}

private func decision(
  _ incident: Incident, _ rules: [RegistryState.StandingRule]
) -> Decision {
  RuleJudge(rules).judged([incident])[0].decision
}

@Test("a rule suppresses what is in its scope, and only where all that tells something is")
func suppressing() throws {
  let beacon = finding("beacon", peer: "203.0.113.7:443/tcp")
  let rule = try rule(.suppress, host: "10.0.0.7", detector: "beacon", peer: "203.0.113.7")
  #expect(decision(try incident([beacon]), [rule]) == .suppressed)
  #expect(decision(try incident([beacon, finding("scan")]), [rule]) == .decide)
  #expect(decision(try incident([beacon, finding("rate", p: 0.4)]), [rule]) == .suppressed)
  #expect(
    decision(try incident([finding("beacon", peer: "203.0.113.8:443/tcp")]), [rule]) == .decide)
  #expect(
    decision(
      try incident([finding("beacon", peer: "203.0.113.7:443/tcp", entity: "10.0.0.8")]), [rule])
      == .decide)
  #expect(decision(try incident([beacon], .sighting), [rule]) == .suppressed)
  #expect(decision(try incident([beacon], .watch), [rule]) == .watch)
}

@Test("a rule mutes neither a host nor a detector, nor what is certain by itself unless it says so")
func narrowness() throws {
  let certain = finding("beacon", peer: "203.0.113.7:443/tcp", score: 100)
  func decided(
    _ finding: Finding, host: String? = nil, detector: String? = nil, peer: String? = nil
  )
    throws -> Decision
  {
    decision(
      try incident([finding]), [try rule(.suppress, host: host, detector: detector, peer: peer)])
  }
  #expect(try decided(certain, host: "10.0.0.7") == .decide)
  #expect(try decided(certain, detector: "beacon") == .decide)
  #expect(try decided(certain, peer: "203.0.113.7") == .decide)
  #expect(try decided(certain, detector: "beacon", peer: "203.0.113.7") == .suppressed)
  #expect(try decided(certain, host: "10.0.0.7", detector: "beacon") == .suppressed)
}

@Test("a rule on one other end covers no finding of which that end is but an example")
func examples() throws {
  let peer = "203.0.113.7:443/tcp"
  for (detector, expected) in [
    ("destinations", Decision.decide), ("long-connections", .suppressed),
  ] {
    let incident = try incident([finding(detector, peer: peer)])
    let rules = [
      try rule(.suppress, host: "10.0.0.7", detector: detector, peer: "203.0.113.7"),
      try rule(.suppress, host: "10.0.0.7", detector: detector),
    ]
    #expect(decision(incident, [rules[0]]) == expected)
    #expect(decision(incident, [rules[1]]) == .suppressed)
  }
}

@Test("what went on behind a rule is asked about on the day after the rule's last")
func endedRule() throws {
  let beacon = finding("beacon", peer: "203.0.113.7:443/tcp")
  let rule = try rule(.suppress, host: "10.0.0.7", detector: "beacon")
  func decided(_ incident: Incident, _ rules: [RegistryState.StandingRule]) -> Decision {
    RuleJudge(rules, ended: [rule]).judged([incident])[0].decision
  }
  #expect(try decided(incident([beacon], .sighting), []) == .decide)
  #expect(try decided(incident([finding("scan")], .sighting), []) == .sighting)
  #expect(try decided(incident([beacon], .watch), []) == .watch)
  #expect(try decided(incident([beacon], .sighting), [rule]) == .suppressed)
}

@Test("what a rule closes day after day is asked about again on the days that are drawn")
func samplingOfSightings() throws {
  let close = try rule(.close, peer: "203.0.113.7")
  let beacon = finding("beacon", peer: "203.0.113.7:443/tcp")
  let first = try #require(CivilDate("2026-01-01"))
  let decisions = try (0..<200).map { day in
    decision(
      try incident([beacon], .sighting, day: first.advanced(by: day).description), [close])
  }
  // 10 ± 3 standard deviations of a binomial count.
  #expect((1...19).contains(decisions.count { $0 == .decide }))
  #expect(decisions.allSatisfy { $0 == .decide || $0 == .closed })
}

@Test("one in twenty incidents that a rule closes is asked about all the same")
func sampling() throws {
  let close = try rule(.close, peer: "203.0.113.7")
  var asked = 0
  for number in 0..<2000 {
    let incident = try incident([
      finding("beacon", peer: "203.0.113.7:443/tcp", entity: "10.0.\(number / 250).\(number % 250)")
    ])
    let judged = RuleJudge([close]).judged([incident])[0]
    #expect(judged.rule == "R1")
    asked += judged.decision == .decide ? 1 : 0
  }
  // 100 ± 3 standard deviations of a binomial count.
  #expect((71...129).contains(asked))
}

@Test("what a trial of a rule hides is what the rule then hides, and confirmed ones are named")
func trial() throws {
  let beacon = finding("beacon", peer: "203.0.113.7:443/tcp")
  let days = try [
    [incident([beacon]), incident([finding("scan", entity: "10.0.0.9")])],
    [incident([beacon, finding("scan")])], [incident([beacon], .sighting)],
  ]
  let rule = try rule(.suppress, host: "10.0.0.7", detector: "beacon")
  let trial = Trial(of: rule, days: days, rules: [[], [], []])
  let then = days.flatMap { RuleJudge([rule]).judged($0) }
    .filter { $0.decision == .suppressed }
  #expect(trial.hidden.map(\.id) == then.map(\.id))
  #expect(trial.hidden.count == 2)
  #expect(trial.askedCount == 3)
  let label = RegistryEvent(
    at: Instant(microseconds: 0), actor: "anna",
    act: .label(
      subject: .init(
        incident: days[0][0].id, entityKind: .host, entity: "10.0.0.7", firstDay: days[0][0].day,
        lastDay: days[0][0].day), verdict: .truePositive, reason: "malware"))
  #expect(trial.confirmed(RegistryState([label])).count == 2)
}

@Test("a stricter line asks less, a looser one more, and certain findings stay")
func trialOfLine() throws {
  let watched = Decision.aboveLine
  let days = try [
    [
      incident([finding("indicators", p: 0.5, score: 100)]),
      incident([finding("beacon", entity: "10.0.0.8", p: 0.02)]),
      incident([finding("rate", entity: "10.0.0.9", p: 0.001)]),
      incident([finding("scan", entity: "10.0.0.10", p: 0.04)], .watch, reason: watched),
      incident(
        [finding("tls", entity: "10.0.0.11", p: 0.001)], .watch, reason: "caused by another"),
    ],
    [
      incident([finding("beacon", entity: "10.0.0.8", p: 0.005)], .sighting, day: "2026-03-31"),
      incident(
        [finding("scan", entity: "10.0.0.10", p: 0.04)], .watch, day: "2026-03-31", reason: watched),
    ],
  ]
  func trial(_ line: Double, incidentsPerDay: Int = 10) -> Trial {
    Trial(ofLine: line, incidentsPerDay: incidentsPerDay, days: days, rules: [[], []])
  }
  func names(_ incidents: [Incident]) -> [String] {
    incidents.map { "\($0.day) \($0.verdict.leadingDetector) \($0.decision.rawValue)" }
  }
  // What was seen again is new where its first day would not have been asked about.
  #expect(names(trial(0.01).hidden) == ["2026-03-30 beacon watch"])
  #expect(names(trial(0.01).added).isEmpty)
  #expect(names(trial(0.03).hidden).isEmpty && names(trial(0.03).added).isEmpty)
  // A repeat is no decision, and what another host caused none either.
  #expect(names(trial(0.05).hidden).isEmpty)
  #expect(
    names(trial(0.05).added) == ["2026-03-30 scan decide", "2026-03-31 scan sighting"])
  #expect(names(trial(0.05, incidentsPerDay: 3).added) == ["2026-03-31 scan decide"])
}

@Test("a critical asset is isolated only with a person's word")
func isolation() throws {
  let assets = try AssetsFile(
    path: "assets.csv", bytes: Array("ip,criticality\n10.0.0.7,critical\n10.0.0.8,high\n".utf8))
  func incident(_ host: String) throws -> Incident {
    let findings = ["beacon", "scan", "edges"].map { finding($0, entity: host) }
    let verdict = EntityVerdict(
      kind: .host, entity: host, votes: 3, statistic: 300, pValue: 0.0001, qValue: 0.01, rank: 1,
      leadingDetector: "beacon", decision: .decide, reason: "")
    return IncidentBuilder(
      siteName: "Example", calendar: calendar, assets: assets, line: 0.03, historyDays: 28
    ).incidents(
      day: try #require(CivilDate("2026-03-30")), verdicts: [verdict], findings: findings,
      history: [])[0]
  }
  let critical = try incident("10.0.0.7")
  #expect(critical.recommendation == .monitor)
  #expect(critical.awaitsApproval)
  #expect(critical.isolationApproved(by: "anna").recommendation == .isolate)
  let other = try incident("10.0.0.8")
  #expect(other.recommendation == .isolate)
  #expect(!other.awaitsApproval)
}
