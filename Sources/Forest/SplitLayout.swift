import CKernels

/// A tree's nodes as a kernel takes them: `x <= threshold` goes left, an unordered comparison goes
/// right.
///
/// A split whose leaves are worth the same is a leaf: two rows parted by a last split are as deep
/// as two rows that are not. In forests of 256 rows a tree that is every fourth or fifth split.
///
/// Where missing values may occur, a node that sends them left looks at the feature's flipped
/// column instead, −x, and has its children swapped: x > t is −x ≤ −t.nextUp. Flipped columns come
/// after the others. An oblique tree compares the projection with its weights negated: negation
/// changes no rounding. It always does, since a sum of infinite features may be missing where no
/// feature is.
struct SplitLayout {
  struct Node {
    /// Negative for a leaf.
    let feature: Int
    let threshold: Float
    let isFlipped: Bool
    /// The right child comes after it.
    let left: Int
    /// A leaf's value.
    let units: forest_units
    /// What a split of an oblique tree compares: plain, even where it is flipped.
    var terms: [Projection.Term] = []

    var isLeaf: Bool { feature < 0 }
    var right: Int { left + 1 }
  }

  /// Level by level from the root, nodes[0].
  let nodes: [Node]
  let isOblique: Bool

  init(
    _ tree: IsolationTree, featureCount: Int, scale: LeafScale, withMissingValues: Bool
  ) {
    isOblique = !tree.projections.isEmpty
    let leafUnits = Self.leafUnits(tree, scale)
    var order = [0]
    var nodes: [Node] = []
    while nodes.count < order.count {
      let number = order[nodes.count]
      if let units = leafUnits[number] {
        nodes.append(Node(feature: -1, threshold: 0, isFlipped: false, left: -1, units: units))
        continue
      }
      let node = tree.nodes[number]
      let isFlipped = (withMissingValues || isOblique) && tree.sendsMissingLeft(node)
      nodes.append(
        Node(
          feature: Int(node.feature), threshold: node.threshold, isFlipped: isFlipped,
          left: order.count, units: 0,
          terms: isOblique ? tree.terms(of: node, featureCount: featureCount) : []))
      let children = [Int(node.left), Int(node.right)]
      order += isFlipped ? children.reversed() : children
    }
    self.nodes = nodes
  }

  /// What all leaves under a node are worth, where that is the same.
  private static func leafUnits(_ tree: IsolationTree, _ scale: LeafScale) -> [forest_units?] {
    var units = [forest_units?](repeating: nil, count: tree.nodes.count)
    for number in tree.nodes.indices.reversed() {
      let node = tree.nodes[number]
      if node.isLeaf {
        units[number] = scale.units(tree.values[number])
      } else if units[Int(node.left)] == units[Int(node.right)] {
        units[number] = units[Int(node.left)]
      }
    }
    return units
  }

  var splitCount: Int { nodes.count / 2 }

  /// Splits from the root to the deepest leaf.
  var depth: Int {
    var depths = [Int](repeating: 0, count: nodes.count)
    for (number, node) in nodes.enumerated() where !node.isLeaf {
      depths[node.left] = depths[number] + 1
      depths[node.right] = depths[number] + 1
    }
    return depths.max() ?? 0
  }
}

extension SplitLayout.Node {
  func column(featureCount: Int) -> Int { isFlipped ? featureCount + feature : feature }

  /// What the column is compared with.
  var columnThreshold: Float { isFlipped ? -threshold.nextUp : threshold }
}
