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
  private let first: Int
  private let modelPath: String?

  /// - Parameters:
  ///   - signIns: a store that has the sign-ins of the same days.
  ///   - modelPath: where the model is read from, or where there is none written to.
  init(_ store: Store, signIns: Store?, first: Int, modelPath: String?) throws {
    try self.init(
      EdgeDays(store, signIns: signIns), store: store, first: first, modelPath: modelPath)
  }

  init(file: String, first: Int) throws {
    try self.init(EdgeDays(file: file), store: nil, first: first, modelPath: nil)
  }

  private init(_ edges: EdgeDays, store: Store?, first: Int, modelPath: String?) throws {
    guard (3..<edges.days.count).contains(first) else {
      throw StoreError(description: "expected three days before the first of \(edges.days.count)")
    }
    self.store = store
    self.edges = edges
    self.first = first
    self.modelPath = modelPath
  }

  func run() throws {
    let learned = try LearnedGraph(edges, signIns: edges.signIns, first: first, path: modelPath)
    learned.printTrainingNotes()
    let hostsOnly =
      edges.haveSignIns
      ? try LearnedGraph(edges, signIns: edges.days.map { _ in [] }, first: first, path: nil) : nil
    var (scored, taken) = (0, 0.0)
    for day in first - 1..<edges.days.count {
      let graph = learned.snapshot(before: day)
      let ofHosts = hostsOnly?.snapshot(before: day)
      var views = DayViews(
        graph: try EdgeGraph(edges.history(before: day)), candidates: nil)
      if let store {
        views.candidates = try EdgeCandidates(
          store.inputs(ofDay: day), otherWeight: EdgeComparison.otherWeight)
      }
      let found = views.pairs(edges.days[day])
      func scores(_ pairs: [DayViews.Pair]) -> [Double] {
        var scores: [Double] = []
        taken += seconds { scores = learned.scores(of: pairs, in: graph) }
        scored += pairs.count
        return scores
      }
      try compareEdges(of: day, &views, found, scores) { pairs in
        ofHosts.flatMap { hostsOnly?.scores(of: pairs, in: $0) }
      }
      if edges.haveSignIns { try compareSignIns(of: day, scores) }
      if let store { try compareHosts(of: day, store, learned, &views, found, scores) }
    }
    printNote("scored_per_processor_second", Double(scored) / max(taken, 1e-9))
  }

  /// Rows: what is compared, the day, whether it is an edge, and scores that are the higher, the
  /// likelier, the last that of a model that is told no sign-ins. What is no edge has the ends of
  /// other edges of the day; in `alike`, of new ones.
  private func compareEdges(
    of day: Int, _ views: inout DayViews, _ found: [DayViews.Pair],
    _ learned: ([DayViews.Pair]) -> [Double], hostsOnly: ([DayViews.Pair]) -> [Double]?
  ) throws {
    var draws = SeededGenerator(seed: EdgeComparison.seed, stream: day)
    let known = found.filter { views.isKnownOriginator($0) }
    let new = known.filter { views.isNew($0) }
    for (name, wanted, ends) in [("all", known, known), ("new", new, known), ("alike", new, new)]
    where !wanted.isEmpty {
      let others = views.unseen(like: ends, count: wanted.count, today: Set(found), &draws)
      for (pairs, label) in [(wanted, 1), (others, 0)] {
        let scores = (views.paths(pairs), views.habits(pairs), learned(pairs), hostsOnly(pairs))
        for place in pairs.indices {
          print(
            name, edges.names[day], label, scores.0[place],
            scores.1.map { "\($0[place])" } ?? "", scores.2[place],
            scores.3.map { "\($0[place])" } ?? "", separator: "\t")
        }
      }
    }
  }

  /// Rows: `sign-ins`, the day, whether it is an edge, and scores that are the higher, the
  /// likelier, of what known users signed in to for the first time, and of pairs of the ends of
  /// such edges.
  private func compareSignIns(of day: Int, _ learned: ([DayViews.Pair]) -> [Double]) throws {
    var draws = SeededGenerator(seed: EdgeComparison.seed, stream: edges.days.count + day)
    var views = DayViews(
      graph: try EdgeGraph(edges.signInHistory(before: day)), candidates: nil)
    let found = views.pairs(edges.signIns[day].map(\.asAnswered))
    let new = found.filter {
      $0.service == SignInEdge.service(of: .destination) && views.isKnownOriginator($0)
        && views.isNew($0)
    }
    guard !new.isEmpty else { return }
    let others = views.unseen(like: new, count: new.count, today: Set(found), &draws)
    for (pairs, label) in [(new, 1), (others, 0)] {
      for (path, score) in zip(views.paths(pairs), learned(pairs)) {
        print("sign-ins", edges.names[day], label, path, "", score, "", separator: "\t")
      }
    }
  }

  /// Rows: `hosts`, the day, the host, and scores that are the higher, the stranger.
  private func compareHosts(
    of day: Int, _ store: Store, _ model: LearnedGraph, _ views: inout DayViews,
    _ found: [DayViews.Pair], _ learned: ([DayViews.Pair]) -> [Double]
  ) throws {
    var (paths, learnedScores): ([Double], [Double]) = ([], [])
    for past in day - EdgeComparison.calibrationDays..<day {
      var earlier = DayViews(
        graph: try EdgeGraph(edges.history(before: past)), candidates: nil)
      let pairs = earlier.pairs(edges.days[past])
      paths += earlier.paths(pairs)
      learnedScores += model.scores(of: pairs, in: model.snapshot(before: past))
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
