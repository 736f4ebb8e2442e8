import ArrowFile
import Columnar

/// The columns of a model file: one row a node, trees and their nodes in order; a node that splits
/// on a projection has one row a term, alike but for feature, weight and centre.
enum ForestColumn {
  static let tree = ColumnKey<Values<Int32>>("tree", isNullable: false)
  static let node = ColumnKey<Values<Int32>>("node", isNullable: false)
  /// Null in leaves, as are threshold, left and right.
  static let feature = ColumnKey<Values<Int32>>("feature")
  /// Of a term weight × (feature − centre); null where a node splits on the feature itself.
  static let weight = ColumnKey<Values<Float>>("weight")
  static let centre = ColumnKey<Values<Float>>("centre")
  static let threshold = ColumnKey<Values<Float>>("threshold")
  static let left = ColumnKey<Values<Int32>>("left")
  static let right = ColumnKey<Values<Int32>>("right")
  static let sampleCount = ColumnKey<Values<Int32>>("sample_count", isNullable: false)
  /// What a row that ends in the leaf gets; null where a node splits.
  static let value = ColumnKey<Values<Double>>("value")

  static let schema = Schema(
    "isolation_forest", version: 3,
    [
      tree.field, node.field, feature.field, weight.field, centre.field, threshold.field,
      left.field, right.field, sampleCount.field, value.field,
    ])
}

/// The keys of a model file's metadata.
private enum ForestKey {
  static let featureCount = "forest.feature_count"
  static func feature(_ index: Int) -> String { "forest.feature.\(index)" }
  static let treeCount = "forest.tree_count"
  /// ψ as asked for, and as it was.
  static let sampleCountOption = "forest.sample_count_option"
  static let sampleCount = "forest.sample_count"
  static let seed = "forest.seed"
  /// `IsolationForest.nodeChecksum`
  static let nodeChecksum = "forest.node_checksum"
}

extension IsolationForest {
  /// Writes a model file that `init(path:)` reads.
  ///
  /// - Parameter metadata: what else is to be known about the forest, as its training window; to be
  ///   read back with `ArrowReader.metadata`. Keys that start with `forest.` are taken.
  package func write(
    to path: String, metadata: [(key: String, value: String)] = []
  ) throws(ArrowFileError) {
    let own = [
      (ForestKey.featureCount, "\(featureNames.count)"),
      (ForestKey.treeCount, "\(options.treeCount)"),
      (ForestKey.sampleCountOption, "\(options.sampleCount)"),
      (ForestKey.sampleCount, "\(sampleCount)"),
      (ForestKey.seed, "\(options.seed)"), (ForestKey.nodeChecksum, nodeChecksum),
    ]
    let names = featureNames.enumerated().map { (ForestKey.feature($0.offset), $0.element) }
    let writer = try ArrowWriter(
      path: path, schema: ForestColumn.schema, compression: .zstd,
      metadata: (own + options.growthMetadata + names).map { (key: $0.0, value: $0.1) } + metadata)
    let rows = NodeRows()
    for (index, tree) in trees.enumerated() {
      for (number, node) in tree.nodes.enumerated() {
        let terms = tree.projection(of: node, featureCount: featureNames.count)?.terms
        for term in terms.map({ $0.map(Optional.some) }) ?? [nil] {
          rows.append(node, term, value: tree.values[number], number: number, tree: index)
          if rows.count == maximumBatchRowCount { try writer.write(rows.finishBatch()) }
        }
      }
    }
    if rows.count > 0 { try writer.write(rows.finishBatch()) }
    try writer.finish()
  }

  /// Reads a model file.
  ///
  /// - Throws: `ArrowFileError` for a file that is no such table, `ForestError.file` for one whose
  ///   nodes or metadata make no forest.
  package init(path: String) throws {
    let reader = try ArrowReader(path: path, expecting: ForestColumn.schema)
    let trees = try Self.trees(reader, path: path)
    do throws(ForestError) {
      try self.init(trees: trees, metadata: reader.metadata)
    } catch {
      throw ForestError.file(path: path, error)
    }
  }

  private init(
    trees stored: [StoredTree], metadata: [String: String]
  ) throws(ForestError) {
    func number<Number: FixedWidthInteger>(_ key: String) throws(ForestError) -> Number {
      let found = metadata[key]
      guard let number = found.flatMap({ Number($0) }), number >= 0 else {
        throw .model(key: key, expected: "a whole number", found: found ?? "none")
      }
      return number
    }
    let featureCount: Int = try number(ForestKey.featureCount)
    var names: [String] = []
    // A false count ends at the first name that is missing.
    while names.count < featureCount {
      let key = ForestKey.feature(names.count)
      guard let name = metadata[key] else {
        throw .model(key: key, expected: "the name of a feature", found: "none")
      }
      names.append(name)
    }
    var options = ForestOptions(
      treeCount: try number(ForestKey.treeCount),
      sampleCount: try number(ForestKey.sampleCountOption), seed: try number(ForestKey.seed))
    try options.readGrowth(metadata)
    guard stored.count == options.treeCount else {
      throw .model(
        key: ForestKey.treeCount, expected: "\(stored.count), as there are trees",
        found: "\(options.treeCount)")
    }
    var trees: [IsolationTree] = []
    for (index, tree) in stored.enumerated() {
      trees.append(
        try IsolationTree(
          nodes: tree.nodes(featureCount: featureCount), values: tree.values,
          projections: tree.projections, featureCount: featureCount,
          index: index))
    }
    try self.init(
      featureNames: names, options: options, sampleCount: try number(ForestKey.sampleCount),
      trees: trees)
    if let stated = metadata[ForestKey.nodeChecksum], stated != nodeChecksum {
      throw .model(key: ForestKey.nodeChecksum, expected: nodeChecksum, found: stated)
    }
  }

  /// CRC-64/XZ, as 16 hexadecimal digits, of all numbers of nodes and projections in order: a
  /// forest of the same trees has the same.
  package var nodeChecksum: String {
    var checksum = Checksum()
    for tree in trees {
      var numbers: [Int32] = []
      numbers.reserveCapacity(7 * tree.nodes.count)
      for (node, value) in zip(tree.nodes, tree.values) {
        numbers += [
          node.feature, Int32(bitPattern: node.threshold.bitPattern), node.left, node.right,
          node.sampleCount, Int32(truncatingIfNeeded: value.bitPattern),
          Int32(truncatingIfNeeded: value.bitPattern >> 32),
        ]
      }
      for term in tree.projections.flatMap(\.terms) {
        numbers += [
          term.feature, Int32(bitPattern: term.weight.bitPattern),
          Int32(bitPattern: term.centre.bitPattern),
        ]
      }
      numbers.withUnsafeBytes { checksum.add($0) }
    }
    return checksum.digits
  }

  private static func trees(_ reader: ArrowReader, path: String) throws -> [StoredTree] {
    var trees: [StoredTree] = []
    for index in 0..<reader.batchCount {
      let batch = try reader.batch(index)
      let tree = batch[ForestColumn.tree]
      let node = batch[ForestColumn.node]
      let rows = NodeViews(batch)
      for row in 0..<batch.rowCount {
        if tree.value(row) == trees.count, node.value(row) == 0 { trees.append(StoredTree()) }
        if let term = rows.term(row), !trees.isEmpty, tree.value(row) == trees.count - 1,
          trees[trees.count - 1].append(term, toNode: node.value(row))
        {
          continue
        }
        let expected = trees.last?.nodeCount ?? 0
        guard !trees.isEmpty, tree.value(row) == trees.count - 1, node.value(row) == expected
        else {
          throw ForestError.file(
            path: path,
            .tree(
              index: max(0, trees.count - 1), node: expected,
              expected: "this node, or node 0 of the next tree",
              found: "node \(node.value(row)) of tree \(tree.value(row))"))
        }
        trees[trees.count - 1].append(rows.node(row), rows.term(row), value: rows.value(row))
      }
    }
    return trees
  }
}

/// A tree's rows of a file, not validated yet.
private struct StoredTree {
  private var nodes: [IsolationTree.Node] = []
  private(set) var values: [Double] = []
  private var terms: [(node: Int, terms: [Projection.Term])] = []

  var nodeCount: Int { nodes.count }
  var projections: [Projection] { terms.map { Projection(terms: $0.terms) } }

  /// The nodes, those with terms on columns from featureCount on.
  func nodes(featureCount: Int) -> [IsolationTree.Node] {
    var nodes = nodes
    for (index, projection) in terms.enumerated() {
      nodes[projection.node] = nodes[projection.node].onColumn(featureCount + index)
    }
    return nodes
  }

  mutating func append(_ node: IsolationTree.Node, _ term: Projection.Term?, value: Double) {
    if let term { terms.append((nodes.count, [term])) }
    nodes.append(node)
    values.append(value)
  }

  /// Whether the node is the last one and takes another term.
  mutating func append(_ term: Projection.Term, toNode number: Int32) -> Bool {
    guard number == nodes.count - 1, terms.last?.node == Int(number) else { return false }
    terms[terms.count - 1].terms.append(term)
    return true
  }
}

/// Gathers nodes into batches.
private final class NodeRows {
  private let table = TableBuilder(ForestColumn.schema)
  private(set) var count = 0

  func append(
    _ node: IsolationTree.Node, _ term: Projection.Term?, value: Double, number: Int, tree: Int
  ) {
    count += 1
    table.column(ForestColumn.tree).append(Int32(tree))
    table.column(ForestColumn.node).append(Int32(number))
    table.column(ForestColumn.feature).append(
      node.isLeaf ? nil : term?.feature ?? node.feature)
    table.column(ForestColumn.weight).append(term?.weight)
    table.column(ForestColumn.centre).append(term?.centre)
    table.column(ForestColumn.threshold).append(node.isLeaf ? nil : node.threshold)
    table.column(ForestColumn.left).append(node.isLeaf ? nil : node.left)
    table.column(ForestColumn.right).append(node.isLeaf ? nil : node.right)
    table.column(ForestColumn.sampleCount).append(node.sampleCount)
    table.column(ForestColumn.value).append(node.isLeaf ? value : nil)
  }

  func finishBatch() -> Batch {
    count = 0
    return table.finishBatch()
  }
}

/// A batch's rows as nodes; what a split lacks becomes a value that `IsolationTree` refuses.
private struct NodeViews {
  private let feature: Values<Int32>
  private let weight: Values<Float>
  private let centre: Values<Float>
  private let threshold: Values<Float>
  private let left: Values<Int32>
  private let right: Values<Int32>
  private let sampleCount: Values<Int32>
  private let value: Values<Double>

  init(_ batch: Batch) {
    feature = batch[ForestColumn.feature]
    weight = batch[ForestColumn.weight]
    centre = batch[ForestColumn.centre]
    threshold = batch[ForestColumn.threshold]
    left = batch[ForestColumn.left]
    right = batch[ForestColumn.right]
    sampleCount = batch[ForestColumn.sampleCount]
    value = batch[ForestColumn.value]
  }

  func value(_ row: Int) -> Double { value[row] ?? .nan }

  /// nil for a leaf, and where a node splits on a feature itself.
  func term(_ row: Int) -> Projection.Term? {
    guard let feature = feature[row], let weight = weight[row] else { return nil }
    return .init(feature: Int(feature), weight: weight, centre: centre[row] ?? .nan)
  }

  func node(_ row: Int) -> IsolationTree.Node {
    let sampleCount = Int(sampleCount.value(row))
    guard let feature = feature[row] else { return .init(leafOf: sampleCount) }
    return .init(
      feature: feature < 0 ? Int(Int32.max) : Int(feature), threshold: threshold[row] ?? .nan,
      left: Int(left[row] ?? -1), right: Int(right[row] ?? -1), sampleCount: sampleCount)
  }
}
