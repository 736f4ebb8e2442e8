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

  /// A host or user whom an end of an edge is used to, and what the edge would be without.
  package struct Driver: Sendable {
    /// What it is to the edge.
    package enum Part: Int, Sendable {
      /// A host that the originator reaches, and one that reaches the responder.
      case reached, reaching
      /// A user who signs in to or from the originator, and one of the responder.
      case userOfOriginator, userOfResponder
    }
    package let part: Part
    package let name: String
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
    // Who reaches the originator tells nothing that is easily said; who works at it does.
    let users = graph.neighbours(.reaching, of: edge.source).filter { numbers.isUser($0) }
    let ends: [(direction: GraphSnapshot.Direction, node: Int, others: [Int])] = [
      (.reached, edge.source, graph.neighbours(.reached, of: edge.source)),
      (.reaching, edge.source, users),
      (.reaching, edge.target, graph.neighbours(.reaching, of: edge.target)),
    ]
    return ends.flatMap { end in
      end.others.prefix(EdgeChallenger.driverLimit)
        .filter { $0 != edge.source && $0 != edge.target }
        .map { other in
          let without = graph.leavingOut(other, end.direction, of: end.node)
          return Driver(
            part: part(of: other, end.direction, isOriginator: end.node == edge.source),
            name: numbers.nodes[other].name, bitsWithout: bits([edge], in: without)[0])
        }
    }.sorted {
      ($0.bitsWithout, $0.name, $0.part.rawValue) < ($1.bitsWithout, $1.name, $1.part.rawValue)
    }
  }

  private func part(
    of other: Int, _ direction: GraphSnapshot.Direction, isOriginator: Bool
  ) -> Driver.Part {
    if numbers.isUser(other) { return isOriginator ? .userOfOriginator : .userOfResponder }
    return direction == .reached ? .reached : .reaching
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
