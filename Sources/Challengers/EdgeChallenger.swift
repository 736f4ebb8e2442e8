import Columnar
import Events
import Features
import Glibc
import Learning

/// A model of edges and what it knows of the days before a day.
package struct EdgeChallenger: Sendable {
  package struct Pair: Sendable {
    package let originator: String
    package let responder: String
    package let service: EdgeService

    package init(originator: String, responder: String, service: EdgeService) {
      self.originator = originator
      self.responder = responder
      self.service = service
    }
  }

  /// One whom an end of an edge is used to, and what the edge would be without.
  package struct Driver: Sendable {
    /// Whether the originator reaches it; else it reaches the responder.
    package let isReached: Bool
    package let host: String
    /// The surprise at the edge if the end had all others only.
    package let bitsWithout: Double
  }

  /// Of the heaviest neighbours of either end, at most so many are left out by turns.
  private static let driverLimit = 8

  private let model: EdgeModel
  private let services: ServiceNumbers
  private var names: [String] = []
  private var numbers: [String: Int] = [:]
  private var habits: [GraphHabit] = []

  /// - Parameters:
  ///   - services: as `learned_services.arrow` of the model.
  ///   - edges: as `learned_edges.arrow` of the day.
  /// - Throws: `ChallengerError` where a row has a service that the model has no number for.
  package init(model: EdgeModel, services: ServiceNumbers, edges: any BatchSource) throws {
    guard services.count == model.serviceCount else {
      throw ChallengerError(
        what: "services", expected: "\(model.serviceCount - 1)", found: "\(services.count - 1)")
    }
    self.model = model
    self.services = services
    try edges.forEachBatch { batch in
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
        habits.append(
          GraphHabit(
            .init(
              source: number(of: from[row] ?? ""), target: number(of: to[row] ?? ""),
              service: Int(service.value(row))),
            weight: weight.value(row), conversations: conversations.value(row),
            hours: hours.map { $0.value(row) }))
      }
    }
  }

  private mutating func number(of name: String) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }

  /// −log₂ of how likely each pair is to be an edge rather than one whose ends were drawn from
  /// other edges; what was before on the edge itself is not told.
  package func surprises(_ pairs: [Pair]) -> [Double] {
    guard !pairs.isEmpty else { return [] }
    let (graph, edges) = known(pairs)
    return bits(edges, in: graph)
  }

  /// Neighbours of the ends of a pair, those first without whom it would surprise least.
  package func drivers(of pair: Pair) -> [Driver] {
    let (graph, edges) = known([pair])
    let edge = edges[0]
    let ends: [(direction: GraphSnapshot.Direction, node: Int)] = [
      (.reached, edge.source), (.reaching, edge.target),
    ]
    return ends.flatMap { end in
      graph.neighbours(end.direction, of: end.node).prefix(EdgeChallenger.driverLimit)
        .filter { $0 != edge.source && $0 != edge.target }
        .map { other in
          let without = graph.leavingOut(other, end.direction, of: end.node)
          return Driver(
            isReached: end.direction == .reached, host: names[other],
            bitsWithout: bits([edge], in: without)[0])
        }
    }.sorted { ($0.bitsWithout, $0.host) < ($1.bitsWithout, $1.host) }
  }

  private func known(_ pairs: [Pair]) -> (graph: GraphSnapshot, edges: [GraphHistory.Edge]) {
    var new: [String: Int] = [:]
    func number(_ name: String) -> Int {
      if let number = numbers[name] ?? new[name] { return number }
      new[name] = names.count + new.count
      return names.count + new.count - 1
    }
    let edges = pairs.map {
      GraphHistory.Edge(
        source: number($0.originator), target: number($0.responder), service: services[$0.service])
    }
    let graph = GraphSnapshot(
      habits, serviceCount: services.count, nodeCount: names.count + new.count)
    return (graph, edges)
  }

  private func bits(_ edges: [GraphHistory.Edge], in graph: GraphSnapshot) -> [Double] {
    // log₂(1 + e^−x), finite for every x.
    model.scores(ofNew: edges, in: graph).map {
      (max(0, -Double($0)) + log1p(exp(-abs(Double($0))))) / log(2)
    }
  }
}

/// Tables of a learned model that do not go together.
package struct ChallengerError: Error, CustomStringConvertible {
  package let what: String
  package let expected: String
  package let found: String
  package var description: String {
    "\(what) of a learned model: expected \(expected), found \(found); remove its folder and run "
      + "baseline again"
  }
}
