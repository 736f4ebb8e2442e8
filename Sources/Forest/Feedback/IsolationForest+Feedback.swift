import Columnar

extension IsolationForest {
  /// The forest as people's verdicts change it: the same splits with other leaf values.
  ///
  /// Rows called anomalies get shorter paths, rows called benign longer ones, and so do rows that
  /// end in the same leaves; a row that shares none keeps its path. The wanted distance from the
  /// line is that of the mean training row. No leaf falls below zero.
  ///
  /// The result depends on the verdicts, not on their order; take the forest that was trained and
  /// all verdicts each time, rather than a forest that was already adjusted.
  ///
  /// Takes O(n² · trees) for n verdicts.
  ///
  /// - Parameter instant: verdicts given later don't count.
  /// - Throws: `ForestError` if the verdicts' rows have not the forest's features, or for options
  ///   out of range.
  package func adjusted(
    by verdicts: Verdicts, asOf instant: Instant, options: FeedbackOptions
  ) throws(ForestError) -> IsolationForest {
    guard verdicts.rows.names == featureNames else {
      throw .features(expected: featureNames, found: verdicts.rows.names)
    }
    guard options.priorWeight > 0, options.priorWeight.isFinite, options.line.isFinite else {
      throw .model(
        key: "feedback", expected: "a prior weight above 0 and a finite line",
        found: "\(options.priorWeight) and \(options.line)")
    }
    guard options.verdictLimit > 0 else {
      throw .option(name: "verdictLimit", expected: "1 or more", found: options.verdictLimit)
    }
    let counted = verdicts.counted(asOf: instant, limit: options.verdictLimit)
    guard !counted.isEmpty else { return self }
    let leaves = counted.map { row in trees.map { $0.leaf(verdicts.rows, row: row) } }
    let signs = counted.map { verdicts.isAnomaly[$0] ? -1.0 : 1.0 }
    let priorWeight = options.priorWeight / Double(counted.count).squareRoot()
    let solver = VerdictSolver(
      kernel: sharing(leaves),
      distances: counted.map { pathLength(verdicts.rows, row: $0) - options.line },
      signs: signs, margin: max(0, expectedPathLength - options.line), priorWeight: priorWeight)
    let changes = zip(solver.pulls(), signs).map { $0 * $1 / priorWeight }
    return try changingLeaves(leaves, by: changes)
  }

  /// The path length that a share of the rows, those that the forest finds strangest, stay at or
  /// below.
  ///
  /// - Precondition: the matrix has rows; the share is in 0 … 1.
  /// - Throws: `ForestError.features` if the matrix has not the forest's features.
  package func pathLength(
    ofShortest share: Double, of matrix: FeatureMatrix, threads: Int
  ) throws(ForestError) -> Double {
    precondition(matrix.rowCount > 0 && (0...1).contains(share))
    let ranking = ranking(byScore: try scores(matrix, threads: threads))
    let place = min(matrix.rowCount - 1, Int(share * Double(matrix.rowCount)))
    return pathLength(matrix, row: ranking[place])
  }

  /// For each two rows, sharing[a × count + b]: the mean over trees of 1/√n where both end in the
  /// same leaf of n training rows, else of 0.
  private func sharing(_ leaves: [[Int]]) -> [Double] {
    let count = leaves.count
    var sharing = [Double](repeating: 0, count: count * count)
    for a in 0..<count {
      for b in a..<count {
        var sum = 0.0
        for tree in trees.indices where leaves[a][tree] == leaves[b][tree] {
          sum += looseness(leaf: leaves[a][tree], of: trees[tree])
        }
        sharing[a * count + b] = sum / Double(trees.count)
        sharing[b * count + a] = sum / Double(trees.count)
      }
    }
    return sharing
  }

  /// How far a leaf gives way: the fewer training rows it had, the further.
  private func looseness(leaf: Int, of tree: IsolationTree) -> Double {
    1 / Double(tree.nodes[leaf].sampleCount).squareRoot()
  }

  /// leaves[verdict][tree] change by the verdict's number, as far as each gives way.
  private func changingLeaves(
    _ leaves: [[Int]], by changes: [Double]
  ) throws(ForestError) -> IsolationForest {
    var changed: [IsolationTree] = []
    for (index, tree) in trees.enumerated() {
      var values = tree.values
      for (leaves, change) in zip(leaves, changes) {
        values[leaves[index]] += change * looseness(leaf: leaves[index], of: tree)
      }
      // Negative only where the trained forest has negative values, too; with many verdicts this
      // is a little off the optimum.
      for leaves in leaves { values[leaves[index]] = max(values[leaves[index]], scale.origin) }
      changed.append(
        try IsolationTree(
          nodes: tree.nodes, values: values, projections: tree.projections,
          featureCount: featureNames.count, index: index))
    }
    return try IsolationForest(
      featureNames: featureNames, options: options, sampleCount: sampleCount, trees: changed)
  }
}
