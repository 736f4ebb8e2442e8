import Challengers
import Columnar
import Detectors
import Events
import Foundation
import Learning
import Randomness

/// Edges of days, and pairs that are none, by the path score, by the detector's surprise and by a
/// learned model; and the hosts of those days by their strangest new edge.
struct EdgeComparison {
  private static let seed: UInt64 = 1
  /// Days whose edges say how rare a score is.
  private static let calibrationDays = 5
  /// What the detector counts edges to services that nobody works on a machine by.
  private static let otherWeight = 0.5

  private let store: Store?
  private let edges: EdgeDays
  private let numbers: GraphNumbers
  private let history: GraphHistory
  private let first: Int

  init(_ store: Store, first: Int) throws {
    try self.init(EdgeDays(store), store: store, first: first)
  }

  init(file: String, first: Int) throws {
    try self.init(EdgeDays(file: file), store: nil, first: first)
  }

  private init(_ edges: EdgeDays, store: Store?, first: Int) throws {
    guard (3..<edges.days.count).contains(first) else {
      throw StoreError(description: "expected three days before the first of \(edges.days.count)")
    }
    self.store = store
    self.edges = edges
    self.first = first
    var counts: [EdgeService: Int] = [:]
    for edge in edges.days[..<first].joined() { counts[edge.service, default: 0] += 1 }
    var numbers = GraphNumbers(ServiceNumbers(mostCommonOf: counts))
    history = GraphHistory(
      serviceCount: numbers.services.count, days: edges.days.map { numbers.activities($0) })
    self.numbers = numbers
  }

  func run(modelPath: String?) throws {
    let model = try model(at: modelPath)
    var (scored, taken) = (0, 0.0)
    for day in first - 1..<edges.days.count {
      let graph = GraphSnapshot(history, before: day, nodeCount: numbers.nodeCount)
      var views = DayViews(
        graph: try EdgeGraph(edges.history(before: day)), candidates: nil)
      if let store {
        views.candidates = try EdgeCandidates(
          store.inputs(ofDay: day), otherWeight: EdgeComparison.otherWeight)
      }
      let found = views.pairs(edges.days[day])
      func learned(_ pairs: [DayViews.Pair]) -> [Double] {
        var scores: [Float] = []
        taken += seconds {
          scores = model.scores(
            of: pairs.map { numbers.edge(from: $0.originator, to: $0.responder, $0.service) },
            in: graph)
        }
        scored += pairs.count
        return scores.map(Double.init)
      }
      try compareEdges(of: day, &views, found, learned)
      if let store { try compareHosts(of: day, store, model, &views, found, learned) }
    }
    printNote("scored_per_processor_second", Double(scored) / max(taken, 1e-9))
  }

  private func model(at path: String?) throws -> EdgeModel {
    if let path, FileManager.default.fileExists(atPath: path) { return try EdgeModel(path: path) }
    var past = history
    past.days.removeLast(past.days.count - first)
    let start = processorSeconds
    let model = try EdgeModel.train(
      on: past, days: Array(edges.names[..<first]), EdgeTraining(seed: EdgeComparison.seed))
    printNotes(model.card, model.parameters, took: processorSeconds - start)
    if let path { try model.write(to: path) }
    return model
  }

  /// Rows: what is compared, the day, whether it is an edge, and scores that are the higher, the
  /// likelier. What is no edge has the ends of other edges of the day; in `alike`, of new ones.
  private func compareEdges(
    of day: Int, _ views: inout DayViews, _ found: [DayViews.Pair],
    _ learned: ([DayViews.Pair]) -> [Double]
  ) throws {
    var draws = SeededGenerator(seed: EdgeComparison.seed, stream: day)
    let known = found.filter { views.isKnownOriginator($0) }
    let new = known.filter { views.isNew($0) }
    for (name, wanted, ends) in [("all", known, known), ("new", new, known), ("alike", new, new)]
    where !wanted.isEmpty {
      let others = views.unseen(like: ends, count: wanted.count, today: Set(found), &draws)
      for (pairs, label) in [(wanted, 1), (others, 0)] {
        let scores = (views.paths(pairs), views.habits(pairs), learned(pairs))
        for place in pairs.indices {
          print(
            name, edges.names[day], label, scores.0[place],
            scores.1.map { "\($0[place])" } ?? "", scores.2[place], separator: "\t")
        }
      }
    }
  }

  /// Rows: `hosts`, the day, the host, and scores that are the higher, the stranger.
  private func compareHosts(
    of day: Int, _ store: Store, _ model: EdgeModel, _ views: inout DayViews,
    _ found: [DayViews.Pair], _ learned: ([DayViews.Pair]) -> [Double]
  ) throws {
    var (paths, learnedScores): ([Double], [Double]) = ([], [])
    for past in day - EdgeComparison.calibrationDays..<day {
      var earlier = DayViews(
        graph: try EdgeGraph(edges.history(before: past)), candidates: nil)
      let pairs = earlier.pairs(edges.days[past])
      let graph = GraphSnapshot(history, before: past, nodeCount: numbers.nodeCount)
      paths += earlier.paths(pairs)
      learnedScores += model.scores(
        of: pairs.map { numbers.edge(from: $0.originator, to: $0.responder, $0.service) },
        in: graph
      ).map(Double.init)
    }
    let (byPaths, byModel) = (Rarity(paths), Rarity(learnedScores))
    let inputs = try store.inputs(ofDay: day)
    let new = found.filter { views.isNew($0) && !inputs.isNew($0.originator) }
    let (pathScores, habits, scores) = (views.paths(new), views.habits(new), learned(new))
    var strangest: [String: [Double]] = [:]
    for (place, pair) in new.enumerated() {
      let weight = pair.service.isAdministrative ? 1 : EdgeComparison.otherWeight
      let bits = [
        byPaths.bits(pathScores[place]), -(habits?[place] ?? 0), byModel.bits(scores[place]),
      ].map { $0 * weight }
      strangest[pair.originator] = zip(strangest[pair.originator] ?? [0, 0, 0], bits).map(max)
    }
    for host in inputs.activeHours.keys.sorted() {
      let own = strangest[host]?.map { "\($0)" } ?? ["", "", ""]
      print((["hosts", edges.names[day], host] + own).joined(separator: "\t"))
    }
  }
}

/// −log₂ of the share of edges whose score is no better, ties by half.
private struct Rarity {
  private let scores: [Double]

  init(_ scores: [Double]) { self.scores = scores.sorted() }

  func bits(_ score: Double) -> Double {
    let below = Double(scores.count { $0 < score } + scores.count { $0 <= score }) / 2
    return -log2(min(1, (below + 0.5) / Double(scores.count + 1)))
  }
}
