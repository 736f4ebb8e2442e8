import Columnar
import Events
import Features
import Glibc

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
