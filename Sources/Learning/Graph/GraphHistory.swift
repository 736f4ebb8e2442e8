/// Who turned to whom, day by day: hosts, and users where there are any, are nodes, and each edge
/// has a service: what it leads to.
package struct GraphHistory: Sendable {
  package struct Edge: Hashable, Sendable {
    package let source: Int
    package let target: Int
    package let service: Int

    package init(source: Int, target: Int, service: Int) {
      self.source = source
      self.target = target
      self.service = service
    }
  }

  package struct Activity: Sendable {
    package let edge: Edge
    package let conversations: Float
    /// 0 ..< 24
    package let hour: Int

    package init(_ edge: Edge, conversations: Float, hour: Int) {
      self.edge = edge
      self.conversations = conversations
      self.hour = hour
    }
  }

  /// A number for each service: edges whose services have the same are of one kind, and go from and
  /// to the same sorts of nodes. Nil for edges that are known of nodes, and never learned.
  package let serviceKinds: [Int?]
  /// In the order of days; an edge may come more than once on a day.
  package var days: [[Activity]]

  package init(serviceKinds: [Int?], days: [[Activity]]) {
    self.serviceKinds = serviceKinds
    self.days = days
  }

  /// All services are of one kind.
  package init(serviceCount: Int, days: [[Activity]]) {
    self.init(serviceKinds: Array(repeating: 0, count: serviceCount), days: days)
  }

  package var serviceCount: Int { serviceKinds.count }

  /// Those that are learned.
  func learned(_ edges: [Edge]) -> [Edge] { edges.filter { serviceKinds[$0.service] != nil } }

  /// By kind, in the order of its number; those that are learned.
  func byKind(_ edges: [Edge]) -> [[Edge]] {
    Dictionary(grouping: learned(edges)) { serviceKinds[$0.service] ?? 0 }
      .sorted { $0.key < $1.key }.map(\.value)
  }

  /// The different edges of a day, as they first come.
  package func edges(of day: Int) -> [Edge] {
    var seen: Set<Edge> = []
    return days[day].map(\.edge).filter { seen.insert($0).inserted }
  }

  package var nodeCount: Int {
    days.lazy.flatMap(\.self).reduce(0) { max($0, $1.edge.source + 1, $1.edge.target + 1) }
  }
}
