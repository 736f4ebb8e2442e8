import Challengers
import Columnar
import Events
import Features
import Glibc

/// An edge that was not there in the 28 days before its day.
struct StrangeEdge {
  let originator: Int
  let target: Int
  /// Of the responder; 0 for one of an earlier day that is not kept by itself.
  let port: UInt16
  /// When it was first tried.
  let time: Instant
  /// The share of days on which its originator and peers reach such a target.
  var share = 1.0
  /// In bits.
  var surprise = 0.0
}

/// The new edges of a day and of the day before, and how strange each is.
///
/// The surprise of an edge is −log₂ of the share of all edges of the last few days that walks
/// explain as badly or worse, plus −log₂ of the share of days on which its originator and its peers
/// reach such a service on such hosts; it is less where it is not administrative, leads to a host
/// that is new itself, or has company.
package struct EdgeCandidates {
  package private(set) var graph: EdgeGraph
  private(set) var habits: EdgeHabits
  /// By originator and, within it, time.
  private(set) var today: [StrangeEdge] = []
  private(set) var yesterday: [StrangeEdge] = []

  /// Earlier days whose edges calibrate scores, each with the state before it.
  private static let heldOutDays = 5
  /// New edges that are scored of such a day, evenly drawn of more.
  private static let heldOutLimit = 4096
  /// New edges that are judged of an originator and day, the first of more.
  private static let originatorLimit = 256

  /// Scores of new edges of earlier days, ascending, and how many edges there are up to each.
  private var heldOut: [(score: Double, count: Double)] = []
  /// All edges of these days.
  private var heldOutEdges = 0.0
  private let otherWeight: Double
  /// The surprise of a learned model at each new edge, where that is asked for.
  private var learned: [Ends: Double]?

  private struct Ends: Hashable {
    let originator: Int
    let target: Int
  }

  /// - Parameter otherWeight: what edges to services count that nobody works on a machine by.
  package init(_ inputs: ScoringInputs, otherWeight: Double) throws {
    self.otherWeight = otherWeight
    graph = try EdgeGraph(inputs.state.edgeHistory)
    let found = try EdgeCandidates.newEdges(inputs.tables.edges, in: &graph)
    habits = EdgeHabits(graph, inputs.state)
    let known = inputs.state.days.low
    for daysBack in 1...EdgeCandidates.heldOutDays
    where known >> UInt64(daysBack - 1) & 1 == 1 && (known >> UInt64(daysBack)).nonzeroBitCount >= 3
    {
      calibrate(daysBack: daysBack)
    }
    heldOut.sort { $0.score < $1.score }
    for index in heldOut.indices.dropFirst() { heldOut[index].count += heldOut[index - 1].count }
    yesterday = judged(newEdgesOfYesterday, daysBack: 1, inputs)
    today = judged(found, daysBack: 0, inputs)
  }

  /// The same with the surprise of a learned model in place of that of walks and habits. It knows
  /// the graph as of the day, so that of an edge of the day before only the edge itself is new.
  init(_ inputs: ScoringInputs, otherWeight: Double, learned challenger: EdgeChallenger) throws {
    self.otherWeight = otherWeight
    graph = try EdgeGraph(inputs.state.edgeHistory)
    let found = try EdgeCandidates.newEdges(inputs.tables.edges, in: &graph)
    habits = EdgeHabits(graph, inputs.state)
    let before = newEdgesOfYesterday
    let all = before + found
    let bits = challenger.surprises(all.map { pair(of: $0) })
    learned = Dictionary(
      zip(all, bits).map { (Ends(originator: $0.originator, target: $0.target), $1) },
      uniquingKeysWith: { first, _ in first })
    yesterday = judged(before, daysBack: 1, inputs)
    today = judged(found, daysBack: 0, inputs)
  }

  func pair(of edge: StrangeEdge) -> EdgeChallenger.Pair {
    let target = graph.targets[edge.target]
    return EdgeChallenger.Pair(
      originator: graph.names[edge.originator], responder: graph.names[target.host],
      service: target.service)
  }

  /// The answered edges of `edges.arrow` that are not in the history, by originator.
  private static func newEdges(
    _ table: any BatchSource, in graph: inout EdgeGraph
  ) throws -> [StrangeEdge] {
    let all = try graph.answeredEdges(of: table)
    var edges: [StrangeEdge] = []
    var start = 0
    while start < all.count {
      let originator = all[start].originator
      let end = all[start...].firstIndex { $0.originator != originator } ?? all.count
      let known = Set(graph.edges(of: originator).map(\.target))
      var found: [Int: StrangeEdge] = [:]
      for edge in all[start..<end] where !known.contains(edge.target) {
        if let before = found[edge.target], before.time <= edge.time { continue }
        found[edge.target] = StrangeEdge(
          originator: originator, target: edge.target, port: edge.port, time: edge.time)
      }
      edges += found.values.sorted { ($0.time, $0.target) < ($1.time, $1.target) }
      start = end
    }
    return edges
  }

  /// The places of the edges of history that were new on a day.
  private func newEdges(daysBack: Int) -> [Int] {
    let bit = UInt32(1) << UInt32(daysBack - 1)
    return graph.edges.indices.filter {
      let days = graph.edges[$0].days
      return days & bit != 0 && days >> UInt32(daysBack) == 0
    }
  }

  private var newEdgesOfYesterday: [StrangeEdge] {
    newEdges(daysBack: 1).compactMap { index in
      let edge = graph.edges[index]
      return graph.timesOfYesterday[index].map { time in
        StrangeEdge(
          originator: edge.originator, target: edge.target,
          port: graph.targets[edge.target].service.port, time: time)
      }
    }
  }

  /// Scores the new edges of an earlier day with the state before it.
  private mutating func calibrate(daysBack: Int) {
    let new = newEdges(daysBack: daysBack)
    let step = max(1, (new.count + EdgeCandidates.heldOutLimit - 1) / EdgeCandidates.heldOutLimit)
    graph.weigh(daysBack: daysBack)
    for place in stride(from: 0, to: new.count, by: step) {
      let edge = graph.edges[new[place]]
      for score in graph.scores(from: edge.originator, to: [edge.target]) {
        heldOut.append((score, Double(step)))
      }
    }
    let bit = UInt32(1) << UInt32(daysBack - 1)
    heldOutEdges += Double(graph.edges.count { $0.days & bit != 0 })
  }

  /// −log₂ of the share of past edges whose score is no better, ties by half.
  private func surprise(ofScore score: Double) -> Double {
    func count(_ isCounted: (Double) -> Bool) -> Double {
      var (low, high) = (0, heldOut.count)
      while low < high {
        let middle = (low + high) / 2
        if isCounted(heldOut[middle].score) { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? 0 : heldOut[low - 1].count
    }
    let count = (1 + count { $0 < score } + count { $0 <= score }) / 2
    return -log2(min(1, count / (heldOutEdges + 1)))
  }

  /// How strange edges from an originator are, in bits, with the share of days on which it or its
  /// peers reach such targets; as of the day that the graph was last weighed for.
  package mutating func surprises(
    from originator: Int, to targets: [Int], daysBack: Int = 0
  ) -> [(bits: Double, share: Double)] {
    if let learned {
      return targets.map { (learned[Ends(originator: originator, target: $0)] ?? 0, 1) }
    }
    return zip(targets, graph.scores(from: originator, to: targets)).map { target, score in
      let share = habits.share(
        from: originator, to: graph.targets[target], daysBack: daysBack, graph: graph)
      return (surprise(ofScore: score) - log2(share), share)
    }
  }

  /// - Parameter edges: by originator.
  private mutating func judged(
    _ edges: [StrangeEdge], daysBack: Int, _ inputs: ScoringInputs
  ) -> [StrangeEdge] {
    struct Company: Hashable {
      let group: Int
      let target: Int
    }
    var company: [Company: Double] = [:]
    for edge in edges {
      company[
        Company(group: habits.group(edge.originator), target: edge.target), default: 0] += 1
    }
    var result: [StrangeEdge] = []
    if learned == nil { graph.weigh(daysBack: daysBack) }
    var start = 0
    while start < edges.count {
      let originator = edges[start].originator
      let end = edges[start...].firstIndex { $0.originator != originator } ?? edges.count
      // Many harmless edges must not crowd the others out.
      let places = edges[start..<end].indices
      let (administrative, others) = (
        places.filter { graph.targets[edges[$0].target].service.isAdministrative },
        places.filter { !graph.targets[edges[$0].target].service.isAdministrative }
      )
      let own = (administrative + others).prefix(EdgeCandidates.originatorLimit).sorted()
        .map { edges[$0] }
      start = end
      let surprises = surprises(from: originator, to: own.map(\.target), daysBack: daysBack)
      for (var edge, (surprise, share)) in zip(own, surprises) {
        let target = graph.targets[edge.target]
        edge.share = share
        let weight =
          (target.service.isAdministrative ? 1 : otherWeight)
          * (inputs.isNew(graph.names[target.host]) ? 0.5 : 1)
        let peers =
          company[Company(group: habits.group(originator), target: edge.target)] ?? 1
        edge.surprise = max(0, weight * surprise - log2(peers))
        result.append(edge)
      }
    }
    return result
  }
}
