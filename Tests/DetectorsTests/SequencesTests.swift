import Columnar
import Events
import Features
import Testing

@testable import Detectors

@Suite struct SequencesTests {
  private func votes(
    _ extra: [TestFlow], events: [EventClass: [TestEvent]] = [:], onAllDays: [TestFlow] = []
  ) throws -> [ReadVote] {
    var site = try QuietOffice.site(days: 15)
    if !onAllDays.isEmpty {
      site = TestSite()
      for number in 0..<15 { try site.add(QuietOffice.day(number) + onAllDays) }
    }
    try site.add(QuietOffice.day(15) + extra, events: events)
    return try site.votes().votes.filter { $0.detector == "sequences" }
  }

  /// A workstation tries others' shells in vain after it was turned to from outside.
  private func attack(on host: String) -> [TestFlow] {
    (0..<4).flatMap { step in
      [
        TestFlow(
          second: 50_000 + Double(step) * 60, from: "198.18.0.7", to: host, port: 3389),
        TestFlow(
          second: 50_020 + Double(step) * 60, from: host, to: QuietOffice.workstation(step),
          port: 22, isFailed: true),
        TestFlow(
          second: 50_040 + Double(step) * 60, from: host, to: QuietOffice.server, port: 5985),
      ]
    }
  }

  @Test("nobody votes on a quiet day") func quiet() throws {
    #expect(try votes([]).isEmpty)
  }

  @Test("steps that no workstation ever took are named, with the days of peers that were looked at")
  func planted() throws {
    let host = QuietOffice.workstation(5)
    let found = try votes(attack(on: host))
    let vote = try #require(found.first { $0.entity == host })
    #expect(vote.score >= vote.floor)
    #expect(vote.features.count == 3)
    #expect(vote.features.prefix(2).allSatisfy { $0.hasPrefix("step_") })
    #expect(vote.features.last == "peer_days")
    #expect(vote.actuals.prefix(2).allSatisfy { $0 == 0 })
    // Twelve workstations on eleven workdays before, and eleven others on the day.
    #expect(vote.actuals.last == 143)
    #expect(found.count == 1)
  }

  @Test("what most hosts do at once is no attack on one of them") func shared() throws {
    let everybody = (0..<12).flatMap { attack(on: QuietOffice.workstation($0)) }
    #expect(try votes(everybody).isEmpty)
  }

  @Test("what a host of the kind does every day is no attack") func usual() throws {
    let host = QuietOffice.workstation(5)
    #expect(try votes(attack(on: host), onAllDays: attack(on: host)).isEmpty)
  }

  @Test("logs that have just begun are not judged") func newLogs() throws {
    let host = QuietOffice.workstation(5)
    let signIns = (0..<20).map {
      TestEvent(
        second: 40_000 + Double($0) * 60,
        [
          "source_ip": .address("198.18.0.7"), "destination_ip": .address(host),
          "user_name": .text("ann"), "event_action": .text($0 % 2 == 0 ? "failure" : "success"),
        ])
    }
    #expect(try votes([], events: [.auth: signIns]).isEmpty)
  }
}

@Suite struct StepsOfAllClassesTests {
  @Test("orders of steps and alerts of others corroborate, and nothing else does")
  func corroborating() {
    #expect(corroboratingDetectors == ["ids", "sequences", "learned-sequences"])
  }

  @Test("steps of all classes are in the order of time") func merged() throws {
    let start = CivilCalendar().start(of: TestSite.start)
    let host = "10.0.0.2"
    func event(_ second: Double, _ values: [String: TestEvent.Value]) -> TestEvent {
      TestEvent(second: second, values)
    }
    let ends: [String: TestEvent.Value] = [
      "source_ip": .address("198.18.0.7"), "destination_ip": .address(host),
    ]
    let own: [String: TestEvent.Value] = [
      "source_ip": .address(host), "destination_ip": .address("198.18.0.9"),
    ]
    let events: [EventClass: [TestEvent]] = [
      .auth: [event(10, ends.merging(["event_action": .text("failure")]) { $1 })],
      .vpn: [event(20, ends.merging(["event_action": .text("start")]) { $1 })],
      .alert: [event(30, ends), event(70, own)],
      .dns: [
        event(40, own.merging(["dns_response_code": .text("NXDOMAIN")]) { $1 }),
        event(45, own.merging(["dns_response_code": .text("NOERROR")]) { $1 }),
      ],
      .http: [
        event(50, own.merging(["http_status": .number(404)]) { $1 }),
        event(60, own.merging(["http_status": .number(200)]) { $1 }),
        // A server's own log names no server but the log's source.
        event(
          85,
          [
            "source_ip": .address(host), "http_status": .number(200), "url_full": .text("/"),
            "source": .text("web"),
          ]),
      ],
    ]
    let sink = TableSink()
    try DaySummary.write(
      day: TestSite.start, calendar: CivilCalendar(), networks: TestSite.networks,
      events: Dictionary(
        uniqueKeysWithValues: events.map { ($0, TestEvent.table($0, of: $1, from: start)) })
    ) { $0.name == Step.schema.name ? sink : TableSink() }
    var steps: [(time: Instant, last: StepKind)] = []
    for batch in sink.batches {
      for row in 0..<batch.rowCount where batch[Step.host][row] == host {
        steps.append(
          (
            batch[Step.firstTime].value(row),
            StepGram(code: batch[Step.gram].value(row)).last
          ))
      }
    }
    steps.sort { $0.time < $1.time }
    let page = try #require(StepKind.conversation(.toOutside, .web, isFailed: false))
    let ownPage = try #require(StepKind.conversation(.toInside, .web, isFailed: false))
    #expect(
      steps.map(\.last) == [
        .login(.fromOutside, isFailed: true), .login(.fromOutside, isFailed: false),
        .alertAsTarget, .nameMissing, .requestRefused, page, .alertAsSource, ownPage,
      ])
  }
}
