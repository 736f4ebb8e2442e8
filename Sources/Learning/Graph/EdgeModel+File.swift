import ArrowFile

extension EdgeModel {
  private static let file = ParameterFile(kind: "edges", version: 1)
  private static let serviceCountKey = "edges.service_count"

  /// Writes a model file that `init(path:)` reads.
  ///
  /// - Precondition: the model was trained.
  package func write(to path: String) throws(ArrowFileError) {
    guard let card else { preconditionFailure("a model without a card") }
    try EdgeModel.file.write(
      parameters, metadata: [(EdgeModel.serviceCountKey, "\(serviceCount)")] + card.metadata,
      to: path)
  }

  /// Reads a model file.
  ///
  /// - Throws: `ArrowFileError` for a file that is no such table, `LearningError.file` for one
  ///   whose numbers and metadata make no model.
  package init(path: String) throws {
    func serviceCount(_ metadata: ModelMetadata) throws(LearningError) -> Int {
      try metadata.number(EdgeModel.serviceCountKey, in: 1...4096)
    }
    self = try EdgeModel.file.read(path: path) { (metadata) throws(LearningError) in
      EdgeModel.shapes(serviceCount: try serviceCount(metadata))
    } make: { (parameters, metadata) throws(LearningError) in
      EdgeModel(
        serviceCount: try serviceCount(metadata), parameters: parameters,
        card: try TrainingCard(metadata))
    }
  }
}
