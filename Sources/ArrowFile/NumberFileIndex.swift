/// Where the batches of a file or stream lie, and what its columns are.
struct NumberFileIndex {
  let schema: NumberSchema
  private(set) var batches: [Block] = []
  /// By batch; nil in a file that is not Tidemark's own.
  private(set) var checksums: [Checksum]?

  private static let parquetMagic = Array("PAR1".utf8)

  init(_ file: FileRegion) throws(ArrowFileError) {
    if file.byteCount >= ArrowFormat.endMagic.count,
      file.bytes.starts(with: ArrowFormat.endMagic)
    {
      try self.init(file: file)
    } else if file.bytes.starts(with: Self.parquetMagic) {
      throw file.failure(
        expected: "an Arrow file",
        found: "a Parquet file; write it as Arrow, as with polars: "
          + "scan_parquet(\"t.parquet\").sink_ipc(\"t.arrow\")")
    } else {
      try self.init(stream: file)
    }
  }

  /// By the footer, as all readers of files go.
  private init(file: FileRegion) throws(ArrowFileError) {
    let footer = try FileIndex.footer(of: file)
    let messages = try file.part(at: 0, byteCount: footer.start, "messages")
    let table = try FlatBufferTable(rootOf: footer)
    let pairs = try table.keyValues(4, "metadata of the footer")
    let isSealed = FileIndex.isSealed(try Message.schema(in: messages)?.message, footer)
    if isSealed { try FileIndex.verify(footer, table) }
    try table.checkVersion()
    guard let schemaTable = try table.table(1, "schema in the footer") else {
      throw table.failure(expected: "a schema in the footer", found: "none")
    }
    schema = try NumberSchema(schemaTable)
    batches = try FileIndex.blocks(table, 3, in: messages, "batch")
    guard isSealed else { return }
    let seal = try FooterMetadata(pairs, footer: table)
    guard seal.batches.count == batches.count else {
      throw table.failure(
        expected: "checksums of \(batches.count) batches", found: "\(seal.batches.count)")
    }
    checksums = seal.batches
  }

  /// Message by message; dictionaries are stepped over, since their columns are not read.
  private init(stream: FileRegion) throws(ArrowFileError) {
    var found: NumberSchema?
    var position = 0
    while position < stream.byteCount {
      let head = try stream.part(at: position, byteCount: 8, "start of a message")
      guard try head.load(UInt32.self, at: 0, "start of a message") == ArrowFormat.continuation
      else {
        throw head.failure(
          expected: position == 0 ? "an Arrow file or stream" : "a message", found: "other bytes")
      }
      let length = Int(try head.load(Int32.self, at: 4, "length of a message"))
      if length == 0 { break }
      let metadata = try stream.part(at: position + 8, byteCount: length, "message")
      let root = try FlatBufferTable(rootOf: metadata)
      try root.checkVersion()
      let kind = try root.number(1, default: UInt8(0), "kind of a message")
      let block = Block(
        offset: position, metadataByteCount: 8 + length,
        bodyByteCount: Int(try root.number(3, default: Int64(0), "length of a body")))
      _ = try stream.part(
        at: position + block.metadataByteCount, byteCount: block.bodyByteCount, "body of a message")
      switch kind {
      case ArrowFormat.Header.schema:
        guard let header = try root.table(2, "schema") else {
          throw root.failure(expected: "a schema", found: "none")
        }
        found = try NumberSchema(header)
      case ArrowFormat.Header.recordBatch: batches.append(block)
      case ArrowFormat.Header.dictionaryBatch: break
      default: throw root.failure(expected: "a schema, dictionary or batch", found: "kind \(kind)")
      }
      position = block.end
    }
    guard let found else {
      throw stream.failure(expected: "an Arrow file or stream", found: "no schema")
    }
    schema = found
  }
}
