import CKernels

/// Trees for `forest_blend_oblique`, whose nodes may split on weighted sums of features.
///
/// `x <= threshold` goes left, an unordered comparison goes right. A node that sends missing values
/// left looks at the sum with its weights negated instead, and has its children swapped: v > t is
/// −v ≤ −t.nextUp, and negation changes no rounding.
struct ObliqueProgram: Sendable {
  private var trees: [forest_program_tree] = []
  private var steps: [forest_oblique_step] = []
  private var terms: [forest_term] = []
  /// What trees of a single leaf add to every row.
  private(set) var constant: forest_units = 0

  init(trees: [IsolationTree], featureCount: Int, scale: LeafScale) {
    for tree in trees {
      // A sum of infinite features may be missing where no feature is.
      let layout = SplitLayout(tree, withMissingValues: true)
      func units(_ leaf: Int?) -> forest_units {
        leaf.map { scale.units(tree.values[$0]) } ?? 0
      }
      let termRanges = layout.nodes.enumerated().map { number, node in
        appendTerms(
          node.isLeaf ? nil : tree.projection(of: tree.nodes[number], featureCount: featureCount),
          of: node)
      }
      let start = steps.count
      for step in BlendOrder(layout).steps {
        let innerNode = step.innerNode ?? step.node
        let (outer, inner) = (termRanges[step.node], termRanges[innerNode])
        steps.append(
          forest_oblique_step(
            kind: UInt32(step.kind.rawValue),
            term_start: UInt32(outer.lowerBound), term_end: UInt32(outer.upperBound),
            inner_term_start: UInt32(inner.lowerBound), inner_term_end: UInt32(inner.upperBound),
            threshold: layout.nodes[step.node].columnThreshold,
            inner_threshold: layout.nodes[innerNode].columnThreshold,
            left: units(step.leftLeaf), right: units(step.rightLeaf)))
      }
      if steps.count == start { constant += units(0) }
      self.trees.append(
        forest_program_tree(
          step_start: UInt32(start), step_end: UInt32(steps.count), table_start: 0, table_end: 0))
    }
  }

  /// A single feature is one term: 1 × (x − 0).
  private mutating func appendTerms(
    _ projection: Projection?, of node: SplitLayout.Node
  ) -> Range<Int> {
    let start = terms.count
    guard !node.isLeaf else { return start..<start }
    let plain = Projection.Term(feature: node.feature, weight: 1, centre: 0)
    for term in projection?.terms ?? [plain] {
      terms.append(
        forest_term(
          column: UInt32(term.feature), weight: node.isFlipped ? -term.weight : term.weight,
          centre: term.centre))
    }
    return start..<terms.count
  }

  func add(
    _ instructions: forest_instructions, _ block: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<forest_units>
  ) {
    forest_blend_oblique(instructions, trees, trees.count, steps, terms, block, sums)
  }
}
