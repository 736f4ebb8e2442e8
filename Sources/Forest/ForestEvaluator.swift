import CKernels
import Synchronization

/// A forest made ready for the kernels.
final class ForestEvaluator: Sendable {
  private let body: KernelBody
  private let trees: [IsolationTree]
  private let featureCount: Int
  private let scale: LeafScale
  private let plans: [TreeTop.Plan]
  private let groups: ThresholdGroups
  private let completeRows: TreeProgram
  /// Made when the first row that lacks a value is met.
  private let rowsWithMissingValues = Mutex<TreeProgram?>(nil)
  /// In the largest top of an oblique tree.
  private let projectionCount: Int
  /// Blocks of rows that a thread takes through a group of trees one after the other.
  private let blockCount: Int

  /// Large trees don't stay in the caches from one group to the next. The more rows they are
  /// fetched for the better, as long as these stay in the caches themselves.
  private static let largeForestBlockCount = 8

  /// - Parameter topSplitCount: splits of a tree that are evaluated for many rows at once, at most
  ///   `TreeTop.greatestWholeSplitCount`; where nil, what is fastest for each tree. The scores are
  ///   the same.
  init(
    trees: [IsolationTree], featureCount: Int, scale: LeafScale, topSplitCount: Int? = nil,
    body: KernelBody = .best
  ) {
    self.body = body
    self.trees = trees
    self.featureCount = featureCount
    self.scale = scale
    let layouts = trees.map {
      SplitLayout($0, featureCount: featureCount, scale: scale, withMissingValues: false)
    }
    plans = Self.plans(layouts, featureCount: featureCount, topSplitCount)
    let tops = zip(layouts, plans).map { TreeTop($0, $1) }
    groups = ThresholdGroups(tops: tops, featureCount: featureCount)
    completeRows = TreeProgram(tops: tops, groups: groups)
    projectionCount = tops.lazy.filter(\.layout.isOblique).map(\.splits.count).max() ?? 0
    blockCount = tops.allSatisfy(\.isWhole) ? 1 : Self.largeForestBlockCount
  }

  /// Trees for rows that lack values.
  private func programForMissingValues() -> TreeProgram {
    rowsWithMissingValues.withLock { program in
      if let program { return program }
      let tops = zip(trees, plans).map { tree, plan in
        TreeTop(
          SplitLayout(tree, featureCount: featureCount, scale: scale, withMissingValues: true),
          plan)
      }
      let made = TreeProgram(tops: tops, groups: groups)
      program = made
      return made
    }
  }

  /// The pairs and other splits of all trees' tops.
  var steps: (pairs: Int, splits: Int) { (completeRows.pairs.count, completeRows.splits.count) }

  /// Bytes that a scoring thread needs besides its stack.
  var workspaceByteCount: Int {
    ForestWorkspace.byteCount(
      featureCount: featureCount, projectionCount: projectionCount, blockCount: blockCount)
  }

  /// How each tree is evaluated. Once a feature has more thresholds than there are ranks, trees
  /// have neither tops nor tiles.
  private static func plans(
    _ layouts: [SplitLayout], featureCount: Int, _ wantedTopSplitCount: Int?
  ) -> [TreeTop.Plan] {
    var thresholdCounts = [Int](repeating: 0, count: featureCount)
    return layouts.map { layout in
      let isWhole = layout.splitCount <= TreeTop.greatestWholeSplitCount
      var plan = TreeTop.Plan(
        topSplitCount: wantedTopSplitCount
          ?? (isWhole ? layout.splitCount : TreeTop.partialSplitCount))
      if layout.isOblique { return plan }
      let canBeTiled = TileLayout.canHold(layout, featureCount: featureCount)
      for isTiled in canBeTiled ? [true, false] : [false] {
        plan.isTiled = isTiled
        let top = TreeTop(layout, plan)
        var counts = thresholdCounts
        for number in top.rankedSplits { counts[layout.nodes[number].feature] += 1 }
        guard counts.allSatisfy({ $0 <= FeatureRanking.greatestThresholdCount }) else { continue }
        thresholdCounts = counts
        return plan
      }
      return TreeTop.Plan(topSplitCount: 0)
    }
  }

  /// The matrix's score for each row.
  ///
  /// - Precondition: the matrix has `featureCount` features.
  func scores(_ matrix: FeatureMatrix, threads: Int) -> [Float] {
    precondition(matrix.featureCount == featureCount)
    return rowsInParallel(
      count: matrix.rowCount, blockRowCount: blockCount * blockRowCount, threads: threads
    ) { [self] takeBlocks, chunks in
      let workspace = ForestWorkspace(
        featureCount: featureCount, projectionCount: projectionCount, blockCount: blockCount)
      while let number = takeBlocks() {
        let (rows, scores) = chunks[number]
        let blocks = workspace.load(matrix, rows)
        addTrees(blocks, workspace.scratch)
        for block in blocks {
          forest_scores(
            block.sums, scale.exponentPerUnit, block.rows.count,
            scores + (block.rows.lowerBound - rows.lowerBound))
        }
      }
    }
  }

  /// Sets the sums of blocks to what the trees give their rows.
  private func addTrees(_ blocks: [RowBlock], _ scratch: forest_scratch) {
    let instructions = body.instructions
    let programs = blocks.map { $0.hasMissing ? programForMissingValues() : completeRows }
    for (block, program) in zip(blocks, programs) {
      block.sums.update(repeating: program.constant, count: blockRowCount)
      groups.rank(block, instructions)
    }
    for quad in 0..<groups.quadCount {
      groups.rank(blocks, instructions, quad: quad)
      for (place, group) in groups.groups(quad).enumerated() {
        for (block, program) in zip(blocks, programs) {
          if body == .swift {
            program.addInSwift(
              group: group, ranks: block.groupRanks(place), features: block.values,
              scratch: scratch, to: block.sums)
            continue
          }
          program.add(
            instructions, group: group, ranks: block.groupRanks(place),
            columnCount: block.columnCount, features: block.values, scratch: scratch,
            to: block.sums)
        }
      }
    }
  }
}

let blockRowCount = forest_block_rows
