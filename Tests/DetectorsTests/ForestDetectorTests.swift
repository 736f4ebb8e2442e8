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
      try FlowFeatures(
        site.flows[number], tables: site.tables[number], calendar: site.calendar,
        networks: TestSite.networks, state: state
      ).writeSample(to: flows)
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
      networks: TestSite.networks, threads: 1)
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

  @Test("a tail's p-values are ranks among the rows and the judged one") func tailRanks() {
    let tail = ScoreReference((0..<50).map { Float($0) })
    #expect(tail.rankPValue(100) == 1.0 / 51)
    #expect(tail.rankPValue(49) == 2.0 / 51)
    #expect(tail.rankPValue(40) == 11.0 / 51)
    #expect(tail.rankPValue(-1) == 51.0 / 51)
  }
}
