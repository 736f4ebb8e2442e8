import Testing

@testable import Forest

@Suite struct ContributionBatchTests {
  private static let complete = makeRows(seed: 30, rowCount: 500)
  private static let incomplete = complete.mapValues { value, feature, row in
    (row + feature) % 11 == 0 ? .nan : feature == 1 && row % 13 == 0 ? .infinity : value
  }

  @Test("many rows at once give what each gives alone", arguments: [false, true])
  func twin(hasMissing: Bool) throws {
    let matrix = hasMissing ? Self.incomplete : Self.complete
    let forest = try IsolationForest.train(
      matrix, options: ForestOptions(treeCount: 30, seed: 31), threads: 2)
    for rowCount in [0, 1, 63, 64, 65, 130] {
      let rows = matrix.prefix(rowCount)
      let batch = try forest.contributions(rows, threads: 2)
      #expect(batch.rowCount == rowCount && batch.featureCount == 8)
      for row in 0..<rowCount {
        let alone = forest.contributions(rows, row: row)
        #expect(zip(batch.row(row), alone).allSatisfy { abs($0 - $1) <= 1e-12 })
        #expect((0..<8).map { batch[row, $0] } == Array(batch.row(row)))
      }
    }
  }

  @Test("so they do where trees split on weighted sums of features", arguments: [1, 2, 3])
  func projections(dimensionCount: Int) throws {
    let rows = Self.incomplete
    var rule = ForestVariant.extended.rule
    rule.dimensionCount = dimensionCount
    let options = ForestOptions(treeCount: 10, seed: 34, rule: rule)
    let forest = try IsolationForest.train(rows, options: options, threads: 2)
    let infinite = rows.prefix(70).mapValues { value, feature, row in
      row == 3 ? .infinity : row == 4 && feature < 4 ? 0 : value
    }
    let batch = try forest.contributions(infinite, threads: 2)
    for row in 0..<70 {
      let alone = forest.contributions(infinite, row: row)
      #expect(zip(batch.row(row), alone).allSatisfy { abs($0 - $1) <= 1e-12 })
    }
  }

  @Test("a row's contributions don't depend on threads, nor on the rows beside it")
  func independence() throws {
    let rows = Self.incomplete
    let forest = try IsolationForest.train(rows, options: ForestOptions(seed: 32), threads: 2)
    let one = try forest.contributions(rows, threads: 1)
    #expect(try forest.contributions(rows, threads: 3) == one)
    let tail = FeatureMatrix(names: rows.names, columns: rows.columns.map { Array($0[301...]) })
    #expect(try forest.contributions(tail, threads: 2).values == Array(one.values[(301 * 8)...]))
  }

  @Test("trees of a single leaf say nothing about any feature")
  func noSplit() throws {
    let tree = try IsolationTree(nodes: [.init(leafOf: 4)], featureCount: 2, index: 0)
    let forest = try IsolationForest(
      featureNames: ["x", "y"], options: ForestOptions(treeCount: 1, sampleCount: 4, seed: 0),
      sampleCount: 4, trees: [tree])
    let rows = FeatureMatrix(names: ["x", "y"], columns: [[9, .nan], [0, 1]])
    #expect(try forest.contributions(rows, threads: 1).values == [0, 0, 0, 0])
  }

  @Test("rows of other features are refused")
  func otherFeatures() throws {
    let forest = try IsolationForest.train(
      Self.complete, options: ForestOptions(treeCount: 3, seed: 33), threads: 1)
    let rows = FeatureMatrix(names: ["x"], columns: [[1]])
    #expect(throws: ForestError.features(expected: Self.complete.names, found: ["x"])) {
      try forest.contributions(rows, threads: 1)
    }
  }
}
