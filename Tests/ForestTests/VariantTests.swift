import Glibc
import Randomness
import Testing

@testable import Forest

@Suite struct VariantTests {
  @Test("trees of every variant do not depend on threads", arguments: ForestVariant.allCases)
  func threads(variant: ForestVariant) throws {
    let matrix = makeRows(seed: 60, rowCount: 400).mapValues { value, feature, row in
      (row + feature) % 13 == 0 ? .nan : value
    }
    let weights = (0..<400).map { Float($0 % 7) }
    let options = ForestOptions(
      treeCount: 4, sampleCount: 64, seed: 61, rule: variant.rule, trimmedShare: 0.05)
    let expected = try IsolationForest.train(
      matrix, weights: weights, options: options, threads: 1)
    let scores = try expected.scores(matrix, threads: 1)
    for threads in [2, 3] {
      let forest = try IsolationForest.train(
        matrix, weights: weights, options: options, threads: threads)
      #expect(forest.trees == expected.trees)
      #expect(try forest.scores(matrix, threads: threads) == scores)
    }
  }

  @Test("every variant puts injected rows before others", arguments: ForestVariant.allCases)
  func quality(variant: ForestVariant) throws {
    let rowCount = 1_000
    let inliers = makeRows(seed: 62, rowCount: rowCount).mapValues { value, feature, _ in
      feature % 4 == 0 ? value : value.truncatingRemainder(dividingBy: 7) / 7
    }
    let matrix = inliers.mapValues { value, feature, row in
      row % 100 == 0 && feature < 3 ? value + 2 : value
    }
    let options = ForestOptions(treeCount: 30, sampleCount: 128, seed: 63, rule: variant.rule)
    let forest = try IsolationForest.train(matrix, options: options, threads: 2)
    let scores = try forest.scores(matrix, threads: 2)
    let area = areaUnderCurve(scores, isAnomaly: (0..<rowCount).map { $0 % 100 == 0 })
    #expect(area > 0.97)
    #expect(scores.allSatisfy { $0 > 0 && $0 <= 1 })
  }

  @Test("a pooled threshold parts clusters halfway; trees end in single rows")
  func pooledGain() throws {
    let column = (0..<40).map { Float($0) / 100 } + (0..<10).map { 10 + Float($0) / 100 }
    let matrix = FeatureMatrix(names: ["x"], columns: [column])
    let forest = try IsolationForest.train(
      matrix, options: .init(treeCount: 3, seed: 64, rule: ForestVariant.pooledGain.rule),
      threads: 1)
    for tree in forest.trees {
      #expect(abs(tree.nodes[0].threshold - 5.195) < 1e-6)
      #expect(tree.nodes.filter(\.isLeaf).allSatisfy { $0.sampleCount == 1 })
    }
  }

  @Test("an averaged gain cuts off what a pooled one does not")
  func averagedGain() {
    // Halves 0…9 and 20…29, and one value a little aside.
    let values = (0..<10).map { Float($0) } + (20..<30).map { Float($0) } + [36]
    #expect(GainThreshold(values, .pooledGain).threshold == 14.5)
    #expect(GainThreshold([0, 1, 2, 3, 4, 5, 8], .averagedGain).threshold == 6.5)
    #expect(GainThreshold([0, 1, 2, 3, 4, 5, 8], .pooledGain).threshold == 3.5)
    // The midpoint of neighbours is the lower one.
    #expect(GainThreshold([1, Float(1).nextUp], .pooledGain).threshold == 1)
  }

  @Test("a density leaf holds the shares of rows over the shares of ranges, in log2")
  func density() throws {
    var options = ForestOptions(treeCount: 20, seed: 65, rule: ForestVariant.density.rule)
    options.sampleCount = 4
    let matrix = FeatureMatrix(names: ["x"], columns: [[0, 1, 2, 8]])
    let forest = try IsolationForest.train(matrix, options: options, threads: 1)
    for tree in forest.trees {
      var expected = [Double](repeating: 0, count: tree.nodes.count)
      var boxes: [[Float]] = .init(repeating: [0, 1, 2, 8], count: tree.nodes.count)
      for (number, node) in tree.nodes.enumerated() where !node.isLeaf {
        let rows = boxes[number]
        let width = Double(rows[rows.count - 1] - rows[0])
        let halves = [
          (Int(node.left), rows.filter { $0 <= node.threshold }, node.threshold - rows[0]),
          (
            Int(node.right), rows.filter { $0 > node.threshold },
            rows[rows.count - 1] - node.threshold
          ),
        ]
        for (child, half, part) in halves {
          boxes[child] = half
          let ratio = Double(half.count) / Double(rows.count) / (Double(part) / width)
          expected[child] = expected[number] + log2(ratio)
        }
      }
      for (number, node) in tree.nodes.enumerated() where node.isLeaf {
        #expect(abs(tree.values[number] - expected[number]) < 1e-6)
      }
    }
  }

  @Test("planes weigh features on the scale of their spread, centred on the node's mean")
  func extended() throws {
    let matrix = makeRows(seed: 66, rowCount: 64, featureCount: 32)
    let columns = [matrix.columns[0], matrix.columns[4].map { 1_000 * $0 + 5_000 }]
    let forest = try IsolationForest.train(
      FeatureMatrix(names: ["u", "v"], columns: columns),
      options: .init(treeCount: 400, seed: 67, rule: ForestVariant.extended.rule), threads: 2)
    let means = columns.map { $0.reduce(0, +) / 64 }
    let deviations = zip(columns, means).map { column, mean in
      (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 64).squareRoot()
    }
    var squares: [Float] = [0, 0]
    for tree in forest.trees {
      let root = try #require(tree.projection(of: tree.nodes[0], featureCount: 2))
      #expect(Set(root.terms.map(\.feature)) == [0, 1])
      for term in root.terms {
        let feature = Int(term.feature)
        #expect(abs(term.centre - means[feature]) <= 1e-3 * means[feature])
        squares[feature] +=
          (term.weight * deviations[feature]) * (term.weight * deviations[feature])
      }
    }
    // A mean of 400 squared normal deviates has a standard deviation of .071.
    for square in squares { #expect(abs(square / 400 - 1) < 0.28) }
  }

  @Test("a split on more features than vary takes those that do")
  func fewVaryingFeatures() throws {
    let varying = makeRows(seed: 68, rowCount: 200).columns[0]
    let constant = [Float](repeating: 3, count: 200)
    let missing = [Float](repeating: .nan, count: 200)
    let forest = try IsolationForest.train(
      FeatureMatrix(names: ["a", "b", "c"], columns: [constant, varying, missing]),
      options: .init(treeCount: 5, seed: 69, rule: ForestVariant.extended.rule), threads: 1)
    for tree in forest.trees {
      #expect(tree.projections.isEmpty && tree.nodes.allSatisfy { $0.isLeaf || $0.feature == 1 })
    }
  }

  @Test("rows are drawn by weight, never those of weight 0")
  func weights() throws {
    let weights: [Float] = [1, 0, 2, 4, 1, 0, 8]
    var counts = [Int](repeating: 0, count: weights.count)
    for stream in 0..<8_000 {
      var random = SeededGenerator(seed: 70, stream: stream)
      counts[random.distinct(1, weights: weights)[0]] += 1
    }
    for (count, weight) in zip(counts, weights) {
      // Binomial(8000, w/16): at most 45 a standard deviation.
      #expect(abs(Double(count) - 500 * Double(weight)) <= 180)
      #expect((count == 0) == (weight == 0))
    }
    var random = SeededGenerator(seed: 71, stream: 0)
    #expect(Set(random.distinct(5, weights: weights)) == [0, 2, 3, 4, 6])
    for invalid in [[Float.nan], [-1], [0]] {
      #expect(throws: ForestError.self) {
        try IsolationForest.train(
          makeRows(seed: 1, rowCount: 7),
          weights: Array(weights.dropLast(6)) + [0, 0, 0, 0, 0]
            + invalid, options: .init(seed: 1), threads: 1)
      }
    }
  }

  @Test("a second fit without the strangest rows tells more of many anomalies")
  func trimming() throws {
    let rowCount = 1_000
    let isAnomaly = (0..<rowCount).map { $0 % 5 == 0 }
    let matrix = makeRows(seed: 72, rowCount: rowCount).mapValues { value, feature, row in
      isAnomaly[row] && feature % 2 == 0 ? 0.02 * value + 1.05 : value
    }
    func area(_ trimmedShare: Double) throws -> Double {
      let options = ForestOptions(treeCount: 50, seed: 73, trimmedShare: trimmedShare)
      let forest = try IsolationForest.train(matrix, options: options, threads: 2)
      return areaUnderCurve(try forest.scores(matrix, threads: 2), isAnomaly: isAnomaly)
    }
    #expect(try area(0.2) > area(0) + 0.01)
  }
}
