import CKernels

/// Trees for `forest_blend_floats`.
struct FloatProgram: Sendable {
  private var trees: [forest_program_tree] = []
  private var steps: [forest_float_step] = []
  /// What trees of a single leaf add to every row.
  private(set) var constant: forest_units = 0

  init(layouts: [SplitLayout], featureCount: Int) {
    for layout in layouts {
      func units(_ leaf: Int?) -> forest_units { leaf.map { layout.nodes[$0].units } ?? 0 }
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
      guard steps.count > start else {
        constant += units(0)
        continue
      }
      trees.append(
        forest_program_tree(step_start: UInt32(start), step_end: UInt32(steps.count)))
    }
  }

  var isEmpty: Bool { trees.isEmpty }

  func add(
    _ instructions: forest_instructions, _ block: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<forest_units>
  ) {
    forest_blend_floats(instructions, trees, trees.count, steps, block, sums)
  }
}
