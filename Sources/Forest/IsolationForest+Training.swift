import Randomness
import Synchronization

extension IsolationForest {
  /// Grows the trees, each from its own seed.
  ///
  /// - Parameters:
  ///   - weights: how likely each row is to be drawn for a tree, relative to others; equally where
  ///     nil. Rows of weight 0 are never drawn.
  ///   - threads: at most so many trees grow at a time; each needs
  ///     4 × sampleCount × featureCount bytes.
  /// - Throws: `ForestError` for fewer than two rows, no features, or options or weights out of
  ///   range.
  package static func train(
    _ matrix: FeatureMatrix, weights: [Float]? = nil, options: ForestOptions, threads: Int
  ) throws(ForestError) -> IsolationForest {
    precondition(weights == nil || weights?.count == matrix.rowCount, "one weight a row")
    precondition((0..<1).contains(options.trimmedShare), "a share below 1")
    let first = try trainOnce(matrix, weights: weights, options: options, threads: threads)
    guard options.trimmedShare > 0 else { return first }
    let scores = try first.scores(matrix, threads: threads)
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    let trimmedCount = Int(Double(matrix.rowCount) * options.trimmedShare)
    let kept = order.prefix(max(2, matrix.rowCount - trimmedCount)).sorted()
    return try trainOnce(
      matrix.rows(kept), weights: weights.map { weights in kept.map { weights[$0] } },
      options: options, threads: threads)
  }

  private static func trainOnce(
    _ matrix: FeatureMatrix, weights: [Float]?, options: ForestOptions, threads: Int
  ) throws(ForestError) -> IsolationForest {
    let sampleCount = try sampleCount(matrix, weights: weights, options: options)
    let grown = Mutex([GrownTree](repeating: GrownTree(), count: options.treeCount))
    inParallel(taskCount: options.treeCount, threads: threads) { takeTask in
      while let number = takeTask() {
        var grower = TreeGrower(
          matrix, weights: weights, sampleCount: sampleCount, rule: options.rule,
          random: SeededGenerator(seed: options.seed, stream: number))
        let tree = grower.grow()
        grown.withLock { $0[number] = tree }
      }
    }
    var trees: [IsolationTree] = []
    for (index, tree) in grown.withLock({ $0 }).enumerated() {
      trees.append(
        try tree.tree(options.rule.leafValue, featureCount: matrix.featureCount, index: index))
    }
    return try IsolationForest(
      featureNames: matrix.names, options: options, sampleCount: sampleCount, trees: trees)
  }

  /// ψ as it will be.
  private static func sampleCount(
    _ matrix: FeatureMatrix, weights: [Float]?, options: ForestOptions
  ) throws(ForestError) -> Int {
    guard matrix.rowCount > 1, matrix.featureCount > 0 else {
      throw .noTrainingData(rowCount: matrix.rowCount, featureCount: matrix.featureCount)
    }
    func require(_ name: String, _ expected: String, _ found: Int, _ isMet: Bool)
      throws(ForestError)
    {
      guard isMet else { throw .option(name: name, expected: expected, found: found) }
    }
    let rule = options.rule
    try require("treeCount", "1 or more", options.treeCount, options.treeCount > 0)
    try require(
      "sampleCount", "2 or more rows", options.sampleCount,
      options.sampleCount > 1 && options.sampleCount < Int(Int32.max))
    try require("dimensionCount", "1 or more", rule.dimensionCount, rule.dimensionCount > 0)
    try require(
      "candidateCount", "1 for random thresholds, 1 or more for others", rule.candidateCount,
      rule.candidateCount == 1 || rule.candidateCount > 1 && rule.threshold != .random)
    guard let weights else { return min(options.sampleCount, matrix.rowCount) }
    let invalidCount = weights.filter { !$0.isFinite || $0 < 0 }.count
    try require("weights", "finite ones of 0 or more", invalidCount, invalidCount == 0)
    let drawableCount = weights.filter { $0 > 0 }.count
    try require("weights", "2 rows or more above 0", drawableCount, drawableCount > 1)
    return min(options.sampleCount, drawableCount)
  }
}
