import Columnar
import Synchronization

/// Reads an Arrow IPC file (Feather V2): Tidemark's own and, as far as they hold Tidemark's column
/// types, those of others.
///
/// The file is mapped; columns of uncompressed files are views of it, those of compressed ones are
/// decompressed anew each time. A batch is checked when it is first read: by its checksum where
/// the file has any, and always for lengths, offsets and codes. Files of others may have batches
/// of more than 65,536 rows.
package final class ArrowReader: BatchSource {
  /// As the file states it; name "" and version 0 in a file that is not Tidemark's.
  package let schema: Schema
  package let rowCount: Int
  /// What schema and footer say about the table, without the checksums.
  package let metadata: [String: String]

  private let file: FileRegion
  private let batches: [Block]
  private let seal: FooterMetadata?
  /// By column.
  private let dictionaries: [ColumnDictionary?]
  private let isRequired: [Bool]
  private let isVerified: Mutex<[Bool]>

  /// Opens a file, verifies its footer, and reads its dictionaries.
  ///
  /// Throws when `expecting` is given and the file can't be read as it, with all differences; and
  /// later, when a column that it requires has nulls.
  package init(path: String, expecting expected: Schema? = nil) throws(ArrowFileError) {
    file = try MappedFile(path: path).region
    let index = try FileIndex(file)
    let schema = index.schema.schema
    if let expected {
      if schema.name == expected.name, schema.version != expected.version {
        let writer = schema.version > expected.version ? "a newer" : "an older"
        throw ArrowFileError(
          path: path, expected: "the table \(expected.name), version \(expected.version)",
          found: "version \(schema.version), of \(writer) version of Tidemark",
          isOtherVersion: true)
      }
      let differences = index.schema.differences(from: expected)
      guard differences.isEmpty else {
        throw ArrowFileError(
          path: path, expected: "the table \(expected.name), version \(expected.version)",
          found: differences.joined(separator: "; "))
      }
    }
    self.schema = schema
    batches = index.batches
    seal = index.seal
    isVerified = Mutex([Bool](repeating: false, count: index.batches.count))
    isRequired = schema.fields.map { field in
      !field.isNullable
        || expected?.fields.contains { $0.name == field.name && !$0.isNullable } == true
    }
    dictionaries = try DictionaryDecoder(file, index).dictionaries()
    rowCount = try Self.rowCount(of: index, in: file)
    metadata = Dictionary(
      (index.schema.keyValues + index.footerPairs).filter {
        !$0.key.hasPrefix(FooterMetadata.Key.checksumPrefix)
          && $0.key != FooterMetadata.Key.times
      }.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  package var batchCount: Int { batches.count }

  /// - Precondition: `index` is in `0 ..< batchCount`.
  package func batch(_ index: Int) throws(ArrowFileError) -> Batch {
    let what = "batch \(index)"
    let isFirstRead = isVerified.withLock { !$0[index] }
    if isFirstRead, let seal { try batches[index].verify(seal.batches[index], in: file, what) }
    let message = try Message(
      batches[index], in: file, header: ArrowFormat.Header.recordBatch, what)
    let layout = try BodyLayout(message.header, what)
    var decoder = BodyDecoder(message.body, layout, what)
    var columns: [Column] = []
    for (number, field) in schema.fields.enumerated() {
      let column = try decoder.column(field, dictionary: dictionaries[number])
      if isFirstRead {
        let validation = ColumnValidation(
          isRequired: isRequired[number], isTextUnknown: seal == nil)
        try validation.check(column, field, what, message.body)
      }
      columns.append(try checkedCodes(column, field, what, message.body))
    }
    try decoder.finish()
    isVerified.withLock { $0[index] = true }
    return Batch(schema: schema, rowCount: layout.rowCount, columns: columns)
  }

  package func timeRange(ofBatch index: Int) -> TimeRange? { seal?.times?[index] ?? nil }

  private func checkedCodes(
    _ column: Column, _ field: Field, _ what: String, _ body: FileRegion
  ) throws(ArrowFileError) -> Column {
    guard field.type.dictionaryValueType != nil else { return column }
    guard let dictionary = column.dictionary else {
      throw body.failure(
        expected: "a dictionary for column \(field.name) of \(what)", found: "none in the file")
    }
    guard let checked = column.withCodesInRange() else {
      throw body.failure(
        expected: "codes below \(dictionary.column.rowCount) in column \(field.name) of \(what)",
        found: "a higher one")
    }
    return checked
  }

  private static func rowCount(
    of index: FileIndex, in file: FileRegion
  ) throws(ArrowFileError) -> Int {
    var rowCount = 0
    for (number, block) in index.batches.enumerated() {
      let what = "batch \(number)"
      let message = try Message(block, in: file, header: ArrowFormat.Header.recordBatch, what)
      rowCount += try BodyLayout(message.header, what).rowCount
    }
    if let seal = index.seal, seal.rowCount != rowCount {
      throw ArrowFileError(
        path: file.file.path, expected: "\(seal.rowCount) rows, as the footer says",
        found: "\(rowCount) in the batches")
    }
    return rowCount
  }
}
