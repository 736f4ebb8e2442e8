import CKernels

/// A forest made ready for the kernels.
final class ForestEvaluator: Sendable {
  private let body: KernelBody
  private let featureCount: Int
  private let exponentPerUnit: Double
  private let groups: ThresholdGroups
  private let completeRows: TreeProgram
  private let rowsWithMissingValues: TreeProgram
  /// In the largest top of an oblique tree.
  private let projectionCount: Int

  /// - Parameter topSplitCount: splits of a tree that are evaluated for many rows at once, at most
  ///   `TreeTop.greatestWholeSplitCount`; where nil, what is fastest for each tree. The scores are
  ///   the same.
  init(
    trees: [IsolationTree], featureCount: Int, scale: LeafScale, topSplitCount: Int? = nil,
    body: KernelBody = .best
  ) {
    self.featureCount = featureCount
    self.body = body
    exponentPerUnit = scale.exponentPerUnit
    func layouts(withMissingValues: Bool) -> [SplitLayout] {
      trees.map {
        SplitLayout(
          $0, featureCount: featureCount, scale: scale, withMissingValues: withMissingValues)
      }
    }
    let complete = layouts(withMissingValues: false)
    let counts = Self.topSplitCounts(complete, featureCount: featureCount, wanted: topSplitCount)
    func tops(_ layouts: [SplitLayout]) -> [TreeTop] {
      zip(layouts, counts).map { TreeTop($0, splitCount: $1) }
    }
    let completeTops = tops(complete)
    let groups = ThresholdGroups(tops: completeTops, featureCount: featureCount)
    completeRows = TreeProgram(tops: completeTops, groups: groups)
    rowsWithMissingValues = TreeProgram(
      tops: tops(layouts(withMissingValues: true)), groups: groups)
    self.groups = groups
    projectionCount = completeTops.lazy.filter(\.layout.isOblique).map(\.splits.count).max() ?? 0
  }

  /// The pairs and other splits of all trees' tops.
  var steps: (pairs: Int, splits: Int) { (completeRows.pairs.count, completeRows.splits.count) }

  /// Bytes that a scoring thread needs besides its stack.
  var workspaceByteCount: Int {
    ForestWorkspace.byteCount(featureCount: featureCount, projectionCount: projectionCount)
  }

  /// How many splits of each tree are its top. Once a feature has more thresholds than there are
  /// ranks, trees have none.
  private static func topSplitCounts(
    _ layouts: [SplitLayout], featureCount: Int, wanted: Int?
  ) -> [Int] {
    var thresholdCounts = [Int](repeating: 0, count: featureCount)
    return layouts.map { layout in
      let isWhole = layout.splitCount <= TreeTop.greatestWholeSplitCount
      let count = wanted ?? (isWhole ? layout.splitCount : TreeTop.partialSplitCount)
      let top = TreeTop(layout, splitCount: count)
      if layout.isOblique { return count }
      for number in top.splits { thresholdCounts[layout.nodes[number].feature] += 1 }
      let hasRanks = thresholdCounts.allSatisfy { $0 <= FeatureRanking.greatestThresholdCount }
      return hasRanks ? count : 0
    }
  }

  /// The matrix's score for each row.
  ///
  /// - Precondition: the matrix has `featureCount` features.
  func scores(_ matrix: FeatureMatrix, threads: Int) -> [Float] {
    precondition(matrix.featureCount == featureCount)
    return rowsInParallel(
      count: matrix.rowCount, blockRowCount: blockRowCount, threads: threads
    ) { [self] takeBlock, blocks in
      let workspace = ForestWorkspace(
        featureCount: featureCount, projectionCount: projectionCount)
      while let block = takeBlock() {
        let (rows, scores) = blocks[block]
        let hasMissing = workspace.load(matrix, rows)
        addTrees(workspace, hasMissing: hasMissing)
        forest_scores(workspace.sums, exponentPerUnit, rows.count, scores)
      }
    }
  }

  /// Sets the workspace's sums to what the trees give its rows.
  private func addTrees(_ workspace: ForestWorkspace, hasMissing: Bool) {
    let program = hasMissing ? rowsWithMissingValues : completeRows
    workspace.resetSums(to: program.constant)
    if hasMissing { workspace.flip() }
    let instructions = body.instructions
    workspace.rank(groups, instructions, hasMissing: hasMissing)
    for quad in 0..<groups.quadCount {
      let blocks = workspace.blocks(groups, instructions, quad: quad, hasMissing: hasMissing)
      for (group, ranks) in blocks {
        if body == .swift {
          program.addInSwift(
            group: group, ranks: ranks, features: workspace.values, scratch: workspace.scratch,
            to: workspace.sums)
          continue
        }
        program.add(
          instructions, group: group, ranks: ranks, features: workspace.values,
          scratch: workspace.scratch, to: workspace.sums)
      }
    }
  }
}

let blockRowCount = forest_block_rows
