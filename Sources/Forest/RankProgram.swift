import CKernels

/// Trees for `forest_blend_ranks`: thresholds are ranks, leaves are codes of their values.
struct RankProgram: Sendable {
  /// Codes are looked up in time proportional to the values a tree has.
  static let greatestValueCount = 128

  private var trees: [forest_program_tree] = []
  private var steps: [forest_rank_step] = []
  private var values: [forest_units] = []
  /// What trees of a single leaf add to every row.
  private(set) var constant: forest_units = 0

  /// nil for a tree with too many leaf values.
  init?(
    trees: [IsolationTree], rankings: [FeatureRanking], scale: LeafScale, withMissingValues: Bool
  ) {
    for tree in trees {
      guard append(tree, rankings, scale, withMissingValues) else { return nil }
    }
  }

  private mutating func append(
    _ tree: IsolationTree, _ rankings: [FeatureRanking], _ scale: LeafScale,
    _ withMissingValues: Bool
  ) -> Bool {
    let layout = SplitLayout(tree, withMissingValues: withMissingValues)
    func units(_ leaf: Int) -> forest_units { scale.units(tree.values[leaf]) }
    let table = Set(tree.nodes.indices.lazy.filter { tree.nodes[$0].isLeaf }.map(units)).sorted()
    guard table.count <= Self.greatestValueCount else { return false }
    func code(_ leaf: Int?) -> Int16 {
      Int16(leaf.map { leaf in table.lowerBound { $0 >= units(leaf) } } ?? 0)
    }
    func threshold(_ node: SplitLayout.Node) -> Int16 {
      let ranking = rankings[node.feature]
      let rank = ranking.rank(ofThreshold: node.threshold)
      return Int16(node.isFlipped ? ranking.thresholdCount - rank - 1 : rank)
    }
    let start = (steps: steps.count, values: values.count)
    for step in BlendOrder(layout).steps {
      let node = layout.nodes[step.node]
      let inner = layout.nodes[step.innerNode ?? step.node]
      steps.append(
        forest_rank_step(
          kind: UInt16(step.kind.rawValue),
          column: UInt16(node.column(featureCount: rankings.count)),
          inner_column: UInt16(inner.column(featureCount: rankings.count)),
          threshold: threshold(node), inner_threshold: threshold(inner),
          left: code(step.leftLeaf), right: code(step.rightLeaf)))
    }
    if steps.count == start.steps {
      constant += units(0)
      return true
    }
    values += table
    while values.count % forest_table_stride != 0 { values.append(0) }
    trees.append(
      forest_program_tree(
        step_start: UInt32(start.steps), step_end: UInt32(steps.count),
        table_start: UInt32(start.values), table_end: UInt32(values.count)))
    return true
  }

  func add(
    _ instructions: forest_instructions, _ block: UnsafePointer<Int16>,
    to sums: UnsafeMutablePointer<forest_units>
  ) {
    forest_blend_ranks(instructions, trees, trees.count, steps, values, block, sums)
  }
}
