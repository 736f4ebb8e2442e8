import Columnar
import Events
import Features
import Glibc

/// Internal hosts that reach others which neither they nor their peers are used to reach: movement
/// from machine to machine.
///
/// The score is that of the strangest new edge, s(e) + ½ max s of the strange edges into its
/// originator in the 24 hours before, and the surprise at how many new edges there are. Edges that
/// were never answered don't count: they are the scan detector's.
struct EdgesDetector: Detector {
  let name = "edges"
  let specificity = Specificity.technique
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let limits = Limits(
      floor: try settings.number("floor"), ceiling: try settings.number("ceiling"),
      leastLink: try settings.number("least_link"), shape: try settings.number("shape"),
      fanOutCap: try settings.number("fan_out_cap"))
    let candidates = try EdgeCandidates(
      inputs, otherWeight: try settings.number("other_weight"))
    let chains = EdgeChains(candidates, leastLink: limits.leastLink)
    var start = 0
    while start < candidates.today.count {
      let originator = candidates.today[start].originator
      let end =
        candidates.today[start...].firstIndex { $0.originator != originator }
        ?? candidates.today.count
      let host = candidates.graph.names[originator]
      if !inputs.isNew(host),
        let one = verdict(
          on: candidates.today[start..<end], of: host, candidates, chains, inputs, limits)
      {
        try vote(one)
      }
      start = end
    }
  }

  private struct Limits {
    let floor, ceiling, leastLink, shape, fanOutCap: Double
  }

  private func verdict(
    on edges: ArraySlice<StrangeEdge>, of host: String, _ candidates: EdgeCandidates,
    _ chains: EdgeChains, _ inputs: ScoringInputs, _ limits: Limits
  ) -> RawVote? {
    let links = edges.map { chains.link(before: $0) }
    let scores = zip(edges, links).map { $0.surprise + 0.5 * ($1?.strength ?? 0) }
    guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return nil }
    let edge = edges[edges.startIndex + best]
    let count = Double(
      edges.count { candidates.graph.targets[$0.target].service.isAdministrative })
    let usual = candidates.habits.usualNewEdges(of: edge.originator)
    // The first two may be one errand.
    let fanOut = min(
      limits.fanOutCap,
      NegativeBinomial.surprise(max(0, count - 2), mean: usual, shape: limits.shape))
    var evidence = [
      Evidence("such_edges_share", contribution: edge.surprise, actual: edge.share)
    ]
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
    evidence.sort { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
    let score = scores[best] + fanOut
    guard score >= limits.floor else { return nil }
    return RawVote(
      entity: host, window: inputs.window(of: edge.time), detector: name, score: score,
      floor: limits.floor, ceiling: limits.ceiling, peer: chains.path(to: edge),
      evidence: evidence)
  }
}

/// Strange edges in a row: one into a host, and within 24 hours one out of it.
struct EdgeChains {
  struct Link {
    let edge: StrangeEdge
    let strength: Double
  }
  private static let microseconds: Int64 = 24 * 3_600_000_000
  /// Hosts that a path names at most.
  private static let longestPath = 6

  private let graph: EdgeGraph
  /// By the host that they lead to, in the order of days and originators.
  private var links: [Int: [Link]] = [:]

  /// - Parameter leastLink: strength, in bits, below which an edge into a host says nothing of what
  ///   the host does next. An edge is the weaker, the more new ones its originator has that day:
  ///   whoever reaches everybody is not the cause of what each does.
  init(_ candidates: EdgeCandidates, leastLink: Double) {
    graph = candidates.graph
    for day in [candidates.yesterday, candidates.today] {
      var counts: [Int: Double] = [:]
      for edge in day { counts[edge.originator, default: 0] += 1 }
      for edge in day {
        let target = graph.targets[edge.target]
        let strength = edge.surprise - log2(counts[edge.originator] ?? 1)
        guard strength >= leastLink, target.service.isAdministrative else { continue }
        links[target.host, default: []].append(Link(edge: edge, strength: strength))
      }
    }
  }

  /// The strongest edge into an edge's originator in the 24 hours before it, from elsewhere than
  /// where it leads.
  func link(before edge: StrangeEdge) -> Link? {
    let earliest = edge.time.microseconds - EdgeChains.microseconds
    var best: Link?
    for link in links[edge.originator] ?? []
    where link.edge.time < edge.time && link.edge.time.microseconds >= earliest
      && link.edge.originator != graph.targets[edge.target].host
      && link.strength > best?.strength ?? 0
    {
      best = link
    }
    return best
  }

  /// `10.0.0.7 → 10.0.0.9 → 10.0.0.2:445/tcp`, or the end alone where nothing leads to it.
  func path(to edge: StrangeEdge) -> String {
    var hosts: [Int] = []
    var last = link(before: edge)
    while let link = last, hosts.count < EdgeChains.longestPath,
      !hosts.contains(link.edge.originator)
    {
      hosts.append(link.edge.originator)
      last = self.link(before: link.edge)
    }
    let target = graph.targets[edge.target]
    let name = graph.names[target.host]
    let end =
      (name.contains(":") ? "[\(name)]" : name)
      + ":\(edge.port)/\(protocolName(target.service.ianaNumber))"
    guard !hosts.isEmpty else { return end }
    return (hosts.reversed() + [edge.originator]).map { graph.names[$0] }
      .joined(separator: " → ") + " → " + end
  }
}
