import Challengers
import Columnar
import Detectors
import Events
import Randomness

/// A day's pairs as the detector's graphs see them.
struct DayViews {
  struct Pair: Hashable {
    let originator: String
    let responder: String
    let service: EdgeService
  }
  private var graph: EdgeGraph
  /// With the state that knows what hosts are used to; nil where there is none.
  var candidates: EdgeCandidates?
  private var known: Set<Pair> = []
  private var originators: Set<String> = []

  init(graph: EdgeGraph, candidates: EdgeCandidates?) {
    self.graph = graph
    self.candidates = candidates
    for edge in graph.edges {
      let target = graph.targets[edge.target]
      let originator = graph.names[edge.originator]
      known.insert(
        Pair(
          originator: originator, responder: graph.names[target.host], service: target.service))
      originators.insert(originator)
    }
    self.graph.weigh(daysBack: 0)
  }

  func isNew(_ pair: Pair) -> Bool { !known.contains(pair) }
  func isKnownOriginator(_ pair: Pair) -> Bool { originators.contains(pair.originator) }

  /// The different pairs of a day.
  func pairs(_ rows: [AnsweredEdge]) -> [Pair] {
    var seen: Set<Pair> = []
    return rows.map {
      Pair(originator: $0.originator, responder: $0.responder, service: $0.service)
    }.filter { seen.insert($0).inserted }
  }

  /// Pairs that were never seen, with the originator of one of these and the target of another.
  func unseen(
    like pairs: [Pair], count: Int, today: Set<Pair>, _ draws: inout SeededGenerator
  ) -> [Pair] {
    var found: [Pair] = []
    for _ in 0..<100 * count where found.count < count {
      let other = pairs[draws.below(pairs.count)]
      let pair = Pair(
        originator: pairs[draws.below(pairs.count)].originator, responder: other.responder,
        service: other.service)
      if pair.originator != pair.responder, isNew(pair), !today.contains(pair) {
        found.append(pair)
      }
    }
    return found
  }

  /// The path score of each: the higher, the likelier.
  mutating func paths(_ pairs: [Pair]) -> [Double] {
    pairs.map {
      let target = graph.id(of: $0.responder, $0.service)
      return graph.scores(from: graph.id(ofHost: $0.originator), to: [target])[0]
    }
  }

  /// The detector's surprise at each in bits, negated; 0 for those of the days before.
  mutating func habits(_ pairs: [Pair]) -> [Double]? {
    guard var candidates else { return nil }
    defer { self.candidates = candidates }
    var graph = candidates.graph
    return pairs.map { pair in
      guard isNew(pair) else { return 0 }
      let target = graph.id(of: pair.responder, pair.service)
      // Only the day's own ends are known there.
      guard target < candidates.graph.targets.count else { return .nan }
      return -candidates.surprises(from: graph.id(ofHost: pair.originator), to: [target])[0].bits
    }
  }
}
