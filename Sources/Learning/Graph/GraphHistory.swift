/// Who turned to whom, day by day: hosts, and users where there are any, are nodes, and what an
/// edge leads to is a service of a kind.
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

  package let serviceCount: Int
  /// In the order of days; an edge may come more than once on a day.
  package var days: [[Activity]]

  package init(serviceCount: Int, days: [[Activity]]) {
    self.serviceCount = serviceCount
    self.days = days
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
