import Testing

@testable import Forest

@Suite struct ContributionTests {
  @Test("contributions add up to the expected path less the row's, missing values included")
  func sum() throws {
    let matrix = makeRows(seed: 20, rowCount: 2_000).mapValues { value, feature, row in
      (row + feature) % 11 == 0 ? .nan : value
    }
    for variant in ForestVariant.allCases {
      let forest = try IsolationForest.train(
        matrix,
        options: ForestOptions(treeCount: 10, sampleCount: 64, seed: 21, rule: variant.rule),
        threads: 2)
      for row in 0..<60 {
        let sum = forest.contributions(matrix, row: row).reduce(0, +)
        let expected = forest.expectedPathLength - forest.pathLength(matrix, row: row)
        #expect(abs(sum - expected) <= 1e-9)
      }
    }
  }

  @Test("a value far off in one feature makes that feature the greatest contribution")
  func injection() throws {
    let uniform = makeRows(seed: 22, rowCount: 8_000, featureCount: 32).columns.enumerated()
      .filter { $0.offset % 4 == 0 }.map(\.element)
    let matrix = FeatureMatrix(names: (0..<8).map { "u\($0)" }, columns: uniform)
    func injectedFeature(_ row: Int) -> Int? { row % 100 == 0 ? row / 100 % 8 : nil }
    let injected = matrix.mapValues { value, feature, row in
      feature == injectedFeature(row) ? value + 2 : value
    }
    let forest = try IsolationForest.train(injected, options: ForestOptions(seed: 23), threads: 2)
    let rows = (0..<8_000).filter { injectedFeature($0) != nil }
    let hits = rows.filter { row in
      let contributions = forest.contributions(injected, row: row)
      let greatest = contributions.indices.max { contributions[$0] < contributions[$1] }
      return greatest == injectedFeature(row)
    }
    #expect(hits.count * 100 >= rows.count * 95, "\(hits.count) of \(rows.count)")
  }

  @Test("features of a projection share by their parts in its value")
  func projectionShares() {
    let projection = Projection(terms: [
      .init(feature: 1, weight: 2, centre: 1), .init(feature: 0, weight: -1, centre: 0),
    ])
    #expect(projection.shares { [2, 4][$0] } == [0.75, 0.25])
    #expect(projection.shares { [0, 1][$0] } == [0.5, 0.5])
    #expect(projection.shares { [.nan, 1][$0] } == [0.5, 0.5])
  }

  @Test("a tree worked by hand")
  func byHand() throws {
    // 4 rows: one with x > 5; of the others two have y <= 1.
    let nodes: [IsolationTree.Node] = [
      .init(feature: 0, threshold: 5, left: 1, right: 2, sampleCount: 4),
      .init(feature: 1, threshold: 1, left: 3, right: 4, sampleCount: 3),
      .init(leafOf: 1), .init(leafOf: 2), .init(leafOf: 1),
    ]
    let tree = try IsolationTree(nodes: nodes, featureCount: 2, index: 0)
    let forest = try IsolationForest(
      featureNames: ["x", "y"], options: ForestOptions(treeCount: 1, sampleCount: 4, seed: 0),
      sampleCount: 4, trees: [tree])
    let rows = FeatureMatrix(names: ["x", "y"], columns: [[9, 0, .nan], [0, 0, 2]])
    // Paths: 1; 2 + c(2) = 3; 2. Expected at the root (1 + 2 + 2·3)/4, at the inner node 8/3.
    #expect((0..<3).map { forest.pathLength(rows, row: $0) } == [1, 3, 2])
    #expect(forest.expectedPathLength == 2.25)
    #expect(forest.contributions(rows, row: 0) == [1.25, 0])
    let second = forest.contributions(rows, row: 1)
    #expect(abs(second[0] - (2.25 - 8.0 / 3)) < 1e-12 && abs(second[1] - (8.0 / 3 - 3)) < 1e-12)
  }
}
