import ArrowFile

extension SequenceModel {
  private static let file = ParameterFile(kind: "sequences", version: 1)

  /// Writes a model file that `init(path:)` reads.
  ///
  /// - Precondition: the model was trained.
  package func write(to path: String) throws(ArrowFileError) {
    guard let card else { preconditionFailure("a model without a card") }
    try SequenceModel.file.write(
      parameters, metadata: shape.metadata + card.metadata, to: path)
  }

  /// Reads a model file.
  ///
  /// - Throws: `ArrowFileError` for a file that is no such table, `LearningError.file` for one
  ///   whose numbers and metadata make no model.
  package init(path: String) throws {
    self = try SequenceModel.file.read(path: path) { (metadata) throws(LearningError) in
      try Shape(metadata).parameters
    } make: { (parameters, metadata) throws(LearningError) in
      SequenceModel(
        shape: try Shape(metadata), parameters: parameters, card: try TrainingCard(metadata))
    }
  }
}

extension SequenceModel.Shape {
  private enum Key {
    static let stepKindCount = "sequences.step_kind_count"
    static let entityKindCount = "sequences.entity_kind_count"
    static let width = "sequences.width"
    static let layerCount = "sequences.layer_count"
    static let headCount = "sequences.head_count"
    static let hiddenWidth = "sequences.hidden_width"
    static let contextLength = "sequences.context_length"
  }

  fileprivate var metadata: [(key: String, value: String)] {
    [
      (Key.stepKindCount, "\(stepKindCount)"), (Key.entityKindCount, "\(entityKindCount)"),
      (Key.width, "\(width)"), (Key.layerCount, "\(layerCount)"),
      (Key.headCount, "\(headCount)"), (Key.hiddenWidth, "\(hiddenWidth)"),
      (Key.contextLength, "\(contextLength)"),
    ]
  }

  fileprivate init(_ metadata: ModelMetadata) throws(LearningError) {
    self.init(
      stepKindCount: try metadata.number(Key.stepKindCount, in: 1...4096),
      entityKindCount: try metadata.number(Key.entityKindCount, in: 1...4096))
    width = try metadata.number(Key.width, in: 1...4096)
    layerCount = try metadata.number(Key.layerCount, in: 1...64)
    headCount = try metadata.number(Key.headCount, in: 1...width)
    hiddenWidth = try metadata.number(Key.hiddenWidth, in: 1...4096)
    contextLength = try metadata.number(Key.contextLength, in: 2...4096)
    guard width.isMultiple(of: headCount) else {
      throw .model(
        key: Key.headCount, expected: "a divisor of \(width)", found: "\(headCount)")
    }
  }
}
