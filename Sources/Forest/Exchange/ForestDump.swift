import ArrowFile
import Columnar

/// A forest of another program, as `pipelines/dump_forest.py` writes it: one row a node.
package struct ForestDump: Sendable {
  /// Who fitted the forest: `scikit-learn 1.9.1`.
  package let source: String
  package let forest: IsolationForest
  package let splitCount: Int
  /// Splits that take missing values elsewhere than Tidemark does: to the child with fewer training
  /// rows, or to both. Scores of rows without missing values are the same.
  package let otherMissingCount: Int

  enum Column {
    static let tree = ColumnKey<Values<Int32>>("tree", isNullable: false)
    static let node = ColumnKey<Values<Int32>>("node", isNullable: false)
    /// Null in leaves, as are threshold, left, right and missingLeft.
    static let feature = ColumnKey<Values<Int32>>("feature")
    static let threshold = ColumnKey<Values<Double>>("threshold")
    static let left = ColumnKey<Values<Int32>>("left")
    static let right = ColumnKey<Values<Int32>>("right")
    /// Null where a missing value takes neither side, or both.
    static let missingLeft = ColumnKey<Flags>("missing_left")
    static let sampleCount = ColumnKey<Values<Int32>>("sample_count", isNullable: false)
    static let value = ColumnKey<Values<Double>>("value")

    static let schema = Schema(
      "forest_dump", version: 1,
      [
        tree.field, node.field, feature.field, threshold.field, left.field, right.field,
        missingLeft.field, sampleCount.field, value.field,
      ])
  }

  private enum Key {
    static let source = "dump.source"
    static let treeCount = "dump.tree_count"
    static let featureCount = "dump.feature_count"
    static func feature(_ index: Int) -> String { "dump.feature.\(index)" }
    static let sampleCount = "dump.sample_count"
    static let expectedPath = "dump.expected_path"
  }

  private struct Tree {
    var nodes: [IsolationTree.Node] = []
    var values: [Double] = []
    var missingLeft: [Bool?] = []
  }

  /// Reads a dump.
  ///
  /// - Throws: `ArrowFileError` for a file that is no such table, `ForestError.dump` for one whose
  ///   nodes or metadata make no forest.
  package init(path: String) throws {
    let reader = try ArrowReader(path: path, expecting: Column.schema)
    do {
      var trees: [Tree] = []
      for index in 0..<reader.batchCount { try Self.append(try reader.batch(index), to: &trees) }
      try self.init(trees, metadata: reader.metadata)
    } catch let error as ForestError {
      throw ForestError.dump(path: path, error)
    }
  }

  private init(_ dumped: [Tree], metadata: [String: String]) throws(ForestError) {
    func value<Value>(
      _ key: String, _ expected: String, _ read: (String) -> Value?
    ) throws(ForestError) -> Value {
      guard let value = metadata[key].flatMap(read) else {
        throw .model(key: key, expected: expected, found: metadata[key] ?? "none")
      }
      return value
    }
    func count(_ key: String) throws(ForestError) -> Int {
      try value(key, "a whole number above 0") { Int($0).flatMap { $0 > 0 ? $0 : nil } }
    }
    let treeCount = try count(Key.treeCount)
    let featureCount = try count(Key.featureCount)
    let sampleCount = try count(Key.sampleCount)
    let expectedPath = try value(Key.expectedPath, "a number above 0") {
      Double($0).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }
    guard dumped.count == treeCount else {
      throw .model(
        key: Key.treeCount, expected: "\(dumped.count), as there are trees", found: "\(treeCount)")
    }
    var names: [String] = []
    while names.count < featureCount {
      names.append(try value(Key.feature(names.count), "the name of a feature") { $0 })
    }
    source = try value(Key.source, "who fitted the forest") { $0 }

    // Programs differ in what a path's length is divided by.
    let scale = averagePathLength(rowCount: sampleCount) / expectedPath
    var trees: [IsolationTree] = []
    var splitCount = 0
    var otherMissingCount = 0
    for (index, dumped) in dumped.enumerated() {
      let tree = try IsolationTree(
        nodes: dumped.nodes, values: dumped.values.map { $0 * scale }, featureCount: featureCount,
        index: index)
      for (node, missingLeft) in zip(tree.nodes, dumped.missingLeft) where !node.isLeaf {
        splitCount += 1
        if missingLeft != tree.sendsMissingLeft(node) { otherMissingCount += 1 }
      }
      trees.append(tree)
    }
    self.splitCount = splitCount
    self.otherMissingCount = otherMissingCount
    forest = try IsolationForest(
      featureNames: names,
      options: ForestOptions(treeCount: treeCount, sampleCount: sampleCount, seed: 0),
      sampleCount: sampleCount, trees: trees)
  }

  private static func append(_ batch: Batch, to trees: inout [Tree]) throws(ForestError) {
    let tree = batch[Column.tree]
    let node = batch[Column.node]
    let feature = batch[Column.feature]
    let threshold = batch[Column.threshold]
    let (left, right) = (batch[Column.left], batch[Column.right])
    let missingLeft = batch[Column.missingLeft]
    let sampleCount = batch[Column.sampleCount]
    let value = batch[Column.value]
    for row in 0..<batch.rowCount {
      if tree.value(row) == trees.count, node.value(row) == 0 { trees.append(Tree()) }
      let expected = trees.last?.nodes.count ?? 0
      guard !trees.isEmpty, tree.value(row) == trees.count - 1, node.value(row) == expected else {
        throw .tree(
          index: max(0, trees.count - 1), node: expected,
          expected: "this node, or node 0 of the next tree",
          found: "node \(node.value(row)) of tree \(tree.value(row))")
      }
      let count = Int(sampleCount.value(row))
      let split = feature[row].map { feature in
        IsolationTree.Node(
          feature: feature < 0 ? Int(Int32.max) : Int(feature),
          threshold: Float(roundedDown: threshold[row] ?? .nan), left: Int(left[row] ?? -1),
          right: Int(right[row] ?? -1), sampleCount: count)
      }
      trees[trees.count - 1].nodes.append(split ?? .init(leafOf: count))
      trees[trees.count - 1].values.append(value[row] ?? .nan)
      trees[trees.count - 1].missingLeft.append(missingLeft[row])
    }
  }
}
