/// An isolation forest (Liu, Ting, Zhou 2008, doi:10.1109/ICDM.2008.17); unless other options are
/// given, with the splits, depth limit and scores of scikit-learn's `IsolationForest`.
///
/// Trees depend on the seed, their number and the rows alone, scores on the trees and the row
/// alone: the number of threads, the kernel and the other rows don't matter.
package struct IsolationForest: Sendable {
  package let featureNames: [String]
  package let options: ForestOptions
  /// ψ as it was: `options.sampleCount`, or the number of training rows where that is less.
  package let sampleCount: Int
  package let trees: [IsolationTree]
  let scale: LeafScale
  let expectedPaths: [[Double]]
  private(set) var evaluator: ForestEvaluator

  /// Kernels number a feature's columns, plain and flipped, in 16 bits.
  private static let greatestFeatureCount = Int(UInt16.max) / 2

  /// - Throws: `ForestError` for no trees, trees not grown from `sampleCount` rows each, more
  ///   features than kernels can address, or paths that are too long to add up.
  package init(
    featureNames: [String], options: ForestOptions, sampleCount: Int, trees: [IsolationTree]
  ) throws(ForestError) {
    guard !trees.isEmpty, sampleCount > 1 else {
      throw .model(
        key: "trees", expected: "trees of 2 or more rows",
        found: "\(trees.count) trees of \(sampleCount) rows")
    }
    guard (1...Self.greatestFeatureCount).contains(featureNames.count) else {
      throw .model(
        key: "features", expected: "1 to \(Self.greatestFeatureCount)",
        found: "\(featureNames.count)")
    }
    for (index, tree) in trees.enumerated() where tree.nodes[0].sampleCount != sampleCount {
      throw .tree(
        index: index, node: 0, expected: "\(sampleCount) training rows",
        found: "\(tree.nodes[0].sampleCount)")
    }
    let ranges = trees.map(\.valueRange)
    guard let scale = LeafScale(ranges: ranges, sampleCount: sampleCount) else {
      throw .model(
        key: "trees",
        expected: "leaf values that differ by less than 2^14 and add up to less than 2^22",
        found: "\(ranges.map(\.lowerBound).min() ?? 0) to \(ranges.map(\.upperBound).max() ?? 0)")
    }
    self.featureNames = featureNames
    self.options = options
    self.sampleCount = sampleCount
    self.trees = trees
    self.scale = scale
    expectedPaths = Self.expectedPaths(trees, scale: scale)
    evaluator = ForestEvaluator(trees: trees, featureCount: featureNames.count, scale: scale)
  }

  /// How isolated each row is: 2^(−E[h(x)] / c(ψ)) in 0 … 1, scikit-learn's −score_samples. Where
  /// some leaf value is negative, as densities are, h is counted from the least of them.
  ///
  /// - Parameter threads: at most so many. Each takes 120 KiB and 10 KiB a feature, for large trees
  ///   73 KiB a feature until that is 2 MiB.
  /// - Throws: `ForestError.features` if the matrix has not the forest's features.
  package func scores(_ matrix: FeatureMatrix, threads: Int) throws(ForestError) -> [Float] {
    try scores(matrix, threads: threads, evaluator: evaluator)
  }

  /// The same forest and scores, evaluated in another way.
  ///
  /// - Parameter topSplitCount: splits of a tree that are evaluated for many rows at once, at most
  ///   254; where nil, what is fastest for each tree.
  package func evaluated(by body: KernelBody, topSplitCount: Int? = nil) -> IsolationForest {
    var other = self
    other.evaluator = ForestEvaluator(
      trees: trees, featureCount: featureNames.count, scale: scale, topSplitCount: topSplitCount,
      body: body)
    return other
  }

  /// What every row is taken through, in all trees: splits above two codes, and other splits.
  package var kernelSteps: (pairs: Int, splits: Int) { evaluator.steps }

  func scores(
    _ matrix: FeatureMatrix, threads: Int, evaluator: ForestEvaluator
  ) throws(ForestError) -> [Float] {
    guard matrix.names == featureNames else {
      throw .features(expected: featureNames, found: matrix.names)
    }
    return evaluator.scores(matrix, threads: threads)
  }
}
