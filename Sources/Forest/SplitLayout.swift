import CKernels

/// A tree's nodes as a kernel takes them: `x <= threshold` goes left, an unordered comparison goes
/// right.
///
/// A split whose leaves are worth the same is a leaf: two rows parted by a last split are as deep
/// as two rows that are not. In forests of 256 rows a tree that is every fourth split.
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
    /// A leaf's value.
    let units: forest_units

    var isLeaf: Bool { feature < 0 }
  }

  /// nodes[0] is the root; children come after their parent.
  let nodes: [Node]

  init(_ tree: IsolationTree, scale: LeafScale, withMissingValues: Bool) {
    let leafUnits = Self.leafUnits(tree, scale)
    var places = [Int](repeating: 0, count: tree.nodes.count)
    var kept = [0]
    var next = 0
    while next < kept.count {
      let number = kept[next]
      places[number] = next
      if leafUnits[number] == nil {
        kept += [Int(tree.nodes[number].left), Int(tree.nodes[number].right)]
      }
      next += 1
    }
    nodes = kept.map { number in
      let node = tree.nodes[number]
      if let units = leafUnits[number] {
        return Node(
          feature: -1, threshold: 0, isFlipped: false, left: -1, right: -1, units: units)
      }
      let isFlipped = withMissingValues && tree.sendsMissingLeft(node)
      let (left, right) = (places[Int(node.left)], places[Int(node.right)])
      return Node(
        feature: Int(node.feature), threshold: node.threshold, isFlipped: isFlipped,
        left: isFlipped ? right : left, right: isFlipped ? left : right, units: 0)
    }
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

  func isLeafPair(_ node: Int) -> Bool {
    !nodes[node].isLeaf && nodes[nodes[node].left].isLeaf && nodes[nodes[node].right].isLeaf
  }
}

extension SplitLayout.Node {
  func column(featureCount: Int) -> Int { isFlipped ? featureCount + feature : feature }

  /// What the column is compared with.
  var columnThreshold: Float { isFlipped ? -threshold.nextUp : threshold }
}
