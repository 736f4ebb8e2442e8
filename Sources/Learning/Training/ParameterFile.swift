import ArrowFile
import Columnar

/// The columns of a file of a learned model: one row a number, parameters and their rows in order.
private enum ParameterColumn {
  static let parameter = ColumnKey<Coded<Strings>>("parameter", isNullable: false)
  static let row = ColumnKey<Values<Int32>>("row", isNullable: false)
  static let column = ColumnKey<Values<Int32>>("column", isNullable: false)
  static let value = ColumnKey<Values<Float>>("value", isNullable: false)

  static let schema = Schema(
    "learned_parameters", version: 1,
    [parameter.field, row.field, column.field, value.field])
}

/// What a model's file says of it.
struct ModelMetadata {
  static let kind = "model.kind"
  static let version = "model.version"

  fileprivate let values: [String: String]

  func text(_ key: String) throws(LearningError) -> String {
    guard let text = values[key] else {
      throw .model(key: key, expected: "a text", found: "none")
    }
    return text
  }

  func number<Number: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Number> = 0...Number.max
  ) throws(LearningError) -> Number {
    guard let number = values[key].flatMap({ Number($0) }), range.contains(number) else {
      throw .model(
        key: key, expected: "a whole number of \(range.lowerBound) to \(range.upperBound)",
        found: values[key] ?? "none")
    }
    return number
  }

  func loss(_ key: String) throws(LearningError) -> Float {
    guard let loss = values[key].flatMap({ Float($0) }), loss.isFinite, loss >= 0 else {
      throw .model(
        key: key, expected: "a number of 0 or more", found: values[key] ?? "none")
    }
    return loss
  }
}

/// Writes and reads the file of one kind of model.
struct ParameterFile {
  let kind: String
  /// Of the algorithm: models of another are not read.
  let version: Int

  func write(
    _ parameters: Parameters, metadata: [(key: String, value: String)], to path: String
  ) throws(ArrowFileError) {
    let own = [(ModelMetadata.kind, kind), (ModelMetadata.version, "\(version)")]
    let writer = try ArrowWriter(
      path: path, schema: ParameterColumn.schema, compression: .zstd,
      metadata: own.map { (key: $0.0, value: $0.1) } + metadata)
    let table = TableBuilder(ParameterColumn.schema)
    for (name, matrix) in zip(parameters.names, parameters.matrices) {
      for (place, value) in matrix.numbers.enumerated() {
        table.column(ParameterColumn.parameter).append(name)
        table.column(ParameterColumn.row).append(Int32(place / matrix.columnCount))
        table.column(ParameterColumn.column).append(Int32(place % matrix.columnCount))
        table.column(ParameterColumn.value).append(value)
        if table.rowCount == maximumBatchRowCount { try writer.write(table.finishBatch()) }
      }
    }
    if table.rowCount > 0 { try writer.write(table.finishBatch()) }
    try writer.finish()
  }

  /// - Parameter shapes: of the parameters that are expected, from what the file says of itself.
  /// - Throws: `ArrowFileError` for a file that is no such table, `LearningError.file` for one
  ///   whose rows and metadata make no such model.
  func read<Model>(
    path: String, shapes: (ModelMetadata) throws(LearningError) -> [Parameters.Shape],
    make: (Parameters, ModelMetadata) throws(LearningError) -> Model
  ) throws -> Model {
    let reader = try ArrowReader(path: path, expecting: ParameterColumn.schema)
    do {
      let metadata = ModelMetadata(values: reader.metadata)
      let found = try metadata.text(ModelMetadata.kind)
      guard found == kind else {
        throw LearningError.model(key: ModelMetadata.kind, expected: kind, found: found)
      }
      let _: Int = try metadata.number(ModelMetadata.version, in: version...version)
      return try make(parameters(reader, try shapes(metadata)), metadata)
    } catch let error as LearningError {
      throw LearningError.file(path: path, error)
    }
  }

  private func parameters(
    _ reader: ArrowReader, _ shapes: [Parameters.Shape]
  ) throws -> Parameters {
    let expected = shapes.reduce(0) { $0 + $1.rowCount * $1.columnCount }
    guard reader.rowCount == expected else {
      throw LearningError.model(
        key: "rows", expected: "\(expected)", found: "\(reader.rowCount)")
    }
    var parameters = Parameters(shapes, seed: 0)
    var (number, place) = (0, 0)
    for index in 0..<reader.batchCount {
      let batch = try reader.batch(index)
      let (name, value) = (batch[ParameterColumn.parameter], batch[ParameterColumn.value])
      let (line, column) = (batch[ParameterColumn.row], batch[ParameterColumn.column])
      for row in 0..<batch.rowCount {
        let shape = shapes[number]
        let isNext =
          name[row] == shape.name && Int(line.value(row)) == place / shape.columnCount
          && Int(column.value(row)) == place % shape.columnCount
        guard isNext, value.value(row).isFinite else {
          throw LearningError.model(
            key: shape.name,
            expected: "a number in row \(place / shape.columnCount), column "
              + "\(place % shape.columnCount)",
            found: "\(value.value(row)) in row \(line.value(row)), column \(column.value(row))"
              + " of \(name[row] ?? "none")")
        }
        parameters.matrices[number].numbers[place] = value.value(row)
        place += 1
        if place == shape.rowCount * shape.columnCount { (number, place) = (number + 1, 0) }
      }
    }
    return parameters
  }
}
