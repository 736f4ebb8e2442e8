import Columnar

/// A message of a file: its metadata as a table, and its body.
struct Message {
  let header: FlatBufferTable
  let body: FileRegion
  /// Of the message itself, not of the schema that it may hold.
  let metadata: KeyValues

  /// Reads a message that must have the given kind and fill `block`.
  init(
    _ block: Block, in file: FileRegion, header tag: UInt8, _ what: String
  ) throws(ArrowFileError) {
    let head = try file.part(at: block.offset, byteCount: block.metadataByteCount, what)
    let length = try Self.length(of: head, what)
    guard length <= head.byteCount - 8 else {
      throw head.failure(
        at: 4, expected: "the length of \(what), at most \(head.byteCount - 8)",
        found: "\(length)")
    }
    body = try file.part(
      at: block.offset + block.metadataByteCount, byteCount: block.bodyByteCount,
      "body of \(what)")
    let root = try FlatBufferTable(
      rootOf: try head.part(at: 8, byteCount: length, what))
    try root.checkVersion()
    let found = try root.number(1, default: UInt8(0), "kind of \(what)")
    let bodyByteCount = try root.number(3, default: Int64(0), "length of the body of \(what)")
    guard found == tag, bodyByteCount == block.bodyByteCount,
      let header = try root.table(2, "header of \(what)")
    else {
      throw root.failure(
        expected: "\(what): a message of kind \(tag) with \(block.bodyByteCount) bytes of body",
        found: "kind \(found) with \(bodyByteCount) bytes")
    }
    self.header = header
    metadata = try root.keyValues(4, "metadata of \(what)")
  }

  /// The message that starts a file. Nil where there is none: polars writes other bytes there,
  /// and all readers go by the footer.
  static func schema(
    in file: FileRegion
  ) throws(ArrowFileError) -> (block: Block, message: Message)? {
    let what = "the schema"
    let offset = ArrowFormat.magic.count
    guard
      try file.load(UInt32.self, at: offset, "start of \(what)") == ArrowFormat.continuation
    else { return nil }
    let head = try file.part(at: offset, byteCount: 8, "start of \(what)")
    let block = Block(
      offset: offset, metadataByteCount: 8 + (try length(of: head, what)), bodyByteCount: 0)
    let message = try Message(block, in: file, header: ArrowFormat.Header.schema, what)
    return (block, message)
  }

  private static func length(of head: FileRegion, _ what: String) throws(ArrowFileError) -> Int {
    let marker = try head.load(UInt32.self, at: 0, "start of \(what)")
    let length = try head.load(Int32.self, at: 4, "length of \(what)")
    guard marker == ArrowFormat.continuation, length >= 0 else {
      throw head.failure(
        expected: "\(what) behind a continuation marker",
        found: "marker \(String(marker, radix: 16)) and length \(length)")
    }
    return Int(length)
  }
}

extension FlatBufferTable {
  /// Checks the version that both messages and footers state.
  func checkVersion() throws(ArrowFileError) {
    let version = try number(0, default: Int16(0), "metadata version")
    guard version == ArrowFormat.metadataV5 else {
      throw failure(expected: "Arrow metadata V5", found: "V\(Int(version) + 1)")
    }
  }
}

extension BodyLayout {
  /// More rows than any batch that a reader takes.
  private static let rowLimit = 1 << 32

  /// Reads a `table RecordBatch`; the extents are still to be checked against the body.
  init(_ table: FlatBufferTable, _ what: String) throws(ArrowFileError) {
    let rowCount = try table.number(0, default: Int64(0), "rows of \(what)")
    guard rowCount >= 0, rowCount < Self.rowLimit else {
      throw table.failure(expected: "0..<\(Self.rowLimit) rows in \(what)", found: "\(rowCount)")
    }
    let nodes = try table.vector(1, elementByteCount: 16, "nodes of \(what)")
    var nodeList: [Node] = []
    for index in 0..<nodes.count {
      nodeList.append(
        Node(
          rowCount: Int(try nodes.number(Int64.self, of: index)),
          nullCount: Int(try nodes.number(Int64.self, of: index, at: 8))))
    }
    let buffers = try table.vector(2, elementByteCount: 16, "buffers of \(what)")
    var extents: [Extent] = []
    for index in 0..<buffers.count {
      extents.append(
        Extent(
          offset: Int(try buffers.number(Int64.self, of: index)),
          byteCount: Int(try buffers.number(Int64.self, of: index, at: 8))))
    }
    var codec: Codec?
    if let body = try table.table(3, "compression of \(what)") {
      let number = try body.number(0, default: Codec.lz4.rawValue, "codec of \(what)")
      let method = try body.number(1, default: Int8(0), "method of compression of \(what)")
      codec = Codec(rawValue: number)
      guard codec != nil, method == 0 else {
        throw body.failure(
          expected: "\(what) with lz4 or zstd buffers or uncompressed",
          found: "codec \(number), method \(method)")
      }
    }
    let variadic = try table.vector(4, elementByteCount: 8, "variadic counts of \(what)")
    var variadicCounts: [Int] = []
    for index in 0..<variadic.count {
      variadicCounts.append(Int(try variadic.number(Int64.self, of: index)))
    }
    self.init(
      rowCount: Int(rowCount), nodes: nodeList, buffers: extents,
      codec: codec, variadicCounts: variadicCounts)
  }
}
