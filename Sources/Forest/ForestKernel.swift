/// How rows are taken through the trees. All give the same bits.
enum ForestKernel: CaseIterable, Sendable {
  /// All nodes of a tree for many rows at once, on features replaced by their ranks.
  case ranks
  /// The same on the features themselves.
  case floats
  /// Row by row from the root.
  case walk
  /// All nodes of a tree for many rows at once, on weighted sums of features.
  case oblique

  /// Above so many splits a tree, walking down is taken to beat visiting all nodes.
  private static let greatestSplitCount = 400

  /// The fastest for these trees.
  static func fastest(for trees: [IsolationTree]) -> ForestKernel {
    if trees.contains(where: { !$0.projections.isEmpty }) { return .oblique }
    let splitCount = trees.reduce(0) { $0 + $1.nodes.count / 2 }
    return splitCount > greatestSplitCount * trees.count ? .walk : .ranks
  }
}
