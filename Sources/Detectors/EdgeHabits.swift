import Events
import Features
import Glibc

/// How often hosts reach services of a kind: a kind is a service on the hosts of one peer group.
struct EdgeHabits {
  private struct Kind: Hashable {
    let originators: Int
    let responders: Int
    let service: EdgeService
  }
  /// The peer group counts like this many of a host's own days.
  private static let groupDays = 8.0
  /// Days of which new edges are counted, the first three of the records aside.
  private static let newDays = 14

  /// Of hosts in the order of the graph; that of those not known comes last.
  private let groups: [Int]
  private let daysSeen: [Int]
  /// Host-days of the hosts of each group.
  private var groupHostDays: [Double]
  /// Host-days on which a host of a group reached a kind.
  private var reached: [Kind: Int] = [:]
  /// Days on which the host at hand reached a kind.
  private var own: [Kind: UInt32] = [:]
  private var ownHost = -1
  /// New administrative edges a day, of hosts and as the mean of groups.
  private var newEdges: [Double] = []
  private var newEdgesOfGroup: [Double]

  /// - Parameter graph: with all hosts that will be asked about.
  init(_ graph: EdgeGraph, _ state: SiteState) {
    let names = Set(state.hosts.values.map(\.group)).sorted()
    let numberOfGroup = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    groups = graph.names.map { name in
      state.hosts[name].flatMap { numberOfGroup[$0.group] } ?? names.count
    }
    daysSeen = graph.names.map { min(28, state.hosts[$0]?.daysSeen ?? 0) }
    groupHostDays = .init(repeating: 0, count: names.count + 1)
    var hostCounts = [Int](repeating: 0, count: names.count + 1)
    for record in state.hosts.values {
      let group = numberOfGroup[record.group] ?? names.count
      groupHostDays[group] += Double(min(28, record.daysSeen))
      hostCounts[group] += 1
    }
    // On the first day of the history, whichever is shorter, all edges are new.
    let known =
      graph.names.indices.flatMap { graph.edges(of: $0) }
      .map { 32 - $0.days.leadingZeroBitCount }.max() ?? 1
    let days = max(1, min(EdgeHabits.newDays, known - 1, (state.days.age ?? 1) - 3))
    newEdges = .init(repeating: 0, count: graph.names.count)
    newEdgesOfGroup = .init(repeating: 0, count: names.count + 1)
    for host in graph.names.indices {
      for (kind, seen) in reachedKinds(of: host, graph) {
        reached[kind, default: 0] += seen.nonzeroBitCount
      }
      let new = graph.edges(of: host).count { edge in
        graph.targets[edge.target].service.isAdministrative
          && 32 - edge.days.leadingZeroBitCount <= days
      }
      newEdges[host] = Double(new) / Double(days)
      newEdgesOfGroup[groups[host]] += newEdges[host]
    }
    for group in hostCounts.indices {
      newEdgesOfGroup[group] /= Double(max(1, hostCounts[group]))
    }
  }

  private func reachedKinds(of host: Int, _ graph: EdgeGraph) -> [Kind: UInt32] {
    var kinds: [Kind: UInt32] = [:]
    for edge in graph.edges(of: host) {
      kinds[kind(from: host, to: graph.targets[edge.target]), default: 0] |= edge.days
    }
    return kinds
  }

  private func kind(from host: Int, to target: EdgeGraph.Target) -> Kind {
    Kind(
      originators: groups[host], responders: groups[target.host], service: target.service)
  }

  func group(_ host: Int) -> Int { groups[host] }

  /// The share of a host's days on which it reaches such a target, drawn towards its peers', before
  /// the last `daysBack` days of its own.
  mutating func share(
    from host: Int, to target: EdgeGraph.Target, daysBack: Int, graph: EdgeGraph
  ) -> Double {
    if host != ownHost {
      own = reachedKinds(of: host, graph)
      ownHost = host
    }
    let kind = kind(from: host, to: target)
    let (all, seen) = (own[kind] ?? 0, (own[kind] ?? 0) >> UInt32(daysBack))
    let recent = all.nonzeroBitCount - seen.nonzeroBitCount
    let group =
      (Double(reached[kind, default: 0] - recent) + 0.5) / (groupHostDays[kind.originators] + 1)
    let weight = EdgeHabits.groupDays
    return min(
      1,
      (Double(seen.nonzeroBitCount) + weight * group)
        / (Double(max(0, daysSeen[host] - daysBack)) + weight))
  }

  /// New administrative edges that are usual a day for a host, drawn towards its peers.
  func usualNewEdges(of host: Int) -> Double {
    // The group counts like a week.
    let days = Double(min(EdgeHabits.newDays, daysSeen[host]))
    return max(0.02, (days * newEdges[host] + 7 * newEdgesOfGroup[groups[host]]) / (days + 7))
  }
}
