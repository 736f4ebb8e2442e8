import Columnar
import Events
import Incidents
import Testing

@testable import Rendering

/// A day whose every text is what an attacker may have put there.
enum SamplePage {
  /// What an attacker may put into a name that reaches the report.
  static let hostile = [
    "<script>document.title='owned'</script>", "\"><svg onload=alert(1)>", "=cmd|' /C calc'!A0",
    "[click](javascript:alert(1))", "a|b`c`*d*", "\u{202E}gpj.exe",
    "</style><img src=x onerror=alert(1)>",
  ]

  private static func finding(of name: String, window: Range<Instant>) -> DataFinding {
    var finding = DataFinding(
      source: name, eventClass: .flow, kind: .nulls, fault: .bytes, window: window,
      since: window.lowerBound, subject: name, actual: 0.98, usual: 0, limit: 0.3, likeDays: 4,
      like: name)
    (finding.note, finding.text, finding.advice) = (name, name, name)
    return finding
  }

  static func facts() throws -> DayFacts {
    let calendar = CivilCalendar()
    let day = try #require(CivilDate("2026-03-25"))
    let start = calendar.start(of: day)
    let window = start..<start.advanced(byMicroseconds: 3_600_000_000)
    let findings = hostile.map { name in
      Finding(
        kind: .host, entity: "10.0.0.7", window: window, detector: "beacon", rawScore: 5,
        pValue: 0.001, floor: 3, ceiling: .infinity, peer: name,
        measures: [Measure(name: "out_destinations", actual: 412, typical: 9, spread: 3)])
    }
    let verdict = EntityVerdict(
      kind: .host, entity: "10.0.0.7", votes: findings.count, statistic: 300, pValue: 0.001,
      qValue: 0.01, rank: 1, leadingDetector: "beacon", decision: .decide, reason: hostile[0])
    let builder = IncidentBuilder(
      siteName: hostile[1], calendar: calendar, assets: .empty, line: 0.03, historyDays: 28)
    let incidents = builder.incidents(
      day: day, verdicts: [verdict], findings: findings, history: [])
    var detail = IncidentDetail()
    detail.volume = calendar.hours(of: day).enumerated().map { index, hour in
      IncidentDetail.Hour(
        start: hour.lowerBound, actual: Double(index * index) * 1e6, low: 1e6, typical: 3e6,
        high: 5e6
      )
    }
    detail.gaps = [(590, 3), (600, 40), (612, 5)]
    detail.gapsPeer = hostile[2]
    detail.habits = (0..<7).map { weekday in (0..<24).map { $0 * weekday } }
    detail.evidence = hostile.map {
      IncidentDetail.EvidenceRow(time: start, text: $0, logFile: $0, logLine: 7)
    }
    detail.evidenceCount = 1234
    detail.days = [EntityDay(day: day, findings: 7, isAsked: true)]
    var picture = NetworkPicture()
    picture.hours = calendar.hours(of: day).map { ($0.lowerBound, 100, 90) }
    picture.newHosts = hostile
    picture.topTalkers = hostile.map { .init(host: $0, bytes: 1_000_000, conversations: 5) }
    var facts = DayFacts(
      siteName: hostile[1], day: day, calendar: calendar, incidents: incidents,
      details: [incidents[0].id: detail],
      line: DecisionLine(
        pValue: 0.03, replayedDecisions: 51, replayedDays: 28, smallestPValue: 0.0005),
      incidentsPerDay: 10, falseAlarmsPerDay: 2, historyDays: 28, scoredEntities: 60,
      picture: picture,
      sources: hostile.map {
        var source = DayFacts.SourceQuality(source: $0, eventClass: .flow, dayHours: 24)
        source.rejectReasons = [(reason: $0, count: 2)]
        return source
      }, dataFindings: hostile.map { finding(of: $0, window: window) },
      detectors: hostile.map { .init(detector: "scan", source: $0, ran: false, reason: $0) },
      inputHashes: [("scores/day=2026-03-25", "00ff")])
    facts.rewordings[incidents[0].id] = hostile.joined(separator: " ")
    facts.recentDays = [
      DayCounts(day: day.advanced(by: -3), decided: 2, sightings: 1, watched: 4),
      DayCounts(day: day, decided: 1),
    ]
    facts.context.incidents[incidents[0].id] = IncidentContext(
      holder: hostile[0], lines: hostile.map { .init(name: "EDR", text: "14:03: \($0)") })
    facts.context.absent = ["VPN leases", hostile[0]]
    facts.context.remarks = hostile
    facts.playbooks["beacon"] = Playbook(
      markdown: "## How to check\n1. Ask `ss` \(hostile[0])\n2. Then ask\n   again\n"
        + "## Usual benign causes\n- \(hostile[1])\n- updates\n## Containment\nBlock it.\n")
    return facts
  }
}
