import Challengers
import Columnar
import Events
import Features
import Foundation
import Learning
import Randomness
import Testing

@testable import Detectors

/// Two weeks of the quiet office, with models of them that learned for a few rounds.
private struct ChallengedOffice {
  /// What a model knows before the last day, and the day's inputs.
  let model: EdgeModel
  let services: ServiceNumbers
  let edges: Table
  let inputs: ScoringInputs

  static let site = Result { try ChallengedOffice(QuietOffice.site(days: 15)) }

  init(_ site: TestSite) throws {
    let last = site.tables.count - 1
    let days = try site.tables[..<last].map { tables in
      try AnsweredEdge.read(
        tables.edges, clock: ClockHours(tables.day, calendar: site.calendar))
    }
    var counts: [EdgeService: Int] = [:]
    for edge in days.joined() { counts[edge.service, default: 0] += 1 }
    services = ServiceNumbers(mostCommonOf: counts)
    var numbers = GraphNumbers(services)
    var history = GraphHistory(
      serviceCount: services.count, days: days.map { numbers.activities($0, []) })
    let habits = history.habits(before: last)
    // The last two days are a weekend.
    history.days.removeLast(2)
    var training = EdgeTraining(seed: 7)
    training.greatestEpochCount = 5
    model = try EdgeModel.train(
      on: history, days: history.days.indices.map { "day \($0)" }, training)
    let sink = TableSink()
    try numbers.write(habits, to: sink)
    edges = Table(schema: LearnedEdge.schema, batches: sink.batches)

    let plain = try site.inputs(last)
    let groups = GroupNumbers(Set(plain.state.hosts.values.map(\.group)).sorted())
    let sequences = try site.tables[..<12].map { tables in
      try HostGrams.read(tables.steps).compactMap { host in
        plain.state.hosts[host.name].map {
          StepSequence(entityKind: groups[$0.group], grams: host.grams)
        }
      }
    }
    var steps = SequenceTraining(seed: 7, threads: 1)
    steps.greatestEpochCount = 1
    let sequenceModel = try SequenceModel.train(
      on: sequences[..<11].flatMap(\.self), heldOut: sequences[11],
      shape: SequenceModel.Shape(stepKindCount: StepKind.count, entityKindCount: groups.count),
      days: ("a", "b", "c"), steps)
    inputs = try ScoringInputs(
      day: plain.day, calendar: plain.calendar, tables: plain.tables, state: plain.state,
      learned: LearnedInputs(
        edges: EdgeChallenger(model: model, services: services, edges: edges),
        sequences: SequenceChallenger(model: sequenceModel, groups: groups), threads: 1))
  }

  func votes(_ detector: any Detector, _ tables: Table? = nil, floor: Double) throws -> [RawVote] {
    var numbers = try TestSettings.numbers(detector.name)
    numbers["floor"] = floor
    var votes: [RawVote] = []
    try detector.run(
      tables.map(inputs.replacing) ?? inputs,
      settings: Settings(detector: detector.name, numbers: numbers)
    ) { votes.append($0) }
    return votes
  }

  var ranked: Set<String> {
    Set(inputs.activeHours.keys.filter { inputs.state.hosts[$0] != nil && !inputs.isNew($0) })
  }
}

private struct EdgeRow: Hashable {
  let originator, responder: String?
  let port: UInt16

  static func read(_ table: any BatchSource) throws -> [EdgeRow] {
    var rows: [EdgeRow] = []
    try table.forEachBatch { batch in
      for row in 0..<batch.rowCount {
        rows.append(
          EdgeRow(
            originator: batch[Edge.originator][row], responder: batch[Edge.responder][row],
            port: batch[Edge.port].value(row)))
      }
    }
    return rows
  }
}

@Suite("Learned models that challenge detectors") struct ChallengeTests {
  @Test("movement is made up the same for a seed, of ends that exist, and the day stays as it was")
  func movement() throws {
    let office = try ChallengedOffice.site.get()
    let before = try EdgeRow.read(office.inputs.tables.edges)
    func drawn(_ stream: Int) throws -> MadeUpMovement {
      var draws = SeededGenerator(seed: 5, stream: stream)
      return try MadeUpMovement(office.inputs, among: office.ranked, &draws)
    }
    let (one, same, other) = (try drawn(1), try drawn(1), try drawn(2))
    let rows = try EdgeRow.read(one.edges)
    #expect(try EdgeRow.read(same.edges) == rows && same.hosts == one.hosts)
    #expect(try EdgeRow.read(other.edges) != rows)
    #expect(try EdgeRow.read(office.inputs.tables.edges) == before)
    let new = Set(rows).subtracting(before)
    #expect(new.count == 2 && rows.count == before.count + 2)
    #expect(Set(new.map(\.originator)) == one.hosts)
    let ends = Set(before.flatMap { [$0.originator, $0.responder] })
    for row in new { #expect(ends.isSuperset(of: [row.originator, row.responder])) }
  }

  @Test("chains are put into a host's day between what it did, and add steps to no other host")
  func chains() throws {
    let office = try ChallengedOffice.site.get()
    func drawn() throws -> MadeUpChains {
      var draws = SeededGenerator(seed: 5, stream: 1)
      return try MadeUpChains(office.inputs, among: office.ranked, &draws)
    }
    let (one, same) = (try drawn(), try drawn())
    let (before, after) = (
      try HostGrams.read(office.inputs.tables.steps), try HostGrams.read(one.steps)
    )
    #expect(try HostGrams.read(same.steps) == after)
    #expect(before.map(\.name) == after.map(\.name) && !one.hosts.isEmpty)
    for (own, changed) in zip(before, after) {
      #expect((own != changed) == one.hosts.contains(own.name))
      #expect(changed.grams.filter(own.grams.contains) == own.grams)
    }
  }

  @Test("both contests are compared, and a day's rows are the same again")
  func compared() throws {
    let office = try ChallengedOffice.site.get()
    let rows = try compareChallengers(on: office.inputs, settings: TestSettings.all(), seed: 9)
    #expect(rows.map(\.challenger) == ["learned-edges", "learned-sequences"])
    for row in rows {
      #expect((0...1).contains(row.championPrecision) && (0...1).contains(row.challengerPrecision))
      #expect(row.attacked > 0 && row.hosts == 3 * office.ranked.count)
    }
    #expect(
      try compareChallengers(on: office.inputs, settings: TestSettings.all(), seed: 9) == rows)
    let sink = TableSink()
    try rows.write(to: sink)
    #expect(
      try [DayComparison](Table(schema: Comparison.schema, batches: sink.batches)) == rows)
  }

  @Test("the bits of a new connection are those of the model, with and without each neighbour")
  func explained() throws {
    let office = try ChallengedOffice.site.get()
    var draws = SeededGenerator(seed: 5, stream: 1)
    let movement = try MadeUpMovement(office.inputs, among: office.ranked, &draws)
    let votes = try office.votes(LearnedEdgesDetector(), movement.edges, floor: -.infinity)
    #expect(Set(votes.map(\.entity)).isSuperset(of: movement.hosts))
    let new = Set(try EdgeRow.read(movement.edges))
      .subtracting(try EdgeRow.read(office.inputs.tables.edges))
    var driverCount = 0
    for vote in votes where movement.hosts.contains(vote.entity) {
      let edge = try #require(new.first { $0.originator == vote.entity })
      let responder = try #require(edge.responder)
      let lead = try #require(vote.evidence.first { $0.feature == "learned_edge" })
      let bits = try office.bits(vote.entity, responder, edge.port, without: nil)
      #expect(lead.actual == bits)
      for one in vote.evidence where one.feature.hasPrefix("learned_reach") {
        let (direction, host): (GraphSnapshot.Direction, Substring) =
          one.feature.hasPrefix("learned_reaches_")
          ? (.reached, one.feature.dropFirst(16)) : (.reaching, one.feature.dropFirst(19))
        let without = try office.bits(
          vote.entity, responder, edge.port, without: (direction, String(host)))
        #expect(one.actual == without && one.contribution == bits - without && without < bits)
        driverCount += 1
      }
      #expect(vote.evidence.first?.feature == "learned_edge")
      let others = vote.evidence.dropFirst().map(\.contribution)
      #expect(others == others.sorted(by: >))
      #expect(vote.evidence.count <= 3)
    }
    #expect(driverCount > 0)
  }

  @Test("of hosts that never came nothing is known, be it one end or both") func unknown() throws {
    let office = try ChallengedOffice.site.get()
    let challenger = try #require(office.inputs.learned?.edges)
    let known = try #require(EdgeRow.read(office.inputs.tables.edges).first?.responder)
    for (from, to) in [("new", known), (known, "new"), ("new", "newer")] {
      let pair = EdgeChallenger.Pair(
        originator: from, responder: to, service: EdgeService(port: 22, ianaNumber: 6))
      let bits = try office.bits(from, to, 22, without: nil)
      // The formula is written otherwise there, and rounds otherwise.
      #expect(abs(challenger.surprises([pair])[0] - bits) < 1e-12 * bits)
      #expect(challenger.drivers(of: pair).isEmpty == (to != known))
    }
  }

  @Test("a chain's score is that of the three steps that it names")
  func steps() throws {
    let office = try ChallengedOffice.site.get()
    let votes = try office.votes(LearnedSequencesDetector(), floor: -.infinity)
    let days = Dictionary(
      uniqueKeysWithValues: try HostGrams.read(office.inputs.tables.steps).map {
        ($0.name, $0.grams)
      })
    #expect(!votes.isEmpty)
    for vote in votes {
      let grams = try #require(days[vote.entity])
      let bits = vote.evidence.map(\.contribution)
      #expect(abs(bits.reduce(0, +) / 3 - log2(Double(grams.count)) - vote.score) < 1e-9)
      for one in vote.evidence {
        let codes = one.feature.dropFirst(13).split(separator: "_").compactMap { UInt8($0) }
        #expect(codes.count == 3 && one.actual == one.contribution)
        #expect(grams.contains { $0.kinds.map(\.code) == codes })
      }
    }
  }

  @Test("without models challengers say so, and nothing is compared") func none() throws {
    let site = try QuietOffice.site(days: 15)
    let inputs = try site.inputs(14)
    let coverage = try rawVotes(
      inputs, settings: TestSettings.all(), detectors: contests.map(\.challenger), to: TableSink())
    #expect(coverage.map(\.reason) == ["no model of edges yet", "no model of sequences yet"])
    #expect(try compareChallengers(on: inputs, settings: TestSettings.all(), seed: 1).isEmpty)
  }
}

extension ChallengedOffice {
  /// The surprise at a new edge, worked out from the stored rows.
  fileprivate func bits(
    _ from: String, _ to: String, _ port: UInt16,
    without: (direction: GraphSnapshot.Direction, host: String)?
  ) throws -> Double {
    var names: [String] = []
    func number(_ name: String) -> Int {
      if let place = names.firstIndex(of: name) { return place }
      names.append(name)
      return names.count - 1
    }
    var habits: [GraphHabit] = []
    for batch in edges.batches {
      for row in 0..<batch.rowCount {
        habits.append(
          GraphHabit(
            .init(
              source: number(batch[LearnedEdge.originator][row] ?? ""),
              target: number(batch[LearnedEdge.responder][row] ?? ""),
              service: Int(batch[LearnedEdge.service].value(row))),
            weight: batch[LearnedEdge.weight].value(row),
            conversations: batch[LearnedEdge.conversations].value(row),
            hours: LearnedEdge.hours.map { batch[$0].value(row) }))
      }
    }
    let edge = GraphHistory.Edge(
      source: number(from), target: number(to),
      service: services[EdgeService(port: port, ianaNumber: 6)])
    var graph = GraphSnapshot(habits, serviceCount: services.count, nodeCount: names.count)
    if let without {
      graph = graph.leavingOut(
        number(without.host), without.direction,
        of: without.direction == .reached ? edge.source : edge.target)
    }
    return log2(1 + exp(-Double(model.scores(of: [edge], in: graph)[0])))
  }
}
