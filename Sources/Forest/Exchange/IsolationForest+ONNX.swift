/// Fields of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, as far as they are written.
private enum ONNXField {
  enum Model {
    static let irVersion: UInt64 = 1
    static let producerName: UInt64 = 2
    static let documentation: UInt64 = 6
    static let graph: UInt64 = 7
    static let operatorSet: UInt64 = 8
    static let metadata: UInt64 = 14
  }
  enum OperatorSet {
    static let domain: UInt64 = 1
    static let version: UInt64 = 2
  }
  enum Pair {
    static let key: UInt64 = 1
    static let value: UInt64 = 2
  }
  enum Graph {
    static let node: UInt64 = 1
    static let name: UInt64 = 2
    static let initializer: UInt64 = 5
    static let input: UInt64 = 11
    static let output: UInt64 = 12
  }
  enum Node {
    static let input: UInt64 = 1
    static let output: UInt64 = 2
    static let type: UInt64 = 4
    static let attribute: UInt64 = 5
    static let domain: UInt64 = 7
  }
  enum Attribute {
    static let name: UInt64 = 1
    static let number: UInt64 = 3
    static let text: UInt64 = 4
    static let floats: UInt64 = 7
    static let numbers: UInt64 = 8
    static let texts: UInt64 = 9
    static let type: UInt64 = 20
  }
  enum Tensor {
    static let elementType: UInt64 = 2
    static let floats: UInt64 = 4
    static let name: UInt64 = 8
  }
  enum Value {
    static let name: UInt64 = 1
    static let type: UInt64 = 2
    static let tensor: UInt64 = 1
    static let elementType: UInt64 = 1
    static let shape: UInt64 = 2
    static let dimension: UInt64 = 1
    static let size: UInt64 = 1
    static let symbol: UInt64 = 2
  }
}

/// Numbers of onnx.proto and of the operators.
private enum ONNX {
  static let irVersion = 8
  static let operatorSetVersion = 13
  /// Version 5 deprecates TreeEnsembleRegressor; 3 is the one before.
  static let treeOperatorSetVersion = 3
  static let treeDomain = "ai.onnx.ml"
  static let float = 1

  enum AttributeType {
    static let number = 2
    static let text = 3
    static let floats = 6
    static let numbers = 7
    static let texts = 8
  }
}

extension IsolationForest {
  /// The forest as an ONNX model, for runtimes elsewhere.
  ///
  /// Input `rows`, float32[row, feature] in the order of `featureNames`, missing values as NaN;
  /// output `scores`, float32[row, 1]. Runtimes add in float32, so that scores are off by some
  /// 1e-6. The names of features are in the metadata, as `feature.0` and on.
  ///
  /// - Throws: `ForestError.model` for trees that split on projections.
  package func onnxModel() throws(ForestError) -> [UInt8] {
    guard trees.allSatisfy({ $0.projections.isEmpty }) else {
      throw .model(
        key: "trees",
        expected: "splits on single features, as variants standard, pooled_gain and "
          + "density have", found: "splits on weighted sums of them")
    }
    var graph = ProtobufMessage()
    graph.add(ONNXField.Graph.node, treeEnsemble(input: "rows", output: "exponents"))
    var power = ProtobufMessage()
    for input in ["two", "exponents"] { power.add(ONNXField.Node.input, input) }
    power.add(ONNXField.Node.output, "scores")
    power.add(ONNXField.Node.type, "Pow")
    graph.add(ONNXField.Graph.node, power)
    graph.add(ONNXField.Graph.name, "isolation_forest")
    var two = ProtobufMessage()
    two.add(ONNXField.Tensor.elementType, ONNX.float)
    two.add(ONNXField.Tensor.floats, packed: [Float(2)])
    two.add(ONNXField.Tensor.name, "two")
    graph.add(ONNXField.Graph.initializer, two)
    graph.add(ONNXField.Graph.input, matrix("rows", columnCount: featureNames.count))
    graph.add(ONNXField.Graph.output, matrix("scores", columnCount: 1))

    var model = ProtobufMessage()
    model.add(ONNXField.Model.irVersion, ONNX.irVersion)
    model.add(ONNXField.Model.producerName, "Tidemark")
    model.add(
      ONNXField.Model.documentation,
      "Isolation forest of \(trees.count) trees of \(sampleCount) rows; scores are 2^(-mean path "
        + "length / c(\(sampleCount))), 0 to 1, higher is stranger.")
    model.add(ONNXField.Model.graph, graph)
    let sets = [("", ONNX.operatorSetVersion), (ONNX.treeDomain, ONNX.treeOperatorSetVersion)]
    for (domain, version) in sets {
      var set = ProtobufMessage()
      set.add(ONNXField.OperatorSet.domain, domain)
      set.add(ONNXField.OperatorSet.version, version)
      model.add(ONNXField.Model.operatorSet, set)
    }
    for (index, name) in featureNames.enumerated() {
      var pair = ProtobufMessage()
      pair.add(ONNXField.Pair.key, "feature.\(index)")
      pair.add(ONNXField.Pair.value, name)
      model.add(ONNXField.Model.metadata, pair)
    }
    return model.bytes
  }

  /// All trees as one operator; what it adds up for a row is the exponent of its score.
  private func treeEnsemble(input: String, output: String) -> ProtobufMessage {
    let arrays = TreeArrays(self)
    var node = ProtobufMessage()
    node.add(ONNXField.Node.input, input)
    node.add(ONNXField.Node.output, output)
    node.add(ONNXField.Node.type, "TreeEnsembleRegressor")
    node.add(ONNXField.Node.domain, ONNX.treeDomain)
    func add(_ name: String, type: Int, _ fill: (inout ProtobufMessage) -> Void) {
      var attribute = ProtobufMessage()
      attribute.add(ONNXField.Attribute.name, name)
      fill(&attribute)
      attribute.add(ONNXField.Attribute.type, type)
      node.add(ONNXField.Node.attribute, attribute)
    }
    func add(_ name: String, _ values: [Int]) {
      add(name, type: ONNX.AttributeType.numbers) {
        $0.add(ONNXField.Attribute.numbers, packed: values)
      }
    }
    func add(_ name: String, _ values: [Float]) {
      add(name, type: ONNX.AttributeType.floats) {
        $0.add(ONNXField.Attribute.floats, packed: values)
      }
    }
    add("aggregate_function", type: ONNX.AttributeType.text) {
      $0.add(ONNXField.Attribute.text, "SUM")
    }
    add("post_transform", type: ONNX.AttributeType.text) {
      $0.add(ONNXField.Attribute.text, "NONE")
    }
    add("n_targets", type: ONNX.AttributeType.number) { $0.add(ONNXField.Attribute.number, 1) }
    add("nodes_treeids", arrays.trees)
    add("nodes_nodeids", arrays.nodes)
    add("nodes_modes", type: ONNX.AttributeType.texts) { attribute in
      for isLeaf in arrays.isLeaf {
        attribute.add(ONNXField.Attribute.texts, isLeaf ? "LEAF" : "BRANCH_LEQ")
      }
    }
    add("nodes_featureids", arrays.features)
    add("nodes_values", arrays.thresholds)
    add("nodes_truenodeids", arrays.left)
    add("nodes_falsenodeids", arrays.right)
    add("nodes_missing_value_tracks_true", arrays.sendsMissingLeft)
    add("target_treeids", arrays.leafTrees)
    add("target_nodeids", arrays.leafNodes)
    add("target_ids", [Int](repeating: 0, count: arrays.leafNodes.count))
    add("target_weights", arrays.leafWeights)
    return node
  }

  /// `ValueInfoProto` of float32[row, columnCount].
  private func matrix(_ name: String, columnCount: Int) -> ProtobufMessage {
    var rows = ProtobufMessage()
    rows.add(ONNXField.Value.symbol, "row")
    var columns = ProtobufMessage()
    columns.add(ONNXField.Value.size, columnCount)
    var shape = ProtobufMessage()
    for dimension in [rows, columns] { shape.add(ONNXField.Value.dimension, dimension) }
    var tensor = ProtobufMessage()
    tensor.add(ONNXField.Value.elementType, ONNX.float)
    tensor.add(ONNXField.Value.shape, shape)
    var type = ProtobufMessage()
    type.add(ONNXField.Value.tensor, tensor)
    var value = ProtobufMessage()
    value.add(ONNXField.Value.name, name)
    value.add(ONNXField.Value.type, type)
    return value
  }
}

/// The nodes of all trees, array by array, as the operator takes them.
private struct TreeArrays {
  private(set) var trees: [Int] = []
  private(set) var nodes: [Int] = []
  private(set) var isLeaf: [Bool] = []
  private(set) var features: [Int] = []
  private(set) var thresholds: [Float] = []
  private(set) var left: [Int] = []
  private(set) var right: [Int] = []
  private(set) var sendsMissingLeft: [Int] = []
  private(set) var leafTrees: [Int] = []
  private(set) var leafNodes: [Int] = []
  private(set) var leafWeights: [Float] = []

  init(_ forest: IsolationForest) {
    let perPath =
      -1 / (Double(forest.trees.count) * averagePathLength(rowCount: forest.sampleCount))
    for (index, tree) in forest.trees.enumerated() {
      for (number, node) in tree.nodes.enumerated() {
        trees.append(index)
        nodes.append(number)
        isLeaf.append(node.isLeaf)
        features.append(node.isLeaf ? 0 : Int(node.feature))
        thresholds.append(node.isLeaf ? 0 : node.threshold)
        left.append(node.isLeaf ? 0 : Int(node.left))
        right.append(node.isLeaf ? 0 : Int(node.right))
        sendsMissingLeft.append(!node.isLeaf && tree.sendsMissingLeft(node) ? 1 : 0)
        guard node.isLeaf else { continue }
        leafTrees.append(index)
        leafNodes.append(number)
        leafWeights.append(Float((tree.values[number] - forest.scale.origin) * perPath))
      }
    }
  }
}
