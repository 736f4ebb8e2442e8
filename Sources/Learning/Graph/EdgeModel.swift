/// How likely an edge is between two nodes of a graph, from what they and their neighbours are used
/// to: two layers of weighted means over neighbours, either way (GraphSAGE; Hamilton, Ying,
/// Leskovec 2017, arXiv:1706.02216), and a decoder of both ends, their product and what is known of
/// the edge.
///
/// Nodes are told apart by what they do alone, so that a model holds for nodes that it never met.
package struct EdgeModel: Equatable, Sendable {
  package static let (hiddenWidth, embeddingWidth, decoderWidth) = (32, 16, 16)

  package let serviceCount: Int
  package internal(set) var parameters: Parameters
  package internal(set) var card: TrainingCard?

  /// A model that has learned nothing yet.
  package init(serviceCount: Int, seed: UInt64) {
    self.serviceCount = serviceCount
    parameters = Parameters(EdgeModel.shapes(serviceCount: serviceCount), seed: seed)
  }

  init(serviceCount: Int, parameters: Parameters, card: TrainingCard) {
    self.serviceCount = serviceCount
    self.parameters = parameters
    self.card = card
  }

  static func shapes(serviceCount: Int) -> [Parameters.Shape] {
    func linear(_ name: String, _ from: Int, _ to: Int) -> [Parameters.Shape] {
      [.init("\(name).weight", from, to, .drawn), .init("\(name).bias", 1, to, .zeros)]
    }
    let edgeWidth = 3 * embeddingWidth + serviceCount + GraphSnapshot.edgeFeatureCount
    return linear("first", 3 * GraphSnapshot.featureCount(serviceCount: serviceCount), hiddenWidth)
      + linear("second", 3 * hiddenWidth, embeddingWidth)
      + linear("decoder", edgeWidth, decoderWidth) + linear("score", decoderWidth, 1)
  }

  /// The nodes of a graph as places in a space: [nodes × embeddingWidth].
  package func embeddings(
    _ graph: GraphSnapshot, _ parameters: RecordedParameters, on tape: Tape
  ) -> Tape.Variable {
    func layer(_ nodes: Tape.Variable, _ name: String) -> Tape.Variable {
      let seen = tape.joinColumns([
        nodes, tape.multiply(graph.reached, nodes), tape.multiply(graph.reaching, nodes),
      ])
      return tape.linear(seen, parameters, name)
    }
    return layer(tape.rectify(layer(tape.constant(graph.features), "first")), "second")
  }

  /// ln of the odds of edges: [edges × 1].
  ///
  /// - Parameter isHidden: edges whose own past is not told; all is told where it is empty.
  package func scores(
    of edges: [GraphHistory.Edge], in graph: GraphSnapshot, isHidden: [Bool] = [],
    _ parameters: RecordedParameters, on tape: Tape
  ) -> Tape.Variable {
    let nodes = embeddings(graph, parameters, on: tape)
    let sources = tape.rows(nodes, edges.map(\.source))
    let targets = tape.rows(nodes, edges.map(\.target))
    var known = Matrix(
      rowCount: edges.count, columnCount: serviceCount + GraphSnapshot.edgeFeatureCount)
    for (row, edge) in edges.enumerated() {
      known[row, edge.service] = 1
      guard isHidden.isEmpty || !isHidden[row] else { continue }
      for (column, number) in graph.features(of: edge).enumerated() {
        known[row, serviceCount + column] = number
      }
    }
    let joined = tape.joinColumns([
      tape.product(sources, targets), sources, targets, tape.constant(known),
    ])
    return tape.linear(
      tape.rectify(tape.linear(joined, parameters, "decoder")), parameters, "score")
  }

  /// ln of the odds of edges, in their order.
  package func scores(of edges: [GraphHistory.Edge], in graph: GraphSnapshot) -> [Float] {
    let tape = Tape()
    let recorded = RecordedParameters(parameters, on: tape)
    return tape.value(scores(of: edges, in: graph, recorded, on: tape)).numbers
  }

  /// The same of edges that are judged as new: what is known of one itself is not told.
  package func scores(ofNew edges: [GraphHistory.Edge], in graph: GraphSnapshot) -> [Float] {
    let tape = Tape()
    let recorded = RecordedParameters(parameters, on: tape)
    let isHidden = edges.map(graph.has)
    return tape.value(scores(of: edges, in: graph, isHidden: isHidden, recorded, on: tape)).numbers
  }
}
