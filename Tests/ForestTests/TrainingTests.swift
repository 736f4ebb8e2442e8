import Randomness
import Testing

@testable import Forest

@Suite struct TrainingTests {
  @Test("trees do not depend on the number of threads, and differ by seed")
  func threads() throws {
    let matrix = makeRows(seed: 30, rowCount: 3_000)
    let options = ForestOptions(treeCount: 17, seed: 31)
    let one = try IsolationForest.train(matrix, options: options, threads: 1)
    let five = try IsolationForest.train(matrix, options: options, threads: 5)
    #expect(one.trees == five.trees)
    #expect(Set(one.trees.map { $0.nodes.count }).count > 1)
    let other = try IsolationForest.train(
      matrix, options: ForestOptions(treeCount: 17, seed: 32), threads: 1)
    #expect(one.trees != other.trees)
  }

  @Test("trees isolate rows or reach ceil(log2(ψ)) edges", arguments: [2, 3, 100, 256, 257])
  func depth(sampleCount: Int) throws {
    let forest = try IsolationForest.train(
      makeRows(seed: 33, rowCount: 1_000),
      options: ForestOptions(treeCount: 5, sampleCount: sampleCount, seed: 34), threads: 1)
    let limit = [2: 1, 3: 2, 100: 7, 256: 8, 257: 9][sampleCount]
    for tree in forest.trees {
      #expect(tree.depths.max().map(Int.init) ?? 0 <= limit ?? 0)
      for (node, depth) in zip(tree.nodes, tree.depths) where node.isLeaf {
        #expect(node.sampleCount == 1 || Int(depth) == limit)
      }
    }
  }

  @Test("thresholds lie from the least to below the greatest value, uniformly")
  func thresholds() throws {
    let matrix = FeatureMatrix(
      names: ["x"], columns: [(0..<32).map { $0 == 0 ? 0 : ($0 == 31 ? 1_000 : 500) }])
    let forest = try IsolationForest.train(
      matrix, options: ForestOptions(treeCount: 2_000, seed: 35), threads: 2)
    let roots = forest.trees.map { $0.nodes[0].threshold }
    #expect(roots.allSatisfy { (0..<1_000).contains($0) })
    // The mean of 2,000 uniform draws has a standard deviation of 6.5, the share below 250 of
    // .0097.
    #expect(abs(roots.reduce(0, +) / 2_000 - 500) < 26)
    #expect(abs(Double(roots.filter { $0 < 250 }.count) / 2_000 - 0.25) < 0.039)
  }

  @Test("splits fall on each feature that varies equally often, never on a constant one")
  func features() throws {
    let matrix = makeRows(seed: 36, rowCount: 500, featureCount: 5).mapValues {
      value, feature, row in feature == 2 ? 7 : (feature == 1 ? .nan : Float(row * (feature + 1)))
    }
    let forest = try IsolationForest.train(
      matrix, options: ForestOptions(treeCount: 3_000, sampleCount: 8, seed: 37), threads: 2)
    let roots = (0..<5).map { feature in
      forest.trees.filter { $0.nodes[0].feature == feature }.count
    }
    #expect(roots[1] == 0 && roots[2] == 0)
    for feature in [0, 3, 4] { #expect(abs(roots[feature] - 1_000) < 104) }
  }

  @Test("rows that are alike stay in one leaf")
  func constant() throws {
    let matrix = FeatureMatrix(names: ["x"], columns: [[Float](repeating: 4, count: 300)])
    let forest = try IsolationForest.train(matrix, options: ForestOptions(seed: 38), threads: 1)
    #expect(forest.trees.allSatisfy { $0.nodes == [.init(leafOf: 256)] })
    #expect(try forest.scores(matrix, threads: 1).allSatisfy { abs($0 - 0.5) < 1e-6 })
  }

  @Test("missing values follow the larger side, in training as in scoring")
  func missing() throws {
    // 200 rows miss the feature, 50 are near 0 and 6 near 1,000.
    let low = (0..<50).map { Float($0) / 1e4 }
    let high = (0..<6).map { Float(1_000 + $0) }
    let column = [Float](repeating: .nan, count: 200) + low + high
    let matrix = FeatureMatrix(names: ["x"], columns: [column])
    let forest = try IsolationForest.train(matrix, options: ForestOptions(seed: 39), threads: 1)
    let root = try #require(forest.trees.first { $0.nodes[0].threshold > 1 }).nodes
    #expect(root[Int(root[0].left)].sampleCount == 250)
    let scores = try forest.scores(matrix, threads: 1)
    #expect(scores[0] < scores[255])
    #expect(scores[0] <= scores[200..<250].min() ?? 0)
  }

  @Test("infinite values count as the greatest finite ones")
  func infinite() throws {
    let matrix = makeRows(seed: 40, rowCount: 400)
    let greatest = Float.greatestFiniteMagnitude
    func training(_ extreme: Float) throws -> [IsolationTree] {
      let changed = matrix.mapValues { value, feature, row in
        row % 40 == 0 ? (feature % 2 == 0 ? extreme : -extreme) : value
      }
      return try IsolationForest.train(
        changed, options: ForestOptions(treeCount: 20, seed: 41), threads: 1
      ).trees
    }
    #expect(try training(.infinity) == training(greatest))
  }

  @Test("a sample is drawn without repetition, each row as likely as any other")
  func sampling() {
    var counts = [Int](repeating: 0, count: 40)
    for stream in 0..<4_000 {
      var random = SeededGenerator(seed: 42, stream: stream)
      let drawn = random.distinct(10, below: 40)
      #expect(Set(drawn).count == 10)
      for row in drawn { counts[row] += 1 }
    }
    // Each is binomial(4000, 1/4): standard deviation 27.4.
    #expect(counts.allSatisfy { abs($0 - 1_000) < 124 })
  }

  @Test("rows far from all others score highest")
  func quality() throws {
    let inliers = makeRows(seed: 43, rowCount: 3_000).mapValues { value, feature, _ in
      feature % 4 == 0 ? value : value.truncatingRemainder(dividingBy: 7) / 7
    }
    let matrix = inliers.mapValues { value, feature, row in
      row % 100 == 0 && feature < 3 ? value + 2 : value
    }
    let isAnomaly = (0..<3_000).map { $0 % 100 == 0 }
    let forest = try IsolationForest.train(matrix, options: ForestOptions(seed: 44), threads: 2)
    let scores = try forest.scores(matrix, threads: 2)
    #expect(areaUnderCurve(scores, isAnomaly: isAnomaly) > 0.98)
    #expect(scores.allSatisfy { $0 > 0 && $0 < 1 })
  }

  @Test("what can't be trained or scored is said")
  func errors() throws {
    let matrix = makeRows(seed: 45, rowCount: 50)
    let empty = FeatureMatrix(names: [], columns: [])
    #expect(throws: ForestError.noTrainingData(rowCount: 0, featureCount: 0)) {
      try IsolationForest.train(empty, options: ForestOptions(seed: 1), threads: 1)
    }
    #expect(throws: ForestError.self) {
      try IsolationForest.train(matrix, options: .init(treeCount: 0, seed: 1), threads: 1)
    }
    #expect(throws: ForestError.self) {
      try IsolationForest.train(matrix, options: .init(sampleCount: 1, seed: 1), threads: 1)
    }
    let forest = try IsolationForest.train(matrix, options: .init(seed: 1), threads: 1)
    #expect(forest.sampleCount == 50)
    let renamed = FeatureMatrix(
      names: matrix.names.dropLast() + ["other"], columns: matrix.columns)
    let error = #expect(throws: ForestError.self) { try forest.scores(renamed, threads: 1) }
    #expect(
      error.map(\.description)
        == "feature 7: expected f7, found other; train the forest on the same features")
  }
}
