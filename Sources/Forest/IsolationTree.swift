/// A tree that isolates rows by thresholds on single features or on weighted sums of them.
package struct IsolationTree: Sendable, Equatable {
  package struct Node: Sendable, Equatable {
    /// The column it splits on: a feature, or from the number of features on a projection; negative
    /// for a leaf.
    package let feature: Int32
    /// Finite; values up to it go left. A missing value follows the child with more training rows,
    /// the left one if both have as many.
    package let threshold: Float
    /// Index of the child among the tree's nodes; above the node's own.
    package let left: Int32
    package let right: Int32
    /// Training rows that reached the node.
    package let sampleCount: Int32

    package init(feature: Int, threshold: Float, left: Int, right: Int, sampleCount: Int) {
      self.feature = Int32(feature)
      self.threshold = threshold
      self.left = Int32(left)
      self.right = Int32(right)
      self.sampleCount = Int32(sampleCount)
    }

    package init(leafOf sampleCount: Int) {
      self.init(feature: -1, threshold: 0, left: -1, right: -1, sampleCount: sampleCount)
    }

    package var isLeaf: Bool { feature < 0 }

    /// The node, splitting on another column.
    func onColumn(_ column: Int) -> Node {
      Node(
        feature: column, threshold: threshold, left: Int(left), right: Int(right),
        sampleCount: Int(sampleCount))
    }
  }

  /// nodes[0] is the root; children come after their parent.
  package let nodes: [Node]
  /// What a row gets that ends in a leaf, one value a node; 0 where it splits.
  package let values: [Double]
  /// The weighted sums of features that nodes split on.
  package let projections: [Projection]
  /// Edges from the root.
  let depths: [Int32]

  /// Takes nodes that may come from a file.
  ///
  /// - Parameters:
  ///   - values: one a node, of which those of leaves are taken; where nil, a leaf's value is its
  ///     path length in edges: those from the root, and those that its rows would still need.
  ///   - projections: what columns from featureCount on stand for.
  ///   - index: the tree's place in its forest, for errors.
  /// - Throws: `ForestError.tree` unless the nodes are one tree whose counts add up, over features
  ///   0 ..< featureCount or projections, with finite thresholds, and values are finite.
  package init(
    nodes: [Node], values: [Double]? = nil, projections: [Projection] = [], featureCount: Int,
    index: Int
  ) throws(ForestError) {
    precondition(values == nil || values?.count == nodes.count, "one value a node")
    func fail(_ node: Int, _ expected: String, _ found: String) -> ForestError {
      .tree(index: index, node: node, expected: expected, found: found)
    }
    guard !nodes.isEmpty else { throw fail(0, "a root", "no nodes") }
    var parents = [Int32](repeating: -1, count: nodes.count)
    var depths = [Int32](repeating: 0, count: nodes.count)
    for (number, node) in nodes.enumerated() {
      if number > 0, parents[number] < 0 {
        throw fail(number, "a parent before it", "none")
      }
      guard node.sampleCount > 0 else {
        throw fail(number, "training rows", "\(node.sampleCount)")
      }
      if node.isLeaf { continue }
      guard Int(node.feature) < featureCount + projections.count else {
        throw fail(number, "a feature below \(featureCount)", "\(node.feature)")
      }
      if node.feature >= featureCount,
        let defect = projections[Int(node.feature) - featureCount]
          .defect(featureCount: featureCount)
      {
        throw fail(number, defect.expected, defect.found)
      }
      guard node.threshold.isFinite else {
        throw fail(number, "a finite threshold", "\(node.threshold)")
      }
      for child in [node.left, node.right] {
        guard child > number, child < nodes.count else {
          throw fail(number, "a child in \(number + 1) ..< \(nodes.count)", "\(child)")
        }
        guard parents[Int(child)] < 0 else {
          throw fail(number, "a child of its own", "\(child), which has a parent")
        }
        parents[Int(child)] = Int32(number)
        depths[Int(child)] = depths[number] + 1
      }
      let childRows =
        Int(nodes[Int(node.left)].sampleCount) + Int(nodes[Int(node.right)].sampleCount)
      guard childRows == Int(node.sampleCount) else {
        throw fail(number, "\(childRows) training rows, as its children", "\(node.sampleCount)")
      }
    }
    let leafValues = nodes.enumerated().map { number, node in
      guard node.isLeaf else { return 0.0 }
      return values?[number]
        ?? Double(depths[number]) + averagePathLength(rowCount: Int(node.sampleCount))
    }
    if let number = leafValues.firstIndex(where: { !$0.isFinite }) {
      throw fail(number, "a finite value", "\(leafValues[number])")
    }
    self.nodes = nodes
    self.depths = depths
    self.values = leafValues
    self.projections = projections
  }

  /// The least and greatest value of a leaf.
  var valueRange: ClosedRange<Double> {
    let leaves = zip(nodes, values).filter { $0.0.isLeaf }.map(\.1)
    return (leaves.min() ?? 0)...(leaves.max() ?? 0)
  }

  func sendsMissingLeft(_ node: Node) -> Bool {
    nodes[Int(node.left)].sampleCount >= nodes[Int(node.right)].sampleCount
  }

  /// The child that a value takes.
  func child(of node: Node, for value: Float) -> Int {
    let goesLeft = value.isNaN ? sendsMissingLeft(node) : value <= node.threshold
    return Int(goesLeft ? node.left : node.right)
  }

  /// The child that a row takes.
  func child(of node: Node, for row: Int, in matrix: FeatureMatrix) -> Int {
    guard let projection = projection(of: node, featureCount: matrix.featureCount) else {
      return child(of: node, for: matrix.columns[Int(node.feature)][row])
    }
    return child(of: node, for: projection.value { matrix.columns[$0][row] })
  }

  /// nil where the node splits on a feature.
  func projection(of node: Node, featureCount: Int) -> Projection? {
    node.feature < featureCount ? nil : projections[Int(node.feature) - featureCount]
  }

  /// What the node compares as terms of a sum: a feature x is 1 × (x − 0).
  func terms(of node: Node, featureCount: Int) -> [Projection.Term] {
    projection(of: node, featureCount: featureCount)?.terms
      ?? [Projection.Term(feature: Int(node.feature), weight: 1, centre: 0)]
  }

  /// The leaf where a row ends.
  func leaf(_ matrix: FeatureMatrix, row: Int) -> Int {
    var number = 0
    while !nodes[number].isLeaf {
      number = child(of: nodes[number], for: row, in: matrix)
    }
    return number
  }
}
