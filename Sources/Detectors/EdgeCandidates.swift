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
struct EdgeCandidates {
  private(set) var graph: EdgeGraph
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

  /// - Parameter otherWeight: what edges to services count that nobody works on a machine by.
  init(_ inputs: ScoringInputs, otherWeight: Double) throws {
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
    yesterday = judged(newEdges(daysBack: 1), daysBack: 1, inputs)
    today = judged(found, daysBack: 0, inputs)
  }

  /// The answered edges of `edges.arrow` that are not in the history, by originator.
  private static func newEdges(
    _ table: any BatchSource, in graph: inout EdgeGraph
  ) throws -> [StrangeEdge] {
    var found: [Int: StrangeEdge] = [:]
    var edges: [StrangeEdge] = []
    var (originator, known) = (-1, Set<Int>())
    func end() { edges += found.values.sorted { ($0.time, $0.target) < ($1.time, $1.target) } }
    try table.forEachBatch { batch in
      let (from, to, time) = (batch[Edge.originator], batch[Edge.responder], batch[Edge.firstTime])
      let (port, number) = (batch[Edge.port], batch[Edge.ianaNumber])
      let (conversations, failed) = (batch[Edge.conversations], batch[Edge.failed])
      for row in 0..<batch.rowCount
      where failed.value(row) < conversations.value(row)
        && EdgeService.isJudged(ianaNumber: number.value(row))
      {
        guard let from = from[row], let to = to[row], from != to else { continue }
        let host = graph.id(ofHost: from)
        if host != originator {
          end()
          (originator, known) = (host, Set(graph.edges(of: host).map(\.target)))
          found.removeAll(keepingCapacity: true)
        }
        let service = EdgeService(port: port.value(row), ianaNumber: number.value(row))
        let target = graph.id(of: to, service)
        guard !known.contains(target) else { continue }
        if let before = found[target], before.time <= time.value(row) { continue }
        found[target] = StrangeEdge(
          originator: host, target: target, port: port.value(row), time: time.value(row))
      }
    }
    end()
    return edges
  }

  /// The edges of history that were new on a day.
  private func newEdges(daysBack: Int) -> [StrangeEdge] {
    let bit = UInt32(1) << UInt32(daysBack - 1)
    return graph.edges.filter { $0.days & bit != 0 && $0.days >> UInt32(daysBack) == 0 }
      .map { edge in
        StrangeEdge(
          originator: edge.originator, target: edge.target,
          port: graph.targets[edge.target].service.port, time: edge.lastDayTime)
      }
  }

  /// Scores the new edges of an earlier day with the state before it.
  private mutating func calibrate(daysBack: Int) {
    let new = newEdges(daysBack: daysBack)
    let step = max(1, (new.count + EdgeCandidates.heldOutLimit - 1) / EdgeCandidates.heldOutLimit)
    graph.weigh(daysBack: daysBack)
    for index in stride(from: 0, to: new.count, by: step) {
      for score in graph.scores(from: new[index].originator, to: [new[index].target]) {
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
    graph.weigh(daysBack: daysBack)
    var start = 0
    while start < edges.count {
      let originator = edges[start].originator
      let end = edges[start...].firstIndex { $0.originator != originator } ?? edges.count
      let own = edges[start..<end].prefix(EdgeCandidates.originatorLimit)
      start = end
      let scores = graph.scores(from: originator, to: own.map(\.target))
      for (var edge, score) in zip(own, scores) {
        let target = graph.targets[edge.target]
        edge.share = habits.share(
          from: originator, to: target, daysBack: daysBack, graph: graph)
        let weight =
          (target.service.isAdministrative ? 1 : otherWeight)
          * (inputs.isNew(graph.names[target.host]) ? 0.5 : 1)
        let peers =
          company[Company(group: habits.group(originator), target: edge.target)] ?? 1
        edge.surprise = max(
          0, weight * (surprise(ofScore: score) - log2(edge.share)) - log2(peers))
        result.append(edge)
      }
    }
    return result
  }
}
