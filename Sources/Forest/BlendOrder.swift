import CKernels

/// A tree as steps from its leaves upwards, for the blend kernels.
struct BlendOrder {
  struct Step {
    let kind: forest_step_kind
    let node: Int
    /// The leaf pair on one side, for `forest_pair_left` and `forest_pair_right`.
    var innerNode: Int?
    /// The leaves on the left and right, where the step has any.
    var leftLeaf: Int?
    var rightLeaf: Int?
  }

  /// Empty for a tree that is one leaf.
  private(set) var steps: [Step] = []
  private let layout: SplitLayout
  /// Values kept at a time while a subtree is evaluated (Sethi, Ullman 1970,
  /// doi:10.1145/321607.321620).
  private var slotCounts: [Int]

  init(_ layout: SplitLayout) {
    self.layout = layout
    slotCounts = [Int](repeating: 0, count: layout.nodes.count)
    countSlots()
    emit()
  }

  /// Children come after their parents, so one backward pass suffices.
  private mutating func countSlots() {
    for number in layout.nodes.indices.reversed() where !layout.nodes[number].isLeaf {
      let left = slotCounts[layout.nodes[number].left]
      let right = slotCounts[layout.nodes[number].right]
      slotCounts[number] =
        switch kind(number) {
        case forest_pair: 1
        case forest_kept_left, forest_kept_right: left == right ? left + 1 : max(left, right)
        case forest_leaf_left, forest_pair_left: right
        default: left
        }
    }
  }

  /// Of two large halves, the one that keeps more values is evaluated, and kept, first.
  private func kind(_ number: Int) -> forest_step_kind {
    let node = layout.nodes[number]
    switch (layout.nodes[node.left].isLeaf, layout.nodes[node.right].isLeaf) {
    case (true, true): return forest_pair
    case (true, false): return forest_leaf_left
    case (false, true): return forest_leaf_right
    case (false, false): break
    }
    if layout.isLeafPair(node.right) { return forest_pair_right }
    if layout.isLeafPair(node.left) { return forest_pair_left }
    return slotCounts[node.left] >= slotCounts[node.right] ? forest_kept_left : forest_kept_right
  }

  private mutating func emit() {
    guard !layout.nodes[0].isLeaf else { return }
    var pending: [(number: Int, isReady: Bool)] = [(0, false)]
    while let (number, isReady) = pending.popLast() {
      let node = layout.nodes[number]
      let kind = kind(number)
      if isReady {
        steps.append(step(kind, number))
        continue
      }
      pending.append((number, true))
      switch kind {
      case forest_pair: break
      case forest_leaf_left, forest_pair_left: pending.append((node.right, false))
      case forest_leaf_right, forest_pair_right: pending.append((node.left, false))
      case forest_kept_left: pending += [(node.right, false), (node.left, false)]
      default: pending += [(node.left, false), (node.right, false)]
      }
    }
  }

  private func step(_ kind: forest_step_kind, _ number: Int) -> Step {
    let node = layout.nodes[number]
    var step = Step(kind: kind, node: number)
    switch kind {
    case forest_pair:
      (step.leftLeaf, step.rightLeaf) = (node.left, node.right)
    case forest_leaf_left: step.leftLeaf = node.left
    case forest_leaf_right: step.rightLeaf = node.right
    case forest_pair_left, forest_pair_right:
      let inner = kind == forest_pair_left ? node.left : node.right
      step.innerNode = inner
      (step.leftLeaf, step.rightLeaf) = (layout.nodes[inner].left, layout.nodes[inner].right)
    default: break
    }
    return step
  }
}
