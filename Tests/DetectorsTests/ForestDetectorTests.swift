import Columnar
import Events
import Features
import Forest
import Testing

@testable import Detectors

@Suite struct ForestDetectorTests {
  private func models(_ site: TestSite, day: Int) throws -> ForestModels {
    func features(_ number: Int) throws -> (hosts: Table, flows: Table) {
      let state = try site.state(asOf: number)
      let (hosts, flows) = (TableSink(), TableSink())
      try HostHourFeatures.write(
        site.tables[number], calendar: site.calendar, state: state, to: hosts)
      let day = try FlowFeatures.Day(
        site.flows[number], tables: site.tables[number], calendar: site.calendar,
        networks: TestSite.networks, state: state)
      try FlowFeatures(day).writeSample(to: flows)
      return (
        Table(schema: HostHourFeature.schema, batches: hosts.batches),
        Table(schema: FlowFeature.schema, batches: flows.batches)
      )
    }
    let past = try (day - 5..<day).map { try features($0) }
    let hostHours = try ForestSample.hostHours(past.map(\.hosts))
    func train(_ sample: ForestSample) throws -> TrimmedForest {
      try TrimmedForest.train(
        FeatureMatrix(names: sample.names, columns: sample.columns), groups: sample.groups,
        options: ForestOptions(treeCount: 50, sampleCount: 128, seed: 3), threads: 1
      ).model
    }
    return ForestModels(
      hostHours: try train(hostHours),
      flows: try train(ForestSample.flows(past.map(\.flows))),
      local: try LocalModel.train(
        FeatureMatrix(names: hostHours.names, columns: hostHours.columns),
        groups: hostHours.groups, options: NeighbourOptions(sampleCount: 256, seed: 3), threads: 1),
      features: try features(day).hosts, conversations: site.flows[day],
      networks: TestSite.networks)
  }

  private func burst(from host: String) -> [TestFlow] {
    var burst: [TestFlow] = []
    for number in 0..<400 {
      burst.append(
        TestFlow(
          second: 10_000 + Double(number) * 5, from: host, to: "203.\(number % 200).113.9",
          port: UInt16(1000 + number), sent: 90_000, received: 10, isFailed: number % 2 == 0))
    }
    return burst
  }

  @Test("an hour unlike all others leads the day, and says by which features")
  func strangeHour() throws {
    var site = try QuietOffice.site(days: 15)
    let host = QuietOffice.workstation(7)
    try site.add(QuietOffice.day(15) + burst(from: host))
    let votes = try site.votes(models: models(site, day: 15)).votes.filter {
      $0.detector == "forest"
    }
    let vote = try #require(votes.max { $0.score < $1.score })
    #expect(vote.entity == host)
    #expect(!vote.features.isEmpty)
  }

  @Test("conversations are counted alike by any number of threads") func threads() throws {
    let past = try QuietOffice.site(days: 15)
    var site = past
    try site.add(QuietOffice.day(15) + burst(from: QuietOffice.workstation(7)))
    let (one, state) = try (models(site, day: 15), site.state(asOf: 15))
    let flows = try #require(site.flows.last)
    // Each thread meets the hosts in another order.
    let batches = try [7, 2, 9, 4, 1].map { number in
      var other = past
      try other.add(burst(from: QuietOffice.workstation(number)))
      return try #require(other.flows.last).batches[0]
    }
    let many = ForestModels(
      hostHours: one.hostHours, flows: one.flows, local: one.local, features: one.features,
      conversations: Table(schema: flows.schema, batches: batches + flows.batches),
      networks: TestSite.networks)
    let hosts = (0..<12).map(QuietOffice.workstation) + [QuietOffice.server, QuietOffice.camera(1)]
    let counts = try [1, 2, 5].map { threads in
      let strange = try StrangeFlows(
        many, tables: site.tables[15], calendar: site.calendar, state: state, threads: threads)
      return hosts.map { host in
        (0..<24).map { strange.surprise(host, window: $0, shape: 1).expected }
      }
    }
    #expect(Set(counts[0]).count > 3)
    #expect(counts[1] == counts[0])
    #expect(counts[2] == counts[0])
  }

  @Test("a tail's p-values are ranks among the rows and the judged one") func tailRanks() {
    let tail = ScoreReference((0..<50).map { Float($0) })
    #expect(tail.rankPValue(100) == 1.0 / 51)
    #expect(tail.rankPValue(49) == 2.0 / 51)
    #expect(tail.rankPValue(40) == 11.0 / 51)
    #expect(tail.rankPValue(-1) == 51.0 / 51)
  }
}
