import CKernels

/// Trees for `forest_blend_floats`.
struct FloatProgram: Sendable {
  private var trees: [forest_program_tree] = []
  private var steps: [forest_float_step] = []
  /// What trees of a single leaf add to every row.
  private(set) var constant: forest_units = 0

  init(trees: [IsolationTree], featureCount: Int, scale: LeafScale, withMissingValues: Bool) {
    for tree in trees {
      let layout = SplitLayout(tree, withMissingValues: withMissingValues)
      func units(_ leaf: Int?) -> forest_units {
        leaf.map { scale.units(tree.values[$0]) } ?? 0
      }
      let start = steps.count
      for step in BlendOrder(layout).steps {
        let node = layout.nodes[step.node]
        let inner = layout.nodes[step.innerNode ?? step.node]
        steps.append(
          forest_float_step(
            kind: UInt16(step.kind.rawValue),
            column: UInt16(node.column(featureCount: featureCount)),
            inner_column: UInt16(inner.column(featureCount: featureCount)),
            threshold: node.columnThreshold, inner_threshold: inner.columnThreshold,
            left: units(step.leftLeaf), right: units(step.rightLeaf)))
      }
      if steps.count == start { constant += units(0) }
      self.trees.append(
        forest_program_tree(
          step_start: UInt32(start), step_end: UInt32(steps.count), table_start: 0, table_end: 0))
    }
  }

  func add(
    _ instructions: forest_instructions, _ block: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<forest_units>
  ) {
    forest_blend_floats(instructions, trees, trees.count, steps, block, sums)
  }
}
