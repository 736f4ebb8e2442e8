import Testing

@testable import Forest

@Suite struct TreeValidationTests {
  private static func split(
    _ left: Int, _ right: Int, of count: Int, feature: Int = 0, threshold: Float = 1
  ) -> IsolationTree.Node {
    .init(feature: feature, threshold: threshold, left: left, right: right, sampleCount: count)
  }

  private static let leaf = IsolationTree.Node(leafOf: 1)

  private static let malformed: [(nodes: [IsolationTree.Node], message: String)] = [
    ([], "tree 3, node 0: expected a root, found no nodes"),
    ([split(1, 2, of: 2), leaf], "tree 3, node 0: expected a child in 1 ..< 2, found 2"),
    ([split(0, 1, of: 2), leaf], "tree 3, node 0: expected a child in 1 ..< 2, found 0"),
    ([split(-1, 1, of: 2), leaf], "tree 3, node 0: expected a child in 1 ..< 2, found -1"),
    (
      [split(1, 1, of: 2), leaf],
      "tree 3, node 0: expected a child of its own, found 1, which has a parent"
    ),
    (
      [split(1, 2, of: 3), split(2, 3, of: 2), leaf, leaf],
      "tree 3, node 1: expected a child of its own, found 2, which has a parent"
    ),
    (
      [split(1, 2, of: 2), leaf, leaf, leaf],
      "tree 3, node 3: expected a parent before it, found none"
    ),
    (
      [split(1, 2, of: 2, feature: 2), leaf, leaf],
      "tree 3, node 0: expected a feature below 2, found 2"
    ),
    (
      [split(1, 2, of: 2, threshold: .infinity), leaf, leaf],
      "tree 3, node 0: expected a finite threshold, found inf"
    ),
    (
      [split(1, 2, of: 5), leaf, leaf],
      "tree 3, node 0: expected 2 training rows, as its children, found 5"
    ),
    ([.init(leafOf: 0)], "tree 3, node 0: expected training rows, found 0"),
  ]

  @Test("malformed trees are refused with their place", arguments: malformed)
  func refusal(nodes: [IsolationTree.Node], message: String) {
    let error = #expect(throws: ForestError.self) {
      try IsolationTree(nodes: nodes, featureCount: 2, index: 3)
    }
    #expect(error?.description == message)
  }

  @Test("trees of other samples than the forest's are refused")
  func otherSamples() throws {
    let tree = try IsolationTree(
      nodes: [Self.split(1, 2, of: 2), Self.leaf, Self.leaf], featureCount: 1, index: 0)
    let error = #expect(throws: ForestError.self) {
      try IsolationForest(
        featureNames: ["x"], options: ForestOptions(seed: 0), sampleCount: 256, trees: [tree])
    }
    #expect(error?.description == "tree 0, node 0: expected 256 training rows, found 2")
  }
}
