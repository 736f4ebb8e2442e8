/// The part of a tree, level by level from its root, that kernels evaluate for many rows at once.
///
/// A small tree is all top. Of a large one most nodes are off a row's path, so that below the top
/// each row goes on by itself: through tiles of three levels, or where there are too many thresholds
/// for these from node to node.
struct TreeTop: Sendable {
  /// So many splits have no more results and codes than the kernels have slots for, nor more
  /// thresholds than ranks of a byte.
  static let greatestWholeSplitCount = 254
  /// Of larger trees: six levels where they are full.
  static let partialSplitCount = 63

  let layout: SplitLayout
  /// Whether rows go on through tiles.
  let isTiled: Bool
  /// The first node that is not in the top.
  private let end: Int

  /// How a tree is evaluated.
  struct Plan: Sendable {
    /// The top is as many levels as have no more splits together.
    var topSplitCount: Int
    /// Whether rows go on through tiles, where the tree does.
    var isTiled = false
  }

  init(_ layout: SplitLayout, _ plan: Plan) {
    self.layout = layout
    var remaining = plan.topSplitCount
    var level = 0..<1
    while !level.isEmpty {
      let levelSplitCount = level.count { !layout.nodes[$0].isLeaf }
      guard levelSplitCount <= remaining else { break }
      remaining -= levelSplitCount
      level = level.upperBound..<level.upperBound + 2 * levelSplitCount
    }
    end = level.lowerBound
    isTiled = plan.isTiled && end < layout.nodes.count
  }

  var isWhole: Bool { end == layout.nodes.count }

  /// The top's splits, parents before children.
  var splits: [Int] { (0..<end).filter { !layout.nodes[$0].isLeaf } }

  /// The splits that compare ranks.
  var rankedSplits: [Int] {
    isTiled ? layout.nodes.indices.filter { !layout.nodes[$0].isLeaf } : splits
  }

  func isSplit(_ number: Int) -> Bool { number < end && !layout.nodes[number].isLeaf }

  func isPair(_ number: Int) -> Bool {
    isSplit(number) && !isSplit(layout.nodes[number].left)
      && !isSplit(layout.nodes[number].right)
  }

  /// Where rows leave the top: leaves, and splits below it.
  var exits: [Int] {
    end == 0
      ? [0]
      : splits.flatMap { [layout.nodes[$0].left, layout.nodes[$0].right] }.filter { !isSplit($0) }
  }

  /// Splits from an exit to the deepest leaf.
  var depthBelow: Int {
    var depths = [Int](repeating: 0, count: layout.nodes.count)
    for number in layout.nodes.indices where !layout.nodes[number].isLeaf && !isSplit(number) {
      depths[layout.nodes[number].left] = depths[number] + 1
      depths[layout.nodes[number].right] = depths[number] + 1
    }
    return depths.max() ?? 0
  }
}
