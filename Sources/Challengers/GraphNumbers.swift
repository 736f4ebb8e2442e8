import Columnar
import Events
import Features
import Learning

/// Hosts and services by the numbers that a learned graph has for them; hosts get theirs as they
/// first come.
package struct GraphNumbers: Sendable {
  package let services: ServiceNumbers
  package private(set) var hosts: [String] = []
  private var numbers: [String: Int] = [:]

  package init(_ services: ServiceNumbers) { self.services = services }

  /// Hosts that never came are one node: nothing is known of any of them.
  package var nodeCount: Int { hosts.count + 1 }

  /// The number of a host, which gets the next one where it has none.
  private mutating func number(of host: String) -> Int {
    if let number = numbers[host] { return number }
    numbers[host] = hosts.count
    hosts.append(host)
    return hosts.count - 1
  }

  package func edge(
    from originator: String, to responder: String, _ service: EdgeService
  ) -> GraphHistory.Edge {
    GraphHistory.Edge(
      source: numbers[originator] ?? hosts.count, target: numbers[responder] ?? hosts.count,
      service: services[service])
  }

  /// The edges of a day.
  package mutating func activities(_ edges: [AnsweredEdge]) -> [GraphHistory.Activity] {
    edges.map {
      let (source, target) = (number(of: $0.originator), number(of: $0.responder))
      return GraphHistory.Activity(
        .init(source: source, target: target, service: services[$0.service]),
        conversations: $0.conversations, hour: $0.hour)
    }
  }

  /// Reads `learned_edges.arrow`.
  /// - Throws: `ChallengerError` where a row has a service without a number.
  mutating func read(_ table: any BatchSource) throws -> [GraphHabit] {
    var habits: [GraphHabit] = []
    try table.forEachBatch { batch in
      let (from, to) = (batch[LearnedEdge.originator], batch[LearnedEdge.responder])
      let (service, weight) = (batch[LearnedEdge.service], batch[LearnedEdge.weight])
      let conversations = batch[LearnedEdge.conversations]
      let hours = LearnedEdge.hours.map { batch[$0] }
      for row in 0..<batch.rowCount {
        guard service.value(row) < UInt32(services.count) else {
          throw ChallengerError(
            what: "service", expected: "less than \(services.count)",
            found: "\(service.value(row))")
        }
        let (source, target) = (number(of: from[row] ?? ""), number(of: to[row] ?? ""))
        habits.append(
          GraphHabit(
            .init(source: source, target: target, service: Int(service.value(row))),
            weight: weight.value(row), conversations: conversations.value(row),
            hours: hours.map { $0.value(row) }))
      }
    }
    return habits
  }

  /// Writes `learned_edges.arrow`.
  package func write(_ habits: [GraphHabit], to sink: any BatchSink) throws {
    let rows = RowWriter(LearnedEdge.schema, to: sink)
    for habit in habits {
      rows.table.column(LearnedEdge.originator).append(hosts[habit.edge.source])
      rows.table.column(LearnedEdge.responder).append(hosts[habit.edge.target])
      rows.table.column(LearnedEdge.service).append(UInt32(habit.edge.service))
      rows.table.column(LearnedEdge.weight).append(habit.weight)
      rows.table.column(LearnedEdge.conversations).append(habit.conversations)
      for (key, weight) in zip(LearnedEdge.hours, habit.hours) {
        rows.table.column(key).append(weight)
      }
      try rows.endRow()
    }
    try rows.finish()
  }
}
