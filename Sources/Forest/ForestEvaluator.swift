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
  private static let greatestBlockCount = 8
  private static let greatestBlockByteCount = 2 << 20
  /// Of the tables that give ranks within groups.
  private static let greatestTableByteCount = 128 << 20

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
    let blockByteCount = RowBlock.byteCount(featureCount: featureCount)
    blockCount =
      tops.allSatisfy(\.isWhole)
      ? 1 : min(Self.greatestBlockCount, max(1, Self.greatestBlockByteCount / blockByteCount))
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

  /// How each tree is evaluated. A feature has so many ranks: trees take them in order, first for
  /// their tops, then for tiles; one that finds too few left has no top, or no tiles.
  private static func plans(
    _ layouts: [SplitLayout], featureCount: Int, _ wantedTopSplitCount: Int?
  ) -> [TreeTop.Plan] {
    var thresholdCounts = [Int](repeating: 0, count: featureCount)
    func takesRanks(_ counts: [Int]) -> Bool {
      let sums = zip(thresholdCounts, counts).map { $0 + $1 }
      let greatest = sums.max() ?? 0
      guard greatest <= FeatureRanking.greatestThresholdCount,
        ThresholdGroups.tableByteCount(
          thresholdCount: sums.reduce(0, +), greatestThresholdCount: greatest)
          <= greatestTableByteCount
      else { return false }
      thresholdCounts = sums
      return true
    }
    var plans = layouts.map { layout in
      let isWhole = layout.splitCount <= TreeTop.greatestWholeSplitCount
      let plan = TreeTop.Plan(
        topSplitCount: wantedTopSplitCount
          ?? (isWhole ? layout.splitCount : TreeTop.partialSplitCount))
      let takesTop = layout.isOblique || takesRanks(TreeTop(layout, plan).rankedSplitCounts)
      return takesTop ? plan : TreeTop.Plan(topSplitCount: 0)
    }
    for (number, layout) in layouts.enumerated() {
      let top = TreeTop(layout, plans[number])
      guard !top.isWhole, TileLayout.canHold(layout, featureCount: featureCount) else { continue }
      plans[number].isTiled = true
      let tiled = TreeTop(layout, plans[number])
      plans[number].isTiled = takesRanks(
        zip(tiled.rankedSplitCounts, top.rankedSplitCounts).map { $0 - $1 })
    }
    return plans
  }

  /// The matrix's score for each row.
  ///
  /// - Precondition: the matrix has `featureCount` features.
  func scores(_ matrix: FeatureMatrix, threads: Int) -> [Float] {
    precondition(matrix.featureCount == featureCount)
    // No more at once than leave every thread some.
    let blockCount = min(blockCount, max(1, matrix.rowCount / (threads * blockRowCount)))
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
    let programs = [false, true].compactMap { hasMissing in
      let blocks = blocks.filter { $0.hasMissing == hasMissing }
      return blocks.isEmpty
        ? nil : (blocks, hasMissing ? programForMissingValues() : completeRows)
    }
    for (blocks, program) in programs {
      for block in blocks {
        block.sums.update(repeating: program.constant, count: blockRowCount)
        groups.rank(block, instructions)
      }
    }
    for quad in 0..<groups.quadCount {
      groups.rank(blocks, instructions, quad: quad)
      for (place, group) in groups.groups(quad).enumerated() {
        for (blocks, program) in programs {
          let kernelBlocks = blocks.map { $0.kernelBlock(place) }
          if body == .swift {
            program.addInSwift(group: group, to: kernelBlocks, scratch: scratch)
          } else {
            program.add(
              instructions, group: group, to: kernelBlocks, columnCount: blocks[0].columnCount,
              scratch: scratch)
          }
        }
      }
    }
  }
}

let blockRowCount = forest_block_rows
