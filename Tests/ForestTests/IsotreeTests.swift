import Foundation
import Testing

@testable import Forest

/// Fixtures/isotree.json, made by make_isotree.py.
private struct IsotreeGolden: Decodable {
  struct Tree: Decodable {
    let thresholds: [Double]
    let densities: [Double]

    enum CodingKeys: String, CodingKey {
      case thresholds
      case densities = "log2_densities"
    }
  }

  let values: [Float]
  let pooledGain: Tree
  let averagedGain: Tree

  enum CodingKeys: String, CodingKey {
    case values
    case pooledGain = "pooled_gain"
    case averagedGain = "averaged_gain"
  }
}

@Suite struct IsotreeTests {
  private let golden: IsotreeGolden

  init() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixtures + "/isotree.json"))
    golden = try JSONDecoder().decode(IsotreeGolden.self, from: data)
  }

  @Test(
    "thresholds of gains and densities of leaves are isotree's",
    arguments: [GrowthRule.Threshold.pooledGain, .averagedGain])
  func tree(threshold: GrowthRule.Threshold) throws {
    let expected = threshold == .pooledGain ? golden.pooledGain : golden.averagedGain
    let matrix = FeatureMatrix(names: ["x"], columns: [golden.values])
    var rule = GrowthRule()
    rule.threshold = threshold
    rule.limitsDepth = false
    rule.leafValue = .density
    let tree = try #require(
      try IsolationForest.train(
        matrix, options: .init(treeCount: 1, seed: 1, rule: rule), threads: 1
      ).trees.first)

    // isotree leaves two rows together.
    let thresholds = tree.nodes.filter { $0.sampleCount > 2 }.map { Double($0.threshold) }.sorted()
    #expect(thresholds.count == expected.thresholds.count)
    for (found, expected) in zip(thresholds, expected.thresholds) {
      #expect(abs(found - expected) < 1e-5)
    }
    var comparedCount = 0
    for (row, density) in expected.densities.enumerated() {
      var number = 0
      var parentRows = Int32.max
      while !tree.nodes[number].isLeaf {
        parentRows = tree.nodes[number].sampleCount
        number = tree.child(of: tree.nodes[number], for: row, in: matrix)
      }
      guard parentRows > 2 else { continue }
      comparedCount += 1
      #expect(abs(tree.values[number] - density) < 1e-4)
    }
    #expect(comparedCount >= 10)
  }
}
