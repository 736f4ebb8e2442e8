/// A tree's nodes as a kernel takes them: `x <= threshold` goes left, an unordered comparison goes
/// right.
///
/// Where missing values may occur, a node that sends them left looks at the feature's flipped
/// column instead, −x, and has its children swapped: x > t is −x ≤ −t.nextUp. Flipped columns come
/// after the others.
struct SplitLayout {
  struct Node {
    /// Negative for a leaf.
    let feature: Int
    let threshold: Float
    let isFlipped: Bool
    let left: Int
    let right: Int

    var isLeaf: Bool { feature < 0 }
  }

  let nodes: [Node]

  init(_ tree: IsolationTree, withMissingValues: Bool) {
    nodes = tree.nodes.map { node in
      let isFlipped = withMissingValues && !node.isLeaf && tree.sendsMissingLeft(node)
      return Node(
        feature: Int(node.feature), threshold: node.threshold, isFlipped: isFlipped,
        left: Int(isFlipped ? node.right : node.left),
        right: Int(isFlipped ? node.left : node.right))
    }
  }

  func isLeafPair(_ node: Int) -> Bool {
    !nodes[node].isLeaf && nodes[nodes[node].left].isLeaf && nodes[nodes[node].right].isLeaf
  }
}

extension SplitLayout.Node {
  func column(featureCount: Int) -> Int { isFlipped ? featureCount + feature : feature }

  /// What the column is compared with.
  var columnThreshold: Float { isFlipped ? -threshold.nextUp : threshold }
}
