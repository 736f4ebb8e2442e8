import Columnar

/// Writes a table to an Arrow IPC file (Feather V2), batch by batch.
///
/// The file appears under its name when `finish` succeeds, complete and synced; without it nothing
/// is left behind. The same batches give the same bytes. Memory: a batch (when compressed, its
/// stored form too) and the dictionaries.
package final class ArrowWriter: BatchSink {
  private let schema: Schema
  private let encoder: MetadataEncoder
  private let bodyEncoder: BodyEncoder
  private let timeColumn: Int?
  private var file: AtomicFile
  private var dictionaries: [Int: SharedDictionary] = [:]
  private var batches: [Block] = []
  private var footer = FooterMetadata()
  private var isFinished = false

  /// Rows written so far.
  package var rowCount: Int { footer.rowCount }

  /// Starts a file that will be at `path`.
  ///
  /// - Parameters:
  ///   - metadata: goes to the schema's metadata behind the table's name and version.
  ///   - isDurable: whether it is to outlive a power cut once it is finished.
  package init(
    path: String, schema: Schema, compression: Compression = .none,
    metadata: [(key: String, value: String)] = [], isDurable: Bool = true
  ) throws(ArrowFileError) {
    guard let bodyEncoder = BodyEncoder(compression: compression) else {
      throw ArrowFileError(path: path, expected: "memory for zstd", found: "none")
    }
    self.schema = schema
    self.bodyEncoder = bodyEncoder
    encoder = MetadataEncoder(
      schema: schema, metadata: SchemaMetadata.keyValues(of: schema) + metadata)
    timeColumn = schema.fields.firstIndex { $0.type == .timestamp }
    if timeColumn != nil { footer.times = [] }
    for (column, field) in schema.fields.enumerated() where field.type.dictionaryValueType != nil {
      dictionaries[column] = SharedDictionary()
    }
    file = try AtomicFile(path: path, isDurable: isDurable)
    let message = encoder.schemaMessage(
      messageMetadata: [(FooterMetadata.Key.checksums, FooterMetadata.checksumName)])
    try append(ArrowFormat.magic)
    footer.schema = try append(message)
  }

  /// Appends a batch.
  ///
  /// Throws when the file can't be written, when a required column has nulls, and when the codes
  /// of a dictionary column stand for something else than in the batches before.
  /// - Precondition: the batch has the columns of the schema and at most 65,536 rows.
  package func write(_ batch: Batch) throws(ArrowFileError) {
    precondition(!isFinished, "a finished file takes no more batches")
    precondition(batch.schema.fields == schema.fields, "the batch has the file's columns")
    precondition(batch.rowCount <= maximumBatchRowCount, "batches hold 65,536 rows at most")
    for (index, column) in batch.columns.enumerated() {
      try check(column, index, batch: batches.count)
    }
    let body = bodyEncoder.encode(batch.columns, rowCount: batch.rowCount)
    let written = try withExtendedLifetime(batch) { () throws(ArrowFileError) in
      try append(encoder.batchMessage(body), body)
    }
    batches.append(written.block)
    footer.batches.append(written.checksum)
    footer.rowCount += batch.rowCount
    if let timeColumn {
      footer.times?.append(TimeRange(covering: Values(batch.columns[timeColumn])))
    }
  }

  /// Writes the dictionaries and the footer, syncs the file and gives it its name.
  package func finish() throws(ArrowFileError) {
    precondition(!isFinished, "a file is finished once")
    isFinished = true
    var blocks: [Block] = []
    for column in schema.fields.indices {
      guard let valueType = schema.fields[column].type.dictionaryValueType else { continue }
      let values = dictionaries[column]?.longest?.column ?? .nulls(valueType, rowCount: 0)
      let body = bodyEncoder.encode([values], rowCount: values.rowCount)
      let written = try withExtendedLifetime(values) { () throws(ArrowFileError) in
        try append(encoder.dictionaryMessage(id: Int64(blocks.count), body), body)
      }
      blocks.append(written.block)
      footer.dictionaries.append(written.checksum)
    }
    try append(ArrowFormat.endOfStream)
    let unsealed = footerBytes(blocks, digits: Checksum.zeroDigits)
    let checksum = unsealed.withUnsafeBytes { Checksum(of: $0) }
    let sealed = footerBytes(blocks, digits: checksum.digits)
    guard let byteCount = Int32(exactly: sealed.count) else {
      throw ArrowFileError(
        path: file.path, expected: "a footer below 2 GiB", found: "\(sealed.count) bytes")
    }
    try append(sealed)
    try append(withUnsafeBytes(of: byteCount.littleEndian) { Array($0) } + ArrowFormat.endMagic)
    try file.commit()
  }

  private func footerBytes(_ blocks: [Block], digits: String) -> [UInt8] {
    encoder.footer(
      dictionaries: blocks, batches: batches, metadata: footer.keyValues(footerDigits: digits))
  }

  private func check(_ column: Column, _ index: Int, batch: Int) throws(ArrowFileError) {
    let field = schema.fields[index]
    guard field.isNullable || column.nullCount == 0 else {
      throw ArrowFileError(
        path: file.path, expected: "column \(field.name) without nulls",
        found: "\(column.nullCount) of them in batch \(batch)")
    }
    guard let dictionary = column.dictionary else { return }
    guard dictionaries[index]?.follow(dictionary) == true else {
      throw ArrowFileError(
        path: file.path,
        expected: "column \(field.name) to extend the dictionary of the batches before",
        found: "other symbols for the same codes in batch \(batch)")
    }
  }

  @discardableResult
  private func append(_ bytes: [UInt8]) throws(ArrowFileError) -> Checksum {
    try append([], after: bytes)
  }

  private func append(
    _ metadata: [UInt8], _ body: EncodedBody
  ) throws(ArrowFileError) -> (block: Block, checksum: Checksum) {
    let block = Block(
      offset: file.byteCount, metadataByteCount: metadata.count,
      bodyByteCount: body.byteCount)
    return (block, try append(body.pieces, after: metadata))
  }

  private func append(
    _ pieces: [UnsafeRawBufferPointer], after head: [UInt8]
  ) throws(ArrowFileError) -> Checksum {
    let head = head.withUnsafeBytes { Buffer(copying: $0) }
    return try withExtendedLifetime(head) { () throws(ArrowFileError) in
      try file.append([head.bytes] + pieces)
      var checksum = Checksum(of: head.bytes)
      for piece in pieces { checksum.add(piece) }
      return checksum
    }
  }
}
