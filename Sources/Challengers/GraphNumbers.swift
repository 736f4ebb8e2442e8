import Columnar
import Events
import Features
import Learning

/// Hosts, users and services by the numbers that a learned graph has for them; hosts and users get
/// theirs as they first come.
package struct GraphNumbers: Sendable {
  package let services: ServiceNumbers
  package private(set) var nodes: [GraphNode] = []
  private var numbers: [GraphNode: Int] = [:]

  package init(_ services: ServiceNumbers) { self.services = services }

  /// Those that never came are one node: nothing is known of any of them.
  package var nodeCount: Int { nodes.count + 1 }

  package func isUser(_ number: Int) -> Bool { number < nodes.count && nodes[number].isUser }

  /// The number of a node, which gets the next one where it has none.
  private mutating func number(of node: GraphNode) -> Int {
    if let number = numbers[node] { return number }
    numbers[node] = nodes.count
    nodes.append(node)
    return nodes.count - 1
  }

  package func edge(
    from originator: String, to responder: String, _ service: EdgeService
  ) -> GraphHistory.Edge {
    GraphHistory.Edge(
      source: numbers[.host(originator)] ?? nodes.count,
      target: numbers[.host(responder)] ?? nodes.count, service: services[service])
  }

  /// Of a user; nil where the model was trained on no sign-ins.
  package func edge(
    from user: String, to host: String, _ end: SignInEdge.End
  ) -> GraphHistory.Edge? {
    services.number(of: end).map {
      GraphHistory.Edge(
        source: numbers[.user(user)] ?? nodes.count, target: numbers[.host(host)] ?? nodes.count,
        service: $0)
    }
  }

  /// The edges of a day. Sign-ins are left out where the model was trained on none.
  package mutating func activities(
    _ edges: [AnsweredEdge], _ signIns: [SignInEdge]
  ) -> [GraphHistory.Activity] {
    var activities = edges.map {
      let (source, target) = (number(of: .host($0.originator)), number(of: .host($0.responder)))
      return GraphHistory.Activity(
        .init(source: source, target: target, service: services[$0.service]),
        conversations: $0.conversations, hour: $0.hour)
    }
    for signIn in signIns {
      guard let service = services.number(of: signIn.end) else { continue }
      let (source, target) = (number(of: .user(signIn.user)), number(of: .host(signIn.host)))
      activities.append(
        GraphHistory.Activity(
          .init(source: source, target: target, service: service),
          conversations: signIn.successes, hour: signIn.hour))
    }
    return activities
  }

  /// Reads `learned_edges.arrow`.
  /// - Throws: `ChallengerError` where a row has a service without a number, or a user makes a
  ///   connection, or a host signs in.
  mutating func read(_ table: any BatchSource) throws -> [GraphHabit] {
    var habits: [GraphHabit] = []
    try table.forEachBatch { batch in
      let (from, to) = (batch[LearnedEdge.originator], batch[LearnedEdge.responder])
      let (service, weight) = (batch[LearnedEdge.service], batch[LearnedEdge.weight])
      let (conversations, isUser) = (
        batch[LearnedEdge.conversations], batch[LearnedEdge.isUser]
      )
      let hours = LearnedEdge.hours.map { batch[$0] }
      for row in 0..<batch.rowCount {
        guard service.value(row) < UInt32(services.count) else {
          throw ChallengerError(
            what: "service", expected: "less than \(services.count)",
            found: "\(service.value(row))")
        }
        let name = from[row] ?? ""
        let originator: GraphNode = isUser[row] ?? false ? .user(name) : .host(name)
        guard originator.isUser == services.isSignIn(Int(service.value(row))) else {
          throw ChallengerError(
            what: "originator of service \(service.value(row))",
            expected: originator.isUser ? "a host" : "a user",
            found: originator.isUser ? "a user" : "a host")
        }
        let (source, target) = (number(of: originator), number(of: .host(to[row] ?? "")))
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
      rows.table.column(LearnedEdge.originator).append(nodes[habit.edge.source].name)
      rows.table.column(LearnedEdge.isUser).append(nodes[habit.edge.source].isUser)
      rows.table.column(LearnedEdge.responder).append(nodes[habit.edge.target].name)
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
