import Randomness
import Testing

@testable import Learning

/// A firm of two departments, each of which uses servers of its own, and a printer for all.
enum TwoDepartments {
  static let desks = 0..<24
  static let serviceCount = 3

  /// A day on which each desk reaches two of its department's three servers, and some the printer.
  static func day(_ number: Int) -> [GraphHistory.Activity] {
    var generator = SeededGenerator(seed: 11, stream: number)
    return desks.flatMap { desk in
      let department = desk % 2
      var edges = (0..<2).map { _ in
        GraphHistory.Edge(
          source: desk, target: 30 + department * 3 + generator.below(3), service: department)
      }
      if generator.below(3) == 0 { edges.append(.init(source: desk, target: 40, service: 2)) }
      return edges.map {
        GraphHistory.Activity(
          $0, conversations: Float(1 + generator.below(9)), hour: 8 + generator.below(9))
      }
    }
  }

  static let history = GraphHistory(serviceCount: serviceCount, days: (0..<9).map(day))

  static func trained(seed: UInt64 = 3) throws -> EdgeModel {
    var training = EdgeTraining(seed: seed)
    training.greatestEpochCount = 30
    return try EdgeModel.train(
      on: history, days: history.days.indices.map { "2026-03-0\($0 + 1)" }, training)
  }
}

@Suite struct EdgeModelTests {
  @Test("edges to the own department's servers are likelier than to the other's, new desks' too")
  func learns() throws {
    let model = try TwoDepartments.trained()
    // A desk that came yesterday, and reached one server.
    var history = TwoDepartments.history
    history.days[8].append(
      .init(.init(source: 50, target: 30, service: 0), conversations: 3, hour: 9))
    let graph = GraphSnapshot(history, before: 9, nodeCount: 51)
    func score(_ source: Int, _ target: Int, _ service: Int) -> Float {
      model.scores(
        of: [.init(source: source, target: target, service: service)], in: graph)[0]
    }
    for desk in [0, 2, 50] {
      #expect(score(desk, 31, 0) > score(desk, 34, 1) + 1, "desk \(desk)")
    }
    #expect(score(1, 34, 1) > score(1, 31, 0) + 1)
  }

  @Test("names of nodes change nothing, and a seed makes the same model")
  func relabelling() throws {
    let model = try TwoDepartments.trained()
    #expect(try TwoDepartments.trained() == model)
    let turned = GraphHistory(
      serviceCount: 3,
      days: TwoDepartments.history.days.map { day in
        day.map {
          GraphHistory.Activity(
            .init(
              source: 63 - $0.edge.source, target: 63 - $0.edge.target, service: $0.edge.service),
            conversations: $0.conversations, hour: $0.hour)
        }
      })
    let edge = GraphHistory.Edge(source: 3, target: 35, service: 1)
    let score = model.scores(
      of: [edge], in: GraphSnapshot(TwoDepartments.history, before: 9, nodeCount: 64))[0]
    let turnedScore = model.scores(
      of: [.init(source: 60, target: 28, service: 1)],
      in: GraphSnapshot(turned, before: 9, nodeCount: 64))[0]
    #expect(score == turnedScore)
  }

  @Test("drawn pairs are no edges, and busy ends come as often as among edges")
  func negatives() {
    let history = TwoDepartments.history
    let edges = history.edges(of: 8)
    let graph = GraphSnapshot(history, before: 8, nodeCount: history.nodeCount)
    var generator = SeededGenerator(seed: 1, stream: 1)
    let others = graph.unseenEdges(like: edges, count: 2_000, notIn: Set(edges)) {
      generator.below($0)
    }
    #expect(others.count == 2_000)
    for edge in others {
      #expect(!graph.has(edge) && !edges.contains(edge) && edge.source != edge.target)
    }
    // Of a desk, nearly all services of the own department are known: what is drawn is the other's.
    func share(_ edges: [GraphHistory.Edge], _ target: Int) -> Double {
      let first = edges.filter { (30..<33).contains($0.target) }
      return Double(first.count { $0.target == target }) / Double(first.count)
    }
    for target in 30..<33 { #expect(abs(share(others, target) - share(edges, target)) < 0.12) }
  }

  @Test(
    "pairs that are none are drawn within a kind of edges, as many as it has edges; some are never")
  func kinds() throws {
    // Users 64 to 71 sign in to desks, each to two.
    let signIns = (0..<8).flatMap { user in
      [user, user + 8].map {
        GraphHistory.Activity(
          .init(source: 64 + user, target: $0, service: 3), conversations: 1, hour: 8)
      }
    }
    let known = GraphHistory.Activity(
      .init(source: 64, target: 5, service: 4), conversations: 1, hour: 8)
    let history = GraphHistory(
      serviceKinds: [0, 0, 0, 1, nil],
      days: TwoDepartments.history.days.map { $0 + signIns + [known] })
    let training = EdgeTraining(seed: 1)
    let day = try #require(TrainingDay(history, 8, training))
    var draws = SeededGenerator(seed: 1, stream: 1)
    let sample = day.drawn(training, &draws)
    let others = zip(sample.edges, sample.isThere).filter { !$1 }.map(\.0)
    let all = Set(history.edges(of: 8))
    #expect(others.count == all.count - 1 && all.isDisjoint(with: others))
    #expect(!sample.edges.contains(known.edge) && day.graph.has(known.edge))
    for edge in others {
      #expect((edge.source >= 64) == (edge.service == 3), "\(edge)")
      #expect((edge.target < 24) == (edge.service == 3), "\(edge)")
    }
    #expect(others.count { $0.service == 3 } == 16)
  }

  @Test("where nearly all pairs are edges, drawing ends") func complete() {
    let edges = [1, 2, 3].map { GraphHistory.Edge(source: $0, target: 9, service: 0) }
    let graph = GraphSnapshot([], serviceCount: 1, nodeCount: 10)
    var drawn = 0
    let others = graph.unseenEdges(like: edges, count: 1_000_000, notIn: Set(edges)) {
      drawn += 1
      return drawn % $0
    }
    #expect(others.isEmpty && drawn == 2000)
  }

  @Test("a snapshot reads days before it only")
  func asOf() {
    var history = TwoDepartments.history
    let before = GraphSnapshot(history, before: 5, nodeCount: 64)
    for day in 5..<9 { history.days[day] = TwoDepartments.day(day + 90) }
    let after = GraphSnapshot(history, before: 5, nodeCount: 64)
    #expect(before.features == after.features)
  }

  @Test("too few days are an error that says so")
  func noData() {
    let history = GraphHistory(serviceCount: 3, days: [TwoDepartments.day(1)])
    #expect(throws: LearningError.noTrainingData(expected: "three days", found: 1)) {
      try EdgeModel.train(on: history, days: ["a"], EdgeTraining(seed: 1))
    }
  }
}
