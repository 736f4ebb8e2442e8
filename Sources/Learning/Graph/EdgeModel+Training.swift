import Randomness

/// How an edge model is trained.
package struct EdgeTraining: Sendable {
  package let seed: UInt64
  /// Days that edges are learned of, the last before the one held out.
  package var dayCount = 10
  package var greatestEpochCount = 100
  package var patience = 10
  package var stepLength: Float = 0.01
  /// Edges of a day, evenly taken of more.
  package var greatestEdgeCount = 20_000
  /// Share of edges that are shown as if they had no past: new ones are what is judged later.
  package var hiddenShare = 0.5

  package init(seed: UInt64) { self.seed = seed }
}

extension EdgeModel {
  /// Streams of a seed, beyond those of parameters.
  private static let (trainingStream, heldOutStream) = (1_000_000, 2_000_000)

  /// Trains a model to tell edges of each day from pairs of ends of other edges of it of the same
  /// kind, by the graph before that day, and stops where it no longer gets better on the last day.
  ///
  /// - Parameter days: what the card calls the days.
  /// - Throws: `LearningError.noTrainingData` for less than three days, or edges on none.
  package static func train(
    on history: GraphHistory, days names: [String], _ training: EdgeTraining
  ) throws(LearningError) -> EdgeModel {
    let heldOut = history.days.count - 1
    guard heldOut >= 2 else {
      throw .noTrainingData(expected: "three days", found: history.days.count)
    }
    // The first day has no past.
    let first = max(1, heldOut - training.dayCount)
    let days = (first..<heldOut).compactMap { TrainingDay(history, $0, training) }
    guard !days.isEmpty, let last = TrainingDay(history, heldOut, training) else {
      throw .noTrainingData(expected: "edges", found: 0)
    }
    var model = EdgeModel(serviceCount: history.serviceCount, seed: training.seed)
    var adam = Adam(stepLength: training.stepLength)
    var stopping = EarlyStopping(model.parameters, patience: training.patience)
    var draws = SeededGenerator(seed: training.seed, stream: trainingStream)
    while !stopping.isDone, stopping.epochCount < training.greatestEpochCount {
      var total: Float = 0
      for day in days {
        let tape = Tape()
        let recorded = RecordedParameters(model.parameters, on: tape)
        let loss = model.loss(day.drawn(training, &draws), day.graph, recorded, on: tape)
        tape.differentiate(loss)
        adam.step(&model.parameters, gradients: recorded.gradients(tape))
        total += tape.value(loss).numbers[0]
      }
      // The same pairs after each epoch.
      var sameDraws = SeededGenerator(seed: training.seed, stream: heldOutStream)
      let tape = Tape()
      let recorded = RecordedParameters(model.parameters, on: tape)
      let loss = model.loss(last.drawn(training, &sameDraws), last.graph, recorded, on: tape)
      stopping.add(
        model.parameters, trainingLoss: total / Float(days.count),
        loss: tape.value(loss).numbers[0])
    }
    model.parameters = try stopping.learned()
    model.card = TrainingCard(
      first: names[first], last: names[heldOut - 1], heldOut: names[heldOut],
      rowCount: days.reduce(0) { $0 + $1.edges.count }, seed: training.seed, stopping)
    return model
  }

  private func loss(
    _ sample: EdgeSample, _ graph: GraphSnapshot, _ recorded: RecordedParameters, on tape: Tape
  ) -> Tape.Variable {
    let scores = scores(
      of: sample.edges, in: graph, isHidden: sample.isHidden, recorded, on: tape)
    return tape.logisticLoss(scores, isThere: sample.isThere)
  }
}

/// Edges and pairs that are none, to be told apart.
struct EdgeSample {
  var edges: [GraphHistory.Edge] = []
  var isThere: [Bool] = []
  var isHidden: [Bool] = []
}

/// A day whose edges are learned, and the graph before it.
struct TrainingDay {
  let graph: GraphSnapshot
  let edges: [GraphHistory.Edge]
  private let kinds: [[GraphHistory.Edge]]
  private let all: Set<GraphHistory.Edge>

  /// Nil for a day without edges that are learned.
  init?(_ history: GraphHistory, _ day: Int, _ training: EdgeTraining) {
    let found = history.edges(of: day)
    let edges = history.learned(found)
    guard !edges.isEmpty else { return nil }
    let step = (edges.count + training.greatestEdgeCount - 1) / training.greatestEdgeCount
    all = Set(found)
    self.edges = stride(from: 0, to: edges.count, by: step).map { edges[$0] }
    kinds = history.byKind(self.edges)
    graph = GraphSnapshot(history, before: day, nodeCount: history.nodeCount)
  }

  func drawn(_ training: EdgeTraining, _ draws: inout SeededGenerator) -> EdgeSample {
    var others: [GraphHistory.Edge] = []
    for own in kinds {
      others += graph.unseenEdges(like: own, count: own.count, notIn: all) { draws.below($0) }
    }
    return EdgeSample(
      edges: edges + others,
      isThere: edges.map { _ in true } + others.map { _ in false },
      isHidden: (edges + others).map { _ in draws.unit() < training.hiddenShare })
  }
}

extension GraphSnapshot {
  /// Where fewer than one in so many drawn pairs will do, nearly all pairs are edges.
  private static let drawsForEach = 100
  /// Drawn before that is judged.
  private static let leastDraws = 1000

  /// Pairs that are no edges, before the day or on it, with the source of one edge of the day and
  /// the target and service of another: the busier a node, the more often it is drawn, as with
  /// edges.
  ///
  /// - Parameters:
  ///   - count: how many; fewer where there are hardly any.
  ///   - edges: of the day, and of one kind.
  ///   - below: draws a whole number in 0 ..< its argument.
  package func unseenEdges(
    like edges: [GraphHistory.Edge], count: Int, notIn day: Set<GraphHistory.Edge>,
    drawing below: (Int) -> Int
  ) -> [GraphHistory.Edge] {
    var found: [GraphHistory.Edge] = []
    for drawn in 0..<GraphSnapshot.drawsForEach * count {
      let expected = GraphSnapshot.leastDraws + GraphSnapshot.drawsForEach * found.count
      guard found.count < count, drawn < expected else { break }
      let (source, other) = (edges[below(edges.count)].source, edges[below(edges.count)])
      let edge = GraphHistory.Edge(
        source: source, target: other.target, service: other.service)
      if source != other.target, !day.contains(edge), !has(edge) { found.append(edge) }
    }
    return found
  }
}
