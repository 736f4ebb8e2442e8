import Columnar
import Events
import Features

/// The strangest new edge of a host's day, with what led to it and how many there are.
struct Movement {
  struct Limits {
    let floor, ceiling, leastLink, shape, fanOutCap: Double

    init(_ settings: Settings) throws {
      floor = try settings.number("floor")
      ceiling = try settings.number("ceiling")
      leastLink = try settings.number("least_link")
      shape = try settings.number("shape")
      fanOutCap = try settings.number("fan_out_cap")
    }
  }

  let host: String
  let edge: StrangeEdge
  /// What it leads to.
  let target: EdgeGraph.Target
  let responder: String
  let path: String
  let score: Double
  /// What adds to the score beside the edge itself.
  let evidence: [Evidence]

  /// Of each host that is not new and has a new edge on the day, by originator.
  static func all(
    _ candidates: EdgeCandidates, _ inputs: ScoringInputs, _ limits: Limits
  ) -> [Movement] {
    let chains = EdgeChains(candidates, leastLink: limits.leastLink)
    var movements: [Movement] = []
    var start = 0
    while start < candidates.today.count {
      let originator = candidates.today[start].originator
      let end =
        candidates.today[start...].firstIndex { $0.originator != originator }
        ?? candidates.today.count
      if !inputs.isNew(candidates.graph.names[originator]),
        let one = Movement(candidates.today[start..<end], candidates, chains, limits)
      {
        movements.append(one)
      }
      start = end
    }
    return movements
  }

  private init?(
    _ edges: ArraySlice<StrangeEdge>, _ candidates: EdgeCandidates, _ chains: EdgeChains,
    _ limits: Limits
  ) {
    let links = edges.map { chains.link(before: $0) }
    let scores = zip(edges, links).map { $0.surprise + 0.5 * ($1?.strength ?? 0) }
    guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return nil }
    edge = edges[edges.startIndex + best]
    host = candidates.graph.names[edge.originator]
    target = candidates.graph.targets[edge.target]
    responder = candidates.graph.names[target.host]
    path = chains.path(to: edge)
    let count = Double(
      edges.count { candidates.graph.targets[$0.target].service.isAdministrative })
    let usual = candidates.habits.usualNewEdges(of: edge.originator)
    // The first two may be one errand.
    let fanOut = min(
      limits.fanOutCap,
      NegativeBinomial.surprise(max(0, count - 2), mean: usual, shape: limits.shape))
    var evidence: [Evidence] = []
    if let link = links[best] {
      evidence.append(
        Evidence("link_surprise", contribution: 0.5 * link.strength, actual: link.strength))
    }
    if fanOut > 0 {
      evidence.append(
        Evidence(
          "new_edges", contribution: fanOut, actual: count, typical: usual,
          spread: (usual + usual * usual / limits.shape).squareRoot()))
    }
    self.evidence = evidence
    score = scores[best] + fanOut
  }

  /// - Parameter evidence: at most three, largest contribution first.
  func vote(
    of detector: String, _ inputs: ScoringInputs, _ limits: Limits, evidence: [Evidence]
  ) -> RawVote {
    RawVote(
      entity: host, window: inputs.window(of: edge.time), detector: detector, score: score,
      floor: limits.floor, ceiling: limits.ceiling, peer: path, evidence: evidence)
  }
}
