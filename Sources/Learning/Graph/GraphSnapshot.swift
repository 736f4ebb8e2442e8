import Glibc

/// What is known of a graph before a day.
package struct GraphSnapshot: Sendable {
  private struct Pair: Hashable {
    let source: Int
    let target: Int
  }

  package let nodeCount: Int
  package let serviceCount: Int
  /// Of each node: how many it reaches and is reached by, how much, on what services and at what
  /// hours, each way. No names: what has the same habits is the same.
  private(set) var features: Matrix
  /// The weighted mean over those that a node reaches, and over those that reach it.
  private(set) var reached = SparseMatrix(columnCount: 0, rows: [])
  private(set) var reaching = SparseMatrix(columnCount: 0, rows: [])
  private var weights: [GraphHistory.Edge: Float] = [:]
  private var weightsOfPair: [Pair: Float] = [:]
  private var sent: [Float]
  private var received: [Float]

  static func featureCount(serviceCount: Int) -> Int {
    4 + 2 * (serviceCount + GraphHabit.hourCount)
  }

  /// - Parameter nodeCount: nodes that will be asked about, those not met included.
  package init(_ history: GraphHistory, before day: Int, nodeCount: Int) {
    self.init(
      history.habits(before: day), serviceCount: history.serviceCount, nodeCount: nodeCount)
  }

  /// - Parameters:
  ///   - habits: each edge once.
  ///   - nodeCount: nodes that will be asked about, those not met included.
  package init(_ habits: [GraphHabit], serviceCount: Int, nodeCount: Int) {
    self.nodeCount = nodeCount
    self.serviceCount = serviceCount
    sent = .init(repeating: 0, count: nodeCount)
    received = sent
    features = Matrix(
      rowCount: nodeCount, columnCount: GraphSnapshot.featureCount(serviceCount: serviceCount))
    var pairs: [Pair] = []
    for habit in habits { add(habit, pairs: &pairs) }
    var rows = [[SparseMatrix.Entry]](repeating: [], count: nodeCount)
    var reverseRows = rows
    for pair in pairs {
      let weight = weightsOfPair[pair] ?? 0
      features[pair.source, 0] += weight
      features[pair.target, 1] += weight
      rows[pair.source].append(.init(column: pair.target, number: weight / sent[pair.source]))
      reverseRows[pair.target].append(
        .init(column: pair.source, number: weight / received[pair.target]))
    }
    reached = SparseMatrix(columnCount: nodeCount, rows: rows)
    reaching = SparseMatrix(columnCount: nodeCount, rows: reverseRows)
    GraphSnapshot.scale(&features, serviceCount: serviceCount)
  }

  /// - Parameter pairs: gets those that were not met before, in their order.
  private mutating func add(_ habit: GraphHabit, pairs: inout [Pair]) {
    let (services, hours) = (4, 4 + 2 * serviceCount)
    let (from, to) = (habit.edge.source, habit.edge.target)
    features[from, 2] += habit.conversations
    features[to, 3] += habit.conversations
    for (hour, weight) in habit.hours.enumerated() {
      features[from, hours + hour] += weight
      features[to, hours + GraphHabit.hourCount + hour] += weight
    }
    weights[habit.edge] = habit.weight
    let pair = Pair(source: from, target: to)
    if weightsOfPair[pair] == nil { pairs.append(pair) }
    weightsOfPair[pair, default: 0] += habit.weight
    sent[from] += habit.weight
    received[to] += habit.weight
    features[from, services + habit.edge.service] += habit.weight
    features[to, services + serviceCount + habit.edge.service] += habit.weight
  }

  /// Amounts to logarithms, histograms to shares.
  private static func scale(_ features: inout Matrix, serviceCount: Int) {
    let histograms = [
      serviceCount, serviceCount, GraphHabit.hourCount, GraphHabit.hourCount,
    ]
    for node in 0..<features.rowCount {
      for column in 0..<4 { features[node, column] = log1p(features[node, column]) / 4 }
      var start = 4
      for count in histograms {
        let total = (start..<start + count).reduce(0) { $0 + features[node, $1] }
        for column in start..<start + count where total > 0 { features[node, column] /= total }
        start += count
      }
    }
  }

  /// Whether the edge was there in the days before.
  package func has(_ edge: GraphHistory.Edge) -> Bool { weights[edge] != nil }

  static let edgeFeatureCount = 3

  /// What is known of an edge beside its service and its ends: its own weight, that share of its
  /// ends' weights, and the weight of all edges from the one end to the other.
  func features(of edge: GraphHistory.Edge) -> [Float] {
    let own = weights[edge] ?? 0
    let pair = weightsOfPair[Pair(source: edge.source, target: edge.target)] ?? 0
    let ends = (sent[edge.source] * received[edge.target]).squareRoot()
    return [log1p(own), ends > 0 ? own / ends : 0, log1p(pair)]
  }

  /// Which way a neighbour is one: reached by a node, or reaching it.
  package enum Direction: Sendable { case reached, reaching }

  /// Those that a node reaches, or that reach it, heaviest first.
  package func neighbours(_ direction: Direction, of node: Int) -> [Int] {
    let row = direction == .reached ? reached.row(node) : reaching.row(node)
    return row.sorted { ($1.number, $0.column) < ($0.number, $1.column) }.map(\.column)
  }

  /// The graph as a node sees it that has one neighbour less: the means are over the others.
  package func leavingOut(_ neighbour: Int, _ direction: Direction, of node: Int) -> GraphSnapshot {
    var graph = self
    switch direction {
    case .reached: graph.reached = reached.leavingOut(column: neighbour, ofRow: node)
    case .reaching: graph.reaching = reaching.leavingOut(column: neighbour, ofRow: node)
    }
    return graph
  }
}
