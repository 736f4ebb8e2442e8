/// How rows are taken through a tree. All give the same bits.
enum ForestKernel: CaseIterable, Sendable {
  /// All nodes of a tree for many rows at once, on features replaced by their ranks.
  case bytes
  /// The same on the features themselves.
  case floats
  /// Row by row from the root.
  case walk
}
