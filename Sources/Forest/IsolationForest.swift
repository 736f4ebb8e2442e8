import CKernels
import Dispatch
import Synchronization

package struct ForestOptions: Sendable, Equatable {
  package var treeCount: Int
  /// ψ: rows each tree is grown from, drawn without replacement; all rows where there are fewer.
  package var sampleCount: Int
  package var seed: UInt64

  package init(treeCount: Int = 100, sampleCount: Int = 256, seed: UInt64) {
    self.treeCount = treeCount
    self.sampleCount = sampleCount
    self.seed = seed
  }
}

/// An isolation forest (Liu, Ting, Zhou 2008, doi:10.1109/ICDM.2008.17), with the splits, depth
/// limit and scores of scikit-learn's `IsolationForest`.
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
  let evaluator: ForestEvaluator

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
        key: "trees", expected: "greatest leaf values that add up to less than 2^22",
        found: "\(ranges.reduce(0) { $0 + $1.upperBound }.rounded())")
    }
    self.featureNames = featureNames
    self.options = options
    self.sampleCount = sampleCount
    self.trees = trees
    self.scale = scale
    expectedPaths = Self.expectedPaths(trees, scale: scale)
    evaluator = ForestEvaluator(trees: trees, featureCount: featureNames.count, scale: scale)
  }

  /// Grows the trees, each from its own seed.
  ///
  /// - Parameter threads: at most so many trees grow at a time; each needs
  ///   4 × sampleCount × featureCount bytes.
  /// - Throws: `ForestError` for fewer than two rows, no features, or options out of range.
  package static func train(
    _ matrix: FeatureMatrix, options: ForestOptions, threads: Int
  ) throws(ForestError) -> IsolationForest {
    guard matrix.rowCount > 1, matrix.featureCount > 0 else {
      throw .noTrainingData(rowCount: matrix.rowCount, featureCount: matrix.featureCount)
    }
    guard options.treeCount > 0 else {
      throw .option(name: "treeCount", expected: "1 or more", found: options.treeCount)
    }
    guard options.sampleCount > 1, options.sampleCount < Int(Int32.max) else {
      throw .option(name: "sampleCount", expected: "2 or more rows", found: options.sampleCount)
    }
    let sampleCount = min(options.sampleCount, matrix.rowCount)
    let grown = Mutex([[IsolationTree.Node]](repeating: [], count: options.treeCount))
    inParallel(taskCount: options.treeCount, threads: threads) { takeTask in
      while let number = takeTask() {
        let random = SeededGenerator(seed: options.seed, stream: number)
        var grower = TreeGrower(matrix, sampleCount: sampleCount, random: random)
        let nodes = grower.grow()
        grown.withLock { $0[number] = nodes }
      }
    }
    var trees: [IsolationTree] = []
    for (index, nodes) in grown.withLock({ $0 }).enumerated() {
      trees.append(
        try IsolationTree(nodes: nodes, featureCount: matrix.featureCount, index: index))
    }
    return try IsolationForest(
      featureNames: matrix.names, options: options, sampleCount: sampleCount, trees: trees)
  }

  /// How isolated each row is: 2^(−E[h(x)] / c(ψ)) in 0 … 1, scikit-learn's −score_samples.
  ///
  /// - Parameter threads: at most so many; each needs
  ///   `scoringByteCountPerThread`.
  /// - Throws: `ForestError.features` if the matrix has not the forest's features.
  package func scores(_ matrix: FeatureMatrix, threads: Int) throws(ForestError) -> [Float] {
    try scores(matrix, threads: threads, evaluator: evaluator)
  }

  /// Bytes that a scoring thread needs: 12 KiB a feature and 2 KiB, besides 16 KiB of its stack.
  package var scoringByteCountPerThread: Int {
    ForestWorkspace.byteCount(featureCount: featureNames.count)
  }

  func scores(
    _ matrix: FeatureMatrix, threads: Int, evaluator: ForestEvaluator
  ) throws(ForestError) -> [Float] {
    guard matrix.names == featureNames else {
      throw .features(expected: featureNames, found: matrix.names)
    }
    return evaluator.scores(matrix, threads: threads)
  }
}

/// Runs `work` on up to `threads` threads; each takes numbers of 0 ..< taskCount until none is
/// left.
package func inParallel(
  taskCount: Int, threads: Int, _ work: @Sendable (_ takeTask: () -> Int?) -> Void
) {
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads, taskCount))) { _ in
    work {
      let task = next.add(1, ordering: .relaxed).oldValue
      return task < taskCount ? task : nil
    }
  }
}
