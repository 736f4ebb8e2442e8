/// Trees for walking a block of rows from the root, level by level, so that many rows' steps
/// overlap; each step adds what it tells about the row.
struct ContributionProgram: Sendable {
  /// A leaf is its own child, and stepping there adds nothing.
  private struct Node {
    let threshold: Float
    let feature: Int32
    let left: Int32
    let right: Int32
    let sendsMissingLeft: Bool
    /// The path expected at the node less that expected at the child, by tree count.
    let leftDelta: Double
    let rightDelta: Double
    /// The terms of its projection; none where it splits on a feature.
    let terms: Range<Int>
  }

  private struct Tree {
    let start: Int
    let depth: Int
    let hasProjections: Bool
  }

  private var trees: [Tree] = []
  private var nodes: [Node] = []
  private var terms: [Projection.Term] = []

  init(_ forest: IsolationForest) {
    let treeCount = Double(forest.trees.count)
    for (tree, expected) in zip(forest.trees, forest.expectedPaths) {
      trees.append(
        Tree(
          start: nodes.count, depth: Int(tree.depths.max() ?? 0),
          hasProjections: !tree.projections.isEmpty))
      for (number, node) in tree.nodes.enumerated() {
        guard !node.isLeaf else {
          nodes.append(
            Node(
              threshold: 0, feature: 0, left: Int32(number), right: Int32(number),
              sendsMissingLeft: true, leftDelta: 0, rightDelta: 0, terms: 0..<0))
          continue
        }
        let projection = tree.projection(of: node, featureCount: forest.featureNames.count)
        let firstTerm = terms.count
        terms += projection?.terms ?? []
        nodes.append(
          Node(
            threshold: node.threshold, feature: projection == nil ? node.feature : 0,
            left: node.left, right: node.right,
            sendsMissingLeft: tree.sendsMissingLeft(node),
            leftDelta: (expected[number] - expected[Int(node.left)]) / treeCount,
            rightDelta: (expected[number] - expected[Int(node.right)]) / treeCount,
            terms: firstTerm..<terms.count))
      }
    }
  }

  /// Sets the workspace's contributions to those of its rows.
  func run(_ workspace: ContributionWorkspace, hasMissing: Bool) {
    workspace.reset()
    nodes.withUnsafeBufferPointer { nodes in
      guard let nodes = nodes.baseAddress else { return }
      for tree in trees {
        workspace.places.update(repeating: 0, count: attributedRowCount)
        for _ in 0..<tree.depth {
          if tree.hasProjections {
            stepByProjections(nodes + tree.start, workspace)
          } else if hasMissing {
            Self.step(nodes + tree.start, workspace) { value, node in
              value.isNaN ? node.sendsMissingLeft : value <= node.threshold
            }
          } else {
            Self.step(nodes + tree.start, workspace) { value, node in value <= node.threshold }
          }
        }
      }
    }
  }

  /// Takes each row one level down.
  @inline(__always)
  private static func step(
    _ nodes: UnsafePointer<Node>, _ workspace: ContributionWorkspace,
    _ goesLeft: (Float, borrowing Node) -> Bool
  ) {
    let (values, places, sums) = (workspace.values, workspace.places, workspace.sums)
    for row in 0..<attributedRowCount {
      let node = nodes + Int(places[row])
      let column = Int(node.pointee.feature) &* attributedRowCount &+ row
      let isLeft = goesLeft(values[column], node.pointee)
      places[row] = isLeft ? node.pointee.left : node.pointee.right
      sums[column] += isLeft ? node.pointee.leftDelta : node.pointee.rightDelta
    }
  }

  /// The same where splits may be on projections, whose features share what a step tells by their
  /// parts in its value.
  private func stepByProjections(
    _ nodes: UnsafePointer<Node>, _ workspace: ContributionWorkspace
  ) {
    let (values, places, sums) = (workspace.values, workspace.places, workspace.sums)
    terms.withUnsafeBufferPointer { terms in
      for row in 0..<attributedRowCount {
        let node = nodes + Int(places[row])
        let own = UnsafeBufferPointer(rebasing: terms[node.pointee.terms])
        var value: Float = 0
        var total = 0.0
        for term in own {
          let part = term.value(values[Int(term.feature) &* attributedRowCount &+ row])
          value += part
          total += Double(part.magnitude)
        }
        let column = Int(node.pointee.feature) &* attributedRowCount &+ row
        if own.isEmpty { value = values[column] }
        let isLeft =
          value.isNaN ? node.pointee.sendsMissingLeft : value <= node.pointee.threshold
        places[row] = isLeft ? node.pointee.left : node.pointee.right
        let delta = isLeft ? node.pointee.leftDelta : node.pointee.rightDelta
        if own.isEmpty { sums[column] += delta }
        for term in own {
          let column = Int(term.feature) &* attributedRowCount &+ row
          let part = Double(term.value(values[column]).magnitude)
          let isShared = total > 0 && total.isFinite
          sums[column] += delta * (isShared ? part / total : 1 / Double(own.count))
        }
      }
    }
  }
}

/// Rows walked side by side: their values and sums stay in the nearest cache.
let attributedRowCount = 64

/// What one thread needs to attribute a block of rows; arrays are column-major,
/// array[feature × attributedRowCount + row].
final class ContributionWorkspace {
  private let featureCount: Int
  let values: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Double>
  /// places[row]: the node a row has reached.
  let places: UnsafeMutablePointer<Int32>

  init(featureCount: Int) {
    self.featureCount = featureCount
    values = .allocate(capacity: featureCount * attributedRowCount)
    values.initialize(repeating: 0, count: featureCount * attributedRowCount)
    sums = .allocate(capacity: featureCount * attributedRowCount)
    sums.initialize(repeating: 0, count: featureCount * attributedRowCount)
    places = .allocate(capacity: attributedRowCount)
    places.initialize(repeating: 0, count: attributedRowCount)
  }

  deinit {
    values.deallocate()
    sums.deallocate()
    places.deallocate()
  }

  /// Copies rows of the matrix; whether one lacks a value. Rows past the last keep what was there.
  func load(_ matrix: FeatureMatrix, rows: Range<Int>) -> Bool {
    var hasMissing = false
    for (feature, column) in matrix.columns.enumerated() {
      let target = values + feature * attributedRowCount
      column.withUnsafeBufferPointer { source in
        for (place, row) in rows.enumerated() {
          target[place] = source[row]
          hasMissing = hasMissing || source[row].isNaN
        }
      }
    }
    return hasMissing
  }

  func reset() {
    sums.update(repeating: 0, count: featureCount * attributedRowCount)
  }

  /// Writes rows one after the other: target[row × featureCount + feature].
  func store(rowCount: Int, to target: UnsafeMutablePointer<Double>) {
    for row in 0..<rowCount {
      for feature in 0..<featureCount {
        (target + row * featureCount + feature).initialize(
          to: sums[feature * attributedRowCount + row])
      }
    }
  }
}
