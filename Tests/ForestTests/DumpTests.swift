import ArrowFile
import Columnar
import Foundation
import TestSupport
import Testing

@testable import Forest

/// Forests that Fixtures/make_dumps.py dumped, and what they score.
@Suite struct DumpTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  /// The rows, and the scores of the program that is named.
  private func golden(_ program: String) throws -> (rows: FeatureMatrix, scores: [Double]) {
    let batch = try ArrowReader(path: fixtures + "/dump_scores.arrow").batch(0)
    let names = ["bytes", "packets", "ports", "gap"]
    let columns = names.map { name in
      let values = batch[ColumnKey<Values<Float>>(name)]
      return (0..<batch.rowCount).map { values.value($0) }
    }
    let scores = batch[ColumnKey<Values<Double>>(program)]
    return (
      FeatureMatrix(names: names, columns: columns),
      (0..<batch.rowCount).map { scores.value($0) }
    )
  }

  @Test(
    "a dumped forest scores as the program that fitted it, to 1e-6",
    arguments: [("sklearn", "scikit-learn 1.9.1"), ("isotree", "isotree 0.6.1.post10")])
  func scores(program: String, source: String) throws {
    let dump = try ForestDump(path: fixtures + "/dump_\(program).arrow")
    #expect(dump.source == source)
    #expect(dump.forest.trees.count == 6 && dump.forest.sampleCount == 48)
    let (rows, expected) = try golden(program)
    let scores = try dump.forest.scores(rows, threads: 1)
    #expect(Set(scores).count > 50)
    for (score, expected) in zip(scores, expected) {
      #expect(abs(Double(score) - expected) <= 1e-6)
    }
  }

  @Test("splits that take missing values elsewhere are counted")
  func missingValues() throws {
    let isotree = try ForestDump(path: fixtures + "/dump_isotree.arrow")
    #expect(isotree.otherMissingCount == isotree.splitCount && isotree.splitCount > 0)
    // scikit-learn's go right where both children have as many rows.
    let sklearn = try ForestDump(path: fixtures + "/dump_sklearn.arrow")
    let ties = sklearn.forest.trees.reduce(0) { count, tree in
      count
        + tree.nodes.count {
          !$0.isLeaf
            && tree.nodes[Int($0.left)].sampleCount == tree.nodes[Int($0.right)].sampleCount
        }
    }
    #expect(ties > 0 && sklearn.otherMissingCount >= ties)
    #expect(sklearn.otherMissingCount < sklearn.splitCount / 2)
  }

  @Test("an imported forest is kept and read as any other")
  func roundTrip() throws {
    let dump = try ForestDump(path: fixtures + "/dump_isotree.arrow")
    let path = folder + "/forest.arrow"
    try dump.forest.write(to: path, metadata: ModelCard(origin: dump.source).metadata)
    #expect(try IsolationForest(path: path).trees == dump.forest.trees)
    let card = try ModelCard(
      metadata: try ArrowReader(path: path).metadata, featureCount: 4)
    #expect(card == ModelCard(origin: "isotree 0.6.1.post10"))
  }

  @Test(
    "metadata that describe no forest are refused",
    arguments: [
      ("dump.expected_path", "0", "dump.expected_path: expected a number above 0, found 0"),
      ("dump.tree_count", "5", "dump.tree_count: expected 6, as there are trees, found 5"),
      ("dump.feature_count", "5", "dump.feature.4: expected the name of a feature, found none"),
      ("dump.sample_count", "49", "tree 0, node 0: expected 49 training rows, found 48"),
      ("dump.feature_count", "1", "tree 0, node 0: expected a feature below 1, found"),
    ])
  func malformed(key: String, value: String, message: String) throws {
    let reader = try ArrowReader(path: fixtures + "/dump_sklearn.arrow")
    var metadata = reader.metadata.filter { $0.key.hasPrefix("dump.") }
    metadata[key] = value
    let path = folder + "/dump.arrow"
    let writer = try ArrowWriter(
      path: path, schema: ForestDump.Column.schema,
      metadata: metadata.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })
    for index in 0..<reader.batchCount { try writer.write(try reader.batch(index)) }
    try writer.finish()
    let error = #expect(throws: ForestError.self) { try ForestDump(path: path) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("\(path): \(message)"), "\(text)")
    #expect(text.hasSuffix("; write it anew with pipelines/dump_forest.py"))
  }

  @Test("a threshold rounded down decides floats as the double does")
  func thresholds() {
    for double in [0.1, -0.1, 1.0 / 3, 1e-50, -1e-50, 16_777_217, 0.5, -0.0, 3.4e38] {
      let float = Float(roundedDown: double)
      for value in [float.nextDown, float, float.nextUp] {
        #expect((value <= float) == (Double(value) <= double), "\(double), \(value)")
      }
    }
  }

  @Test("the ONNX model of a dumped forest is the one that onnxruntime was held against")
  func onnx() throws {
    let dump = try ForestDump(path: fixtures + "/dump_sklearn.arrow")
    let path = fixtures + "/dump_sklearn.onnx"
    if ProcessInfo.processInfo.environment["TIDEMARK_WRITE_EXPECTED"] != nil {
      try Data(dump.forest.onnxModel()).write(to: URL(fileURLWithPath: path))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(dump.forest.onnxModel()))
  }

  @Test("a forest of splits on projections is refused as ONNX")
  func onnxOfProjections() throws {
    let forest = try IsolationForest.train(
      makeRows(seed: 70, rowCount: 200),
      options: ForestOptions(
        treeCount: 3, sampleCount: 32, seed: 1, rule: ForestVariant.extended.rule), threads: 1)
    let error = #expect(throws: ForestError.self) { try forest.onnxModel() }
    #expect(error?.description.contains("expected splits on single features") == true)
  }

  @Test("numbers of several bytes are written as Protocol Buffers has them")
  func protobuf() {
    // The examples of https://protobuf.dev/programming-guides/encoding/.
    var message = ProtobufMessage()
    message.add(1, 150)
    message.add(2, "testing")
    var inner = ProtobufMessage()
    inner.add(1, 150)
    message.add(3, inner)
    message.add(6, packed: [3, 270, 86_942])
    message.add(7, packed: [Float(1)])
    message.add(1, -2)
    let expected: [UInt8] =
      [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8)
      + [0x1A, 0x03, 0x08, 0x96, 0x01, 0x32, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05]
      + [0x3A, 0x04, 0x00, 0x00, 0x80, 0x3F, 0x08, 0xFE] + [UInt8](repeating: 0xFF, count: 8)
      + [0x01]
    #expect(message.bytes == expected)
  }
}
