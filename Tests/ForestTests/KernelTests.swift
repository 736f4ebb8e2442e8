import CKernels
import Foundation
import Testing

@testable import Forest

/// Tops of several sizes on every instruction set that this machine has.
private let evaluations: [(topSplitCount: Int?, body: KernelBody)] =
  KernelBody.available.flatMap { [(nil, $0), (30, $0)] }
  + [0, 1, TreeTop.greatestWholeSplitCount].map { ($0, .best) }

@Suite struct KernelTests {
  /// Requires every kernel to give, bit for bit, what walking the trees row by row in Swift gives.
  private func expectSameBits(_ forest: IsolationForest, _ matrices: FeatureMatrix...) throws {
    try expectSameBits(forest, matrices)
  }

  private func expectSameBits(_ forest: IsolationForest, _ matrices: [FeatureMatrix]) throws {
    let expected = matrices.map { matrix in
      (0..<matrix.rowCount).map {
        scoreTwin(sum: forest.pathUnits(matrix, row: $0), scale: forest.scale).bitPattern
      }
    }
    for (topSplitCount, body) in evaluations {
      let evaluator = ForestEvaluator(
        trees: forest.trees, featureCount: forest.featureNames.count, scale: forest.scale,
        topSplitCount: topSplitCount, body: body)
      for (matrix, expected) in zip(matrices, expected) {
        let scores = try forest.scores(matrix, threads: 2, evaluator: evaluator)
        let differing = zip(scores, expected).filter { $0.bitPattern != $1 }.count
        #expect(
          scores.count == expected.count && differing == 0,
          """
          top of \(topSplitCount.map { "\($0)" } ?? "fitting size"), \(body): \(differing) of \
          \(matrix.rowCount) rows
          """)
      }
    }
  }

  @Test("kernels agree for row counts around their widths")
  func tails() throws {
    let forest = try IsolationForest.train(
      makeRows(seed: 1, rowCount: 1_000), options: ForestOptions(treeCount: 6, seed: 3),
      threads: 1)
    let counts = [0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 127, 129, 255, 257, 511, 512, 513]
    try expectSameBits(forest, counts.map { makeRows(seed: 2, rowCount: $0) })
  }

  @Test("kernels agree on missing, infinite and negative values and on signed zeros")
  func specialValues() throws {
    let specials: [Float] = [
      .nan, .infinity, -.infinity, -0.0, 0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude, -.nan,
    ]
    func withSpecials(_ matrix: FeatureMatrix) -> FeatureMatrix {
      matrix.mapValues { value, feature, row in
        let signed = feature == 4 ? value - 0.5 : value
        return (row + 3 * feature) % 4 == 0
          ? specials[(row / 4 + feature) % specials.count] : signed
      }
    }
    let forest = try IsolationForest.train(
      withSpecials(makeRows(seed: 4, rowCount: 1_000)),
      options: ForestOptions(treeCount: 16, seed: 5), threads: 2)
    // Of the last matrix, one block has missing values.
    try expectSameBits(
      forest, withSpecials(makeRows(seed: 6, rowCount: 800)),
      makeRows(seed: 6, rowCount: 1_100).mapValues { value, feature, row in
        row == 700 && feature == 2 ? .nan : value
      })
  }

  @Test("kernels agree where values equal thresholds")
  func equalThresholds() throws {
    let whole = makeRows(seed: 7, rowCount: 700).mapValues { value, _, _ in
      (value * 16).rounded(.down).truncatingRemainder(dividingBy: 5)
    }
    let forest = try IsolationForest.train(
      whole, options: ForestOptions(treeCount: 20, seed: 8), threads: 2)
    let thresholds = (0..<whole.featureCount).map { feature in
      forest.trees.flatMap(\.nodes).filter { $0.feature == feature }.map(\.threshold)
    }
    try expectSameBits(forest, whole)
    try expectSameBits(
      forest,
      whole.mapValues { _, feature, row in
        let threshold = thresholds[feature][row % thresholds[feature].count]
        return [threshold.nextDown, threshold, threshold.nextUp][row % 3]
      })
  }

  @Test("kernels agree where a feature's thresholds crowd together and one is far away")
  func crowdedThresholds() throws {
    let crowded = makeRows(seed: 9, rowCount: 1_000).mapValues { value, feature, row in
      feature == 0 ? 1_000_000 + value : (row % 500 == 0 ? -1e30 : value)
    }
    let forest = try IsolationForest.train(
      crowded, options: ForestOptions(treeCount: 60, seed: 10), threads: 2)
    try expectSameBits(forest, crowded.prefix(300))
  }

  @Test(
    "kernels agree on large trees, whose rows take one vector, two or three, or no rank of a byte",
    arguments: [1, 8, 20, 40])
  func largeTrees(featureCount: Int) throws {
    func rows(_ seed: UInt64, _ count: Int) -> FeatureMatrix {
      makeRows(seed: seed, rowCount: count, featureCount: featureCount)
    }
    let forest = try IsolationForest.train(
      rows(11, 5_000), options: ForestOptions(treeCount: 4, sampleCount: 4_096, seed: 12),
      threads: 2)
    let layouts = forest.trees.map {
      SplitLayout($0, featureCount: featureCount, scale: forest.scale, withMissingValues: false)
    }
    for layout in layouts {
      #expect(layout.splitCount > TreeTop.greatestWholeSplitCount)
      #expect(TileLayout.canHold(layout, featureCount: featureCount) == (featureCount > 1))
    }
    try expectSameBits(
      forest, rows(13, 300),
      rows(14, 300).mapValues { value, feature, row in (row + feature) % 5 == 0 ? .nan : value })
  }

  @Test("kernels agree where blocks of rows with and without missing values follow one another")
  func severalBlocks() throws {
    let forest = try IsolationForest.train(
      makeRows(seed: 23, rowCount: 2_000),
      options: ForestOptions(treeCount: 2, sampleCount: 2_000, seed: 24), threads: 2)
    // More blocks than a thread takes at once.
    let rows = makeRows(seed: 25, rowCount: 9 * blockRowCount + 3).mapValues { value, _, row in
      row / blockRowCount % 3 == 1 && row % 7 == 0 ? .nan : value
    }
    try expectSameBits(forest, rows)
  }

  @Test("kernels agree on chains of 3,000 splits and on trees of a single leaf")
  func chains() throws {
    let depth = 3_000
    func chain(towardsRight: Bool) throws -> IsolationTree {
      var nodes: [IsolationTree.Node] = []
      for level in 0..<depth {
        // The leaf comes first, the rest of the chain two further on.
        let (leaf, rest) = (2 * level + 1, 2 * level + 2)
        nodes.append(
          .init(
            feature: level % 2, threshold: Float(towardsRight ? level : depth - level) / 1_000,
            left: towardsRight ? leaf : rest, right: towardsRight ? rest : leaf,
            sampleCount: depth - level + 1))
        nodes.append(.init(leafOf: 1))
      }
      nodes.append(.init(leafOf: 1))
      return try IsolationTree(nodes: nodes, featureCount: 2, index: 0)
    }
    let single = try IsolationTree(
      nodes: [.init(leafOf: depth + 1)], featureCount: 2, index: 0)
    let forest = try IsolationForest(
      featureNames: ["f0", "f1"], options: ForestOptions(treeCount: 3, seed: 0),
      sampleCount: depth + 1,
      trees: [chain(towardsRight: true), single, chain(towardsRight: false)])
    let rows = makeRows(seed: 14, rowCount: 130, featureCount: 2).mapValues { value, feature, row in
      row % 9 == 0 ? .nan : Float(row * 24 * (feature + 1) % 3_100) / 1_000
    }
    try expectSameBits(forest, rows)
  }

  @Test("kernels agree on projections, where these are missing or infinite too")
  func projections() throws {
    let specials: [Float] = [.nan, .infinity, -.infinity, -0.0, .greatestFiniteMagnitude, -1e30]
    func withSpecials(_ matrix: FeatureMatrix) -> FeatureMatrix {
      matrix.mapValues { value, feature, row in
        (row + 3 * feature) % 16 == 0 ? specials[(row / 16 + feature) % specials.count] : value
      }
    }
    for (variant, dimensionCount) in [
      (ForestVariant.extended, 2), (.extended, 5), (.sciForest, 2), (.density, 3),
    ] {
      var rule = variant.rule
      rule.dimensionCount = dimensionCount
      let options = ForestOptions(treeCount: 6, sampleCount: 64, seed: 15, rule: rule)
      let finite = try IsolationForest.train(
        makeRows(seed: 16, rowCount: 1_000), options: options, threads: 2)
      #expect(finite.trees.contains { !$0.projections.isEmpty })
      try expectSameBits(
        finite, makeRows(seed: 17, rowCount: 130), withSpecials(makeRows(seed: 18, rowCount: 530))
      )
      let special = try IsolationForest.train(
        withSpecials(makeRows(seed: 16, rowCount: 1_000)), options: options, threads: 2)
      try expectSameBits(special, withSpecials(makeRows(seed: 19, rowCount: 260)))
    }
  }

  @Test("kernels agree on large trees of projections")
  func largeObliqueTrees() throws {
    let options = ForestOptions(
      treeCount: 3, sampleCount: 2_048, seed: 15, rule: ForestVariant.extended.rule)
    let forest = try IsolationForest.train(
      makeRows(seed: 16, rowCount: 3_000), options: options, threads: 2)
    try expectSameBits(forest, makeRows(seed: 17, rowCount: 515))
  }

  @Test("scores do not depend on the number of threads")
  func threads() throws {
    let forest = try IsolationForest.train(
      makeRows(seed: 1, rowCount: 2_000), options: ForestOptions(seed: 3), threads: 1)
    let rows = makeRows(seed: 2, rowCount: 20_011)
    let expected = try forest.scores(rows, threads: 1)
    for threads in [2, 3, 7] {
      #expect(try forest.scores(rows, threads: threads) == expected)
    }
  }

  @Test("kernels agree on more trees than sums of bytes hold")
  func manyTrees() throws {
    let options = ForestOptions(
      treeCount: 600, sampleCount: 8, seed: 20, rule: ForestVariant.extended.rule)
    let forest = try IsolationForest.train(
      makeRows(seed: 21, rowCount: 100), options: options, threads: 2)
    try expectSameBits(forest, makeRows(seed: 22, rowCount: 40))
  }

  @Test("a score is 2^-e to the nearest floats, from no path to the longest")
  func powers() {
    let exponents = (0...4_000).map { Double($0) / 32 } + [125.99, 126, 126.5, 200]
    let unit = 1.0 / 4_096
    var scores = [Float](repeating: 0, count: exponents.count)
    forest_scores(exponents.map { forest_units($0 / unit) }, unit, exponents.count, &scores)
    for (exponent, score) in zip(exponents, scores) {
      let rounded = (exponent / unit).rounded(.down) * unit
      let expected = Float(exp2(-min(rounded, 126)))
      #expect(abs(score - expected) <= expected.ulp, "\(exponent)")
    }
  }

  @Test("a feature's rank counts the thresholds below a value")
  func ranks() throws {
    let thresholds: [Float] =
      [-0.0, 0, 3, 3, -2, 1e30, -1e30, 7] + (0..<40).map { 5 + Float($0) / 1e4 }
    let ranking = FeatureRanking(thresholds: thresholds)
    let distinct = Set(thresholds).sorted()
    #expect(ranking.thresholdCount == distinct.count)
    let probes = distinct.flatMap { [$0.nextDown, $0, $0.nextUp] } + [.infinity, -.infinity, -0.0]
    let values = (0..<blockRowCount).map { probes[$0 % probes.count] }
    for instructions in [forest_plain, forest_best_instructions()] {
      var ranks = [UInt16](repeating: 9_999, count: blockRowCount)
      ranking.rank(instructions, values, hasMissing: true, into: &ranks)
      for (value, rank) in zip(values, ranks) {
        #expect(Int(rank) == distinct.filter { $0 < value }.count, "\(value)")
      }
    }
  }
}

/// forest_scores in Swift: the same products and sums in the same order.
private func scoreTwin(sum: forest_units, scale: LeafScale) -> Float {
  let powers = [
    0.9999999999994285, -0.6931471804674422, 0.24022650448786204, -0.0555040831905248,
    0.0096179972063127, -0.0013329706567265134, 0.00015337029464219818,
    -1.4574944091603642e-05, 9.37271070782802e-07,
  ]
  let exponent = min(Double(sum) * scale.exponentPerUnit, 126)
  let whole = exponent.rounded(.down)
  let power = powers.reversed().reduce(0) { $0 * (exponent - whole) + $1 }
  return Float(power * Double(sign: .plus, exponent: -Int(whole), significand: 1))
}
