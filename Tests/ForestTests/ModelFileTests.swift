import ArrowFile
import Columnar
import Foundation
import TestSupport
import Testing

@testable import Forest

@Suite struct ModelFileTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  private var path: String { folder + "/forest.arrow" }

  private func train() throws -> IsolationForest {
    try IsolationForest.train(
      makeRows(seed: 50, rowCount: 1_000),
      options: ForestOptions(treeCount: 10, sampleCount: 128, seed: .max), threads: 2)
  }

  @Test("a forest read back is the forest written, with what was said about it")
  func roundTrip() throws {
    let forest = try train()
    try forest.write(to: path, metadata: [("training.first_day", "2026-01-05")])
    let read = try IsolationForest(path: path)
    #expect(read.trees == forest.trees)
    #expect(read.featureNames == forest.featureNames)
    #expect(read.options == forest.options && read.sampleCount == 128)
    let rows = makeRows(seed: 51, rowCount: 700)
    #expect(try read.scores(rows, threads: 1) == forest.scores(rows, threads: 1))
    #expect(try ArrowReader(path: path).metadata["training.first_day"] == "2026-01-05")
  }

  @Test("a forest of more nodes than a batch holds rows")
  func severalBatches() throws {
    /// A tree all of whose leaves are as deep, of 2^15 rows.
    func tree(depth: Int) throws -> IsolationTree {
      let nodes = (1..<2 << depth).map { place in
        let level = Int.bitWidth - 1 - place.leadingZeroBitCount
        return level == depth
          ? IsolationTree.Node(leafOf: 1 << (15 - depth))
          : .init(
            feature: level % 8, threshold: Float(place), left: 2 * place - 1, right: 2 * place,
            sampleCount: 1 << (15 - level))
      }
      return try IsolationTree(nodes: nodes, featureCount: 8, index: 0)
    }
    let forest = try IsolationForest(
      featureNames: (0..<8).map { "f\($0)" }, options: ForestOptions(treeCount: 2, seed: 0),
      sampleCount: 1 << 15, trees: [tree(depth: 15), tree(depth: 1)])
    #expect(forest.trees.reduce(0) { $0 + $1.nodes.count } > maximumBatchRowCount)
    try forest.write(to: path)
    #expect(try IsolationForest(path: path).trees == forest.trees)
  }

  @Test("the same forest gives the same bytes")
  func bytes() throws {
    try train().write(to: path)
    try train().write(to: folder + "/again.arrow")
    #expect(
      FileManager.default.contents(atPath: path)
        == FileManager.default.contents(atPath: folder + "/again.arrow"))
  }

  /// A row of a model file of one tree of two leaves, before a test changes it.
  private struct Row {
    var tree: Int32 = 0
    var node: Int32
    var feature: Int32?
    var weight: Float?
    var centre: Float?
    var threshold: Float?
    var left: Int32?
    var right: Int32?
    var sampleCount: Int32
    var value: Double?

    static let sound = [
      Row(node: 0, feature: 1, threshold: 0.5, left: 1, right: 2, sampleCount: 2),
      Row(node: 1, sampleCount: 1, value: 1), Row(node: 2, sampleCount: 1, value: 1),
    ]
  }

  private func write(_ rows: [Row], metadata: [String: String] = [:]) throws {
    var pairs = [
      "forest.feature_count": "2", "forest.feature.0": "x", "forest.feature.1": "y",
      "forest.tree_count": "1", "forest.sample_count_option": "256", "forest.sample_count": "2",
      "forest.seed": "1",
    ]
    pairs.merge(metadata) { $1 }
    let table = TableBuilder(ForestColumn.schema)
    for row in rows {
      table.column(ForestColumn.tree).append(row.tree)
      table.column(ForestColumn.node).append(row.node)
      table.column(ForestColumn.feature).append(row.feature)
      table.column(ForestColumn.weight).append(row.weight)
      table.column(ForestColumn.centre).append(row.centre)
      table.column(ForestColumn.threshold).append(row.threshold)
      table.column(ForestColumn.left).append(row.left)
      table.column(ForestColumn.right).append(row.right)
      table.column(ForestColumn.sampleCount).append(row.sampleCount)
      table.column(ForestColumn.value).append(row.value)
    }
    let writer = try ArrowWriter(
      path: path, schema: ForestColumn.schema,
      metadata: pairs.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })
    try writer.write(table.finishBatch())
    try writer.finish()
  }

  private func expectRefusal(_ message: String) {
    let error = #expect(throws: ForestError.self) { try IsolationForest(path: path) }
    #expect(error?.description == "\(path): \(message); train the forest anew")
  }

  @Test("a sound file made by hand is read")
  func byHand() throws {
    try write(Row.sound)
    let forest = try IsolationForest(path: path)
    let rows = FeatureMatrix(names: ["x", "y"], columns: [[0, 0], [0.5, 1]])
    #expect(try forest.scores(rows, threads: 1) == [0.5, 0.5])
  }

  @Test("a split on two features has a row for each")
  func projectionByHand() throws {
    var rows = Row.sound
    rows[0].weight = 2
    rows[0].centre = 1
    rows.insert(rows[0], at: 1)
    rows[1].feature = 0
    rows[1].weight = -1
    try write(rows)
    let tree = try #require(try IsolationForest(path: path).trees.first)
    let terms: [Projection.Term] = [
      .init(feature: 1, weight: 2, centre: 1), .init(feature: 0, weight: -1, centre: 1),
    ]
    #expect(tree.projections == [Projection(terms: terms)])
    #expect(tree.nodes.map(\.feature) == [2, -1, -1])

    rows[1].feature = 2
    try write(rows)
    expectRefusal("tree 0, node 0: expected features in 0 ..< 2, found 2")
    rows[1] = Row.sound[0]
    try write(rows)
    expectRefusal(
      "tree 0, node 1: expected this node, or node 0 of the next tree, found node 0 of tree 0")
  }

  @Test("forests of every variant are read back as they were", arguments: ForestVariant.allCases)
  func variants(variant: ForestVariant) throws {
    let options = ForestOptions(
      treeCount: 5, sampleCount: 64, seed: 7, rule: variant.rule, trimmedShare: 0.1)
    let matrix = makeRows(seed: 51, rowCount: 300)
    let forest = try IsolationForest.train(matrix, options: options, threads: 2)
    try forest.write(to: path)
    let read = try IsolationForest(path: path)
    #expect(read.options == options && read.trees == forest.trees)
    #expect(try read.scores(matrix, threads: 1) == forest.scores(matrix, threads: 2))
  }

  @Test("nodes that make no tree are refused with their place")
  func malformedNodes() throws {
    func expectRefusal(_ message: String, _ change: (inout [Row]) -> Void) throws {
      var rows = Row.sound
      change(&rows)
      try write(rows)
      self.expectRefusal(message)
    }
    try expectRefusal("tree 0, node 0: expected a feature below 2, found 2") { $0[0].feature = 2 }
    try expectRefusal("tree 0, node 0: expected a feature below 2, found 2147483647") {
      $0[0].feature = -5
    }
    try expectRefusal("tree 0, node 0: expected a finite threshold, found nan") {
      $0[0].threshold = nil
    }
    try expectRefusal("tree 0, node 0: expected a child in 1 ..< 3, found 0") { $0[0].left = 0 }
    try expectRefusal("tree 0, node 0: expected a child in 1 ..< 3, found 3") { $0[0].right = 3 }
    try expectRefusal("tree 0, node 0: expected a child in 1 ..< 3, found -1") { $0[0].right = nil }
    try expectRefusal("tree 0, node 1: expected training rows, found -7") {
      $0[0].sampleCount = 1
      $0[1].sampleCount = -7
      $0[2].sampleCount = 8
    }
    try expectRefusal("tree 0, node 0: expected 2147483648 training rows, as its children, found 2")
    {
      $0[1].sampleCount = .max
    }
    try expectRefusal(
      "tree 0, node 1: expected this node, or node 0 of the next tree, found node 2 of tree 0"
    ) { $0.remove(at: 1) }
    try expectRefusal(
      "tree 0, node 0: expected this node, or node 0 of the next tree, found node 0 of tree -1"
    ) { $0[0].tree = -1 }
    try expectRefusal(
      "tree 0, node 0: expected this node, or node 0 of the next tree, found node 0 of tree -1"
    ) {
      $0[0].tree = -1
      $0[0].weight = 1
    }
    try expectRefusal("tree 0, node 2: expected a finite value, found nan") { $0[2].value = nil }
    try expectRefusal("forest.tree_count: expected 0, as there are trees, found 1") {
      $0.removeAll()
    }
  }

  @Test(
    "metadata that describe no forest are refused",
    arguments: [
      ("forest.seed", "-1", "forest.seed: expected a whole number, found -1"),
      (
        "forest.growth", "2 10 best limited density",
        "forest.growth: expected dimensions, candidates, threshold, depth and leaf value, "
          + "found 2 10 best limited density"
      ),
      ("forest.trimmed_share", "1", "forest.trimmed_share: expected a share below 1, found 1"),
      (
        "forest.feature_count", "9000000000000000000",
        "forest.feature.2: expected the name of a feature, found none"
      ),
      ("forest.sample_count", "3", "tree 0, node 0: expected 3 training rows, found 2"),
      ("forest.tree_count", "7", "forest.tree_count: expected 1, as there are trees, found 7"),
    ])
  func malformedMetadata(key: String, value: String, message: String) throws {
    try write(Row.sound, metadata: [key: value])
    expectRefusal(message)
  }

  @Test("other files are refused by what they hold")
  func otherFiles() throws {
    #expect(throws: ArrowFileError.self) { try IsolationForest(path: folder + "/none.arrow") }
    let schema = Schema("other", version: 1, [Field("tree", .float64)])
    let writer = try ArrowWriter(path: path, schema: schema)
    try writer.finish()
    let error = #expect(throws: ArrowFileError.self) { try IsolationForest(path: path) }
    #expect(error?.description.contains("the table isolation_forest, version 3") == true)
  }
}
