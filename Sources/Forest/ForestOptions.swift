/// How a forest is trained.
package struct ForestOptions: Sendable, Equatable {
  package var treeCount: Int
  /// ψ: rows each tree is grown from, drawn without replacement; all rows where there are fewer.
  package var sampleCount: Int
  package var seed: UInt64
  package var rule: GrowthRule
  /// The share of rows, those that a first fit finds strangest, that are left out of the second, so
  /// that a contaminated past does not pass for normal; 0 for a single fit.
  package var trimmedShare: Double

  package init(
    treeCount: Int = 100, sampleCount: Int = 256, seed: UInt64,
    rule: GrowthRule = ForestVariant.standard.rule, trimmedShare: Double = 0
  ) {
    self.treeCount = treeCount
    self.sampleCount = sampleCount
    self.seed = seed
    self.rule = rule
    self.trimmedShare = trimmedShare
  }
}
