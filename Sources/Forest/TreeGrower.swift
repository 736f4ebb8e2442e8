import Glibc
import Randomness

/// Grows one isolation tree on a random sample of rows (Liu, Ting, Zhou 2008, algorithms 1 and 2).
///
/// A node draws splits and takes the one that gains most; where one is drawn, as it falls. Infinite
/// values count as the greatest finite ones. Rows that miss a feature follow the child with more of
/// the others, and count with it.
struct TreeGrower {
  private let rule: GrowthRule
  private let depthLimit: Int
  private var splits: SplitDrawer
  /// The sample's rows; each node holds a range of them.
  private var rows: [Int]
  private var grown = GrownTree()

  /// - Parameter weights: one a row, by which rows are drawn; equally likely ones where nil.
  init(
    _ matrix: FeatureMatrix, weights: [Float]?, sampleCount: Int, rule: GrowthRule,
    random: SeededGenerator
  ) {
    var random = random
    let sample =
      weights.map { random.distinct(sampleCount, weights: $0) }
      ?? random.distinct(sampleCount, below: matrix.rowCount)
    self.rule = rule
    depthLimit =
      rule.limitsDepth
      ? Int.bitWidth - (max(sampleCount, 2) - 1).leadingZeroBitCount : sampleCount
    rows = Array(0..<sampleCount)
    splits = SplitDrawer(matrix, sample: sample, rule: rule, random: random)
  }

  /// A range of rows that is to become a node.
  private struct Branch {
    let rows: Range<Int>
    var depth = 0
    /// log2 of the share of rows over the share of ranges.
    var density = 0.0
    /// Whose right child it is.
    var parent: Int?
  }

  /// The tree, parents before children, left children right after their parent.
  mutating func grow() -> GrownTree {
    var pending = [Branch(rows: 0..<rows.count)]
    while let branch = pending.popLast() {
      let number = grown.nodes.count
      if let parent = branch.parent { grown.nodes[parent].right = number }
      guard branch.rows.count > 1, branch.depth < depthLimit,
        let split = splits.draw(rows[branch.rows])
      else {
        grown.appendLeaf(of: branch.rows.count, value: branch.density)
        continue
      }
      let middle = partition(branch.rows, by: split)
      grown.appendSplit(split, of: branch.rows.count)
      let halves = [branch.rows.lowerBound..<middle, middle..<branch.rows.upperBound]
      let children = zip(halves, split.rangeShares).map { half, rangeShare in
        let rowShare = Double(half.count) / Double(branch.rows.count)
        return Branch(
          rows: half, depth: branch.depth + 1,
          density: branch.density + log2(rowShare / rangeShare),
          parent: half.lowerBound == middle ? number : nil)
      }
      pending += children.reversed()
    }
    return grown
  }

  /// Puts the rows that go left first; where those that go right start.
  private mutating func partition(_ range: Range<Int>, by split: Split) -> Int {
    var (left, right, missing): ([Int], [Int], [Int]) = ([], [], [])
    for (row, value) in zip(rows[range], splits.values(split.axis, of: rows[range])) {
      if value <= split.threshold {
        left.append(row)
      } else if value > split.threshold {
        right.append(row)
      } else {
        missing.append(row)
      }
    }
    let leftRows = left.count >= right.count ? left + missing : left
    rows.replaceSubrange(
      range, with: leftRows + (left.count >= right.count ? right : right + missing))
    return range.lowerBound + leftRows.count
  }
}

/// A tree's parts before they are validated.
struct GrownTree: Sendable {
  struct Node {
    /// nil for a leaf.
    var split: Split?
    var right = 0
    var rowCount: Int
    var value = 0.0
  }

  fileprivate(set) var nodes: [Node] = []

  fileprivate mutating func appendLeaf(of rowCount: Int, value: Double) {
    nodes.append(Node(rowCount: rowCount, value: value))
  }

  fileprivate mutating func appendSplit(_ split: Split, of rowCount: Int) {
    nodes.append(Node(split: split, rowCount: rowCount))
  }

  func tree(
    _ leafValue: GrowthRule.LeafValue, featureCount: Int, index: Int
  ) throws(ForestError) -> IsolationTree {
    var projections: [Projection] = []
    var treeNodes: [IsolationTree.Node] = []
    for (number, node) in nodes.enumerated() {
      guard let split = node.split else {
        treeNodes.append(.init(leafOf: node.rowCount))
        continue
      }
      var column = featureCount + projections.count
      switch split.axis {
      case .feature(let feature): column = feature
      case .projection(let projection): projections.append(projection)
      }
      treeNodes.append(
        .init(
          feature: column, threshold: split.threshold, left: number + 1, right: node.right,
          sampleCount: node.rowCount))
    }
    return try IsolationTree(
      nodes: treeNodes, values: leafValue == .density ? nodes.map(\.value) : nil,
      projections: projections, featureCount: featureCount, index: index)
  }
}
