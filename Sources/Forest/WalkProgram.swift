import CKernels

/// Trees for `forest_walk`, from the root down: for trees so large that most nodes are off a row's
/// path.
struct WalkProgram: Sendable {
  private struct Tree {
    let start: Int
    let depth: UInt32
  }

  private var trees: [Tree] = []
  private var nodes: [forest_walk_node] = []
  private var values: [forest_units] = []

  init(layouts: [SplitLayout], featureCount: Int) {
    for layout in layouts {
      trees.append(Tree(start: nodes.count, depth: UInt32(layout.depth)))
      for (number, node) in layout.nodes.enumerated() {
        nodes.append(
          node.isLeaf
            ? forest_walk_node(
              threshold: 0, column: 0, left: UInt32(number), right: UInt32(number))
            : forest_walk_node(
              threshold: node.columnThreshold,
              column: UInt32(node.column(featureCount: featureCount)),
              left: UInt32(node.left), right: UInt32(node.right)))
        values.append(node.units)
      }
    }
  }

  var isEmpty: Bool { trees.isEmpty }

  func add(_ block: UnsafePointer<Float>, to sums: UnsafeMutablePointer<forest_units>) {
    nodes.withUnsafeBufferPointer { nodes in
      values.withUnsafeBufferPointer { values in
        guard let nodes = nodes.baseAddress, let values = values.baseAddress else { return }
        for tree in trees {
          forest_walk(nodes + tree.start, values + tree.start, tree.depth, block, sums)
        }
      }
    }
  }
}
