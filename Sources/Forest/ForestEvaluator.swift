import CKernels

/// A forest made ready for one kernel.
final class ForestEvaluator: Sendable {
  private enum Program {
    case ranks(RankProgram)
    case floats(FloatProgram)
    case walk(WalkProgram)
    case oblique(ObliqueProgram)
  }

  let kernel: ForestKernel
  let instructions: forest_instructions
  private let featureCount: Int
  private let exponentPerUnit: Double
  private let rankings: [FeatureRanking]
  private let completeRows: Program
  private let rowsWithMissingValues: Program

  /// - Parameter kernel: the fastest where nil; where ranks don't suffice, `floats` is used
  ///   instead of `ranks`. Only `oblique` takes trees with projections.
  init(
    trees: [IsolationTree], featureCount: Int, scale: LeafScale, kernel: ForestKernel? = nil,
    instructions: forest_instructions = forest_best_instructions()
  ) {
    self.featureCount = featureCount
    self.instructions = instructions
    exponentPerUnit = scale.exponentPerUnit
    let wanted = kernel ?? .fastest(for: trees)
    if wanted == .oblique {
      let program = ObliqueProgram(trees: trees, featureCount: featureCount, scale: scale)
      self.kernel = .oblique
      rankings = []
      completeRows = .oblique(program)
      rowsWithMissingValues = .oblique(program)
      return
    }
    if wanted == .ranks, let rankings = Self.rankings(trees, featureCount: featureCount),
      let complete = RankProgram(
        trees: trees, rankings: rankings, scale: scale, withMissingValues: false),
      let missing = RankProgram(
        trees: trees, rankings: rankings, scale: scale, withMissingValues: true)
    {
      self.kernel = .ranks
      self.rankings = rankings
      completeRows = .ranks(complete)
      rowsWithMissingValues = .ranks(missing)
      return
    }
    func program(withMissingValues: Bool) -> Program {
      wanted == .walk
        ? .walk(
          WalkProgram(
            trees: trees, featureCount: featureCount, scale: scale,
            withMissingValues: withMissingValues))
        : .floats(
          FloatProgram(
            trees: trees, featureCount: featureCount, scale: scale,
            withMissingValues: withMissingValues))
    }
    self.kernel = wanted == .walk ? .walk : .floats
    rankings = []
    completeRows = program(withMissingValues: false)
    rowsWithMissingValues = program(withMissingValues: true)
  }

  /// nil if a feature has more thresholds than there are ranks.
  private static func rankings(
    _ trees: [IsolationTree], featureCount: Int
  ) -> [FeatureRanking]? {
    var thresholds = [[Float]](repeating: [], count: featureCount)
    for tree in trees {
      for node in tree.nodes where !node.isLeaf {
        thresholds[Int(node.feature)].append(node.threshold)
      }
    }
    let rankings = thresholds.compactMap { FeatureRanking(thresholds: $0) }
    return rankings.count == featureCount ? rankings : nil
  }

  /// The matrix's score for each row.
  ///
  /// - Precondition: the matrix has `featureCount` features.
  func scores(_ matrix: FeatureMatrix, threads: Int) -> [Float] {
    precondition(matrix.featureCount == featureCount)
    let blockCount = (matrix.rowCount + blockRowCount - 1) / blockRowCount
    guard blockCount > 0 else { return [] }
    return [Float](unsafeUninitializedCapacity: matrix.rowCount) { scores, initializedCount in
      // Each block writes its own rows.
      nonisolated(unsafe) let base = scores.baseAddress
      inParallel(taskCount: blockCount, threads: threads) { takeTask in
        let workspace = ForestWorkspace(featureCount: featureCount)
        while let block = takeTask() {
          let start = block * blockRowCount
          let rowCount = min(blockRowCount, matrix.rowCount - start)
          let hasMissing = workspace.load(matrix, start: start, rowCount: rowCount)
          addTrees(workspace, hasMissing: hasMissing)
          guard let base else { continue }
          forest_scores(workspace.sums, exponentPerUnit, rowCount, base + start)
        }
      }
      initializedCount = matrix.rowCount
    }
  }

  /// Sets the workspace's sums to what the trees give its rows.
  private func addTrees(_ workspace: ForestWorkspace, hasMissing: Bool) {
    switch hasMissing ? rowsWithMissingValues : completeRows {
    case .ranks(let program):
      workspace.rank(rankings, instructions, hasMissing: hasMissing)
      workspace.resetSums(to: program.constant)
      program.add(instructions, workspace.ranks, to: workspace.sums)
    case .floats(let program):
      if hasMissing { workspace.flip() }
      workspace.resetSums(to: program.constant)
      program.add(instructions, workspace.values, to: workspace.sums)
    case .walk(let program):
      if hasMissing { workspace.flip() }
      workspace.resetSums(to: 0)
      program.add(workspace.values, to: workspace.sums)
    case .oblique(let program):
      workspace.resetSums(to: program.constant)
      program.add(instructions, workspace.values, to: workspace.sums)
    }
  }
}

let blockRowCount = forest_block_rows
