import CKernels

/// A forest made ready for the kernels: each tree for that which suits it.
final class ForestEvaluator: Sendable {
  /// The trees for rows with, or without, missing values.
  private struct Programs {
    let bytes: ByteProgram?
    let floats: FloatProgram
    let walk: WalkProgram
    /// What trees of a single leaf add to every row.
    let constant: forest_units
  }

  let instructions: forest_instructions
  /// By tree.
  let kernels: [ForestKernel]
  private let featureCount: Int
  private let exponentPerUnit: Double
  private let groups: ThresholdGroups?
  private let completeRows: Programs
  private let rowsWithMissingValues: Programs

  /// - Parameter kernel: for all trees; where nil, and for trees that are too large for `bytes`,
  ///   the fastest that can.
  init(
    trees: [IsolationTree], featureCount: Int, scale: LeafScale, kernel: ForestKernel? = nil,
    instructions: forest_instructions = forest_best_instructions()
  ) {
    self.featureCount = featureCount
    self.instructions = instructions
    exponentPerUnit = scale.exponentPerUnit
    func layouts(withMissingValues: Bool) -> [SplitLayout] {
      trees.map { SplitLayout($0, scale: scale, withMissingValues: withMissingValues) }
    }
    let complete = layouts(withMissingValues: false)
    let wanted = complete.map { layout -> ForestKernel in
      let kernel = kernel ?? .bytes
      return kernel == .bytes && layout.splitCount > ByteProgram.greatestSplitCount ? .walk : kernel
    }
    let groups = ThresholdGroups(
      layouts: Self.select(complete, wanted, .bytes), featureCount: featureCount)
    let kernels = groups == nil ? wanted.map { $0 == .bytes ? .walk : $0 } : wanted
    func programs(_ layouts: [SplitLayout]) -> Programs {
      let bytes = groups.map {
        ByteProgram(layouts: Self.select(layouts, kernels, .bytes), groups: $0)
      }
      let floats = FloatProgram(
        layouts: Self.select(layouts, kernels, .floats), featureCount: featureCount)
      return Programs(
        bytes: bytes, floats: floats,
        walk: WalkProgram(
          layouts: Self.select(layouts, kernels, .walk), featureCount: featureCount),
        constant: (bytes?.constant ?? 0) + floats.constant)
    }
    completeRows = programs(complete)
    rowsWithMissingValues = programs(layouts(withMissingValues: true))
    self.groups = groups
    self.kernels = kernels
  }

  private static func select(
    _ layouts: [SplitLayout], _ kernels: [ForestKernel], _ kernel: ForestKernel
  ) -> [SplitLayout] {
    zip(layouts, kernels).filter { $0.1 == kernel }.map(\.0)
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
    let programs = hasMissing ? rowsWithMissingValues : completeRows
    workspace.resetSums(to: programs.constant)
    if let groups, let bytes = programs.bytes {
      workspace.rank(groups, instructions, hasMissing: hasMissing)
      for quad in 0..<groups.quadCount {
        for (group, block) in workspace.blocks(
          groups, instructions, quad: quad, hasMissing: hasMissing)
        {
          bytes.add(
            instructions, group: group, block, slots: workspace.slots, to: workspace.sums)
        }
      }
    }
    if programs.floats.isEmpty && programs.walk.isEmpty { return }
    if hasMissing { workspace.flip() }
    programs.floats.add(instructions, workspace.values, to: workspace.sums)
    programs.walk.add(workspace.values, to: workspace.sums)
  }
}

let blockRowCount = forest_block_rows
