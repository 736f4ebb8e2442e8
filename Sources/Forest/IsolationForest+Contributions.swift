extension IsolationForest {
  /// By how much each feature shortens a row's path, in edges: for every split on the way, the
  /// path expected at the node less that expected at the child taken, averaged over trees. The
  /// features of a projection share by their parts in its value.
  ///
  /// The sum over features is `expectedPathLength` less `pathLength(matrix, row:)`, to 1e-9.
  ///
  /// - Precondition: the matrix has the forest's features.
  package func contributions(_ matrix: FeatureMatrix, row: Int) -> [Double] {
    precondition(matrix.names == featureNames, "a matrix of other features")
    var contributions = [Double](repeating: 0, count: featureNames.count)
    for (tree, expected) in zip(trees, expectedPaths) {
      var number = 0
      while !tree.nodes[number].isLeaf {
        let node = tree.nodes[number]
        let child = tree.child(of: node, for: row, in: matrix)
        let difference = expected[number] - expected[child]
        if let projection = tree.projection(of: node, featureCount: featureNames.count) {
          let shares = projection.shares { matrix.columns[$0][row] }
          for (term, share) in zip(projection.terms, shares) {
            contributions[Int(term.feature)] += share * difference
          }
        } else {
          contributions[Int(node.feature)] += difference
        }
        number = child
      }
    }
    return contributions.map { $0 / Double(trees.count) }
  }

  /// A row's mean path length over the trees, in edges: E[h(x)].
  ///
  /// - Precondition: the matrix has the forest's features.
  package func pathLength(_ matrix: FeatureMatrix, row: Int) -> Double {
    precondition(matrix.names == featureNames, "a matrix of other features")
    return scale.value(pathUnits(matrix, row: row), treeCount: trees.count) / Double(trees.count)
  }

  /// The mean path length of the training rows.
  package var expectedPathLength: Double {
    expectedPaths.reduce(0) { $0 + $1[0] } / Double(trees.count)
  }

  /// A row's path lengths added up over the trees, tree by tree; what the kernels compute.
  func pathUnits(_ matrix: FeatureMatrix, row: Int) -> UInt32 {
    trees.reduce(0) { $0 + scale.units($1.values[$1.leaf(matrix, row: row)]) }
  }

  /// For each node of each tree, the mean path length of the training rows that reached it.
  static func expectedPaths(_ trees: [IsolationTree], scale: LeafScale) -> [[Double]] {
    trees.map { tree in
      var sums = [Double](repeating: 0, count: tree.nodes.count)
      for number in tree.nodes.indices.reversed() {
        let node = tree.nodes[number]
        sums[number] =
          node.isLeaf
          ? scale.value(scale.units(tree.values[number])) * Double(node.sampleCount)
          : sums[Int(node.left)] + sums[Int(node.right)]
      }
      return zip(sums, tree.nodes).map { $0 / Double($1.sampleCount) }
    }
  }
}
