import Columnar
import Events
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
  private let numbers: GraphNumbers
  private let graph: GraphSnapshot

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
    var numbers = GraphNumbers(services)
    let habits = try numbers.read(edges)
    graph = GraphSnapshot(habits, serviceCount: services.count, nodeCount: numbers.nodeCount)
    self.numbers = numbers
  }

  /// −log₂ of how likely each pair is to be an edge rather than one whose ends were drawn from
  /// other edges; what was before on the edge itself is not told.
  package func surprises(_ pairs: [Pair]) -> [Double] {
    guard !pairs.isEmpty else { return [] }
    return bits(pairs.map(edge), in: graph)
  }

  /// Neighbours of the ends of a pair, those first without whom it would surprise least.
  package func drivers(of pair: Pair) -> [Driver] {
    let edge = edge(pair)
    let ends: [(direction: GraphSnapshot.Direction, node: Int)] = [
      (.reached, edge.source), (.reaching, edge.target),
    ]
    return ends.flatMap { end in
      graph.neighbours(end.direction, of: end.node).prefix(EdgeChallenger.driverLimit)
        .filter { $0 != edge.source && $0 != edge.target }
        .map { other in
          let without = graph.leavingOut(other, end.direction, of: end.node)
          return Driver(
            isReached: end.direction == .reached, host: numbers.hosts[other],
            bitsWithout: bits([edge], in: without)[0])
        }
    }.sorted { ($0.bitsWithout, $0.host) < ($1.bitsWithout, $1.host) }
  }

  private func edge(_ pair: Pair) -> GraphHistory.Edge {
    numbers.edge(from: pair.originator, to: pair.responder, pair.service)
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
