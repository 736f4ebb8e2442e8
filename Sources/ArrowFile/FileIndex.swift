import Columnar

/// What the footer says of a file, checked against the file as far as no batch is needed for it.
///
/// A file of Tidemark's own is checked whole: its parts follow each other without a gap, magic and
/// end marker are constants, and each other part has a checksum, the footer included. A file of
/// anybody else has its lengths checked here and its content when it is read.
struct FileIndex {
  let schema: SchemaMetadata
  let footerPairs: KeyValues
  /// Checksums and times; nil in a file that is not Tidemark's own.
  let seal: FooterMetadata?
  let dictionaries: [Block]
  let batches: [Block]

  init(_ file: FileRegion) throws(ArrowFileError) {
    let footer = try Self.footer(of: file)
    let messages = try file.part(at: 0, byteCount: footer.start, "messages")
    let table = try FlatBufferTable(rootOf: footer)
    footerPairs = try table.keyValues(4, "metadata of the footer")
    let first = try Message.schema(in: messages)
    let isSealed = Self.isSealed(first?.message, footer)
    if isSealed { try Self.verify(footer, table) }
    try table.checkVersion()
    guard let schemaTable = try table.table(1, "schema in the footer") else {
      throw table.failure(expected: "a schema in the footer", found: "none")
    }
    schema = try SchemaMetadata(schemaTable)
    dictionaries = try Self.blocks(table, 2, in: messages, "dictionary")
    batches = try Self.blocks(table, 3, in: messages, "batch")
    guard isSealed else {
      seal = nil
      return
    }
    let seal = try FooterMetadata(footerPairs, footer: table)
    self.seal = seal
    guard seal.batches.count == batches.count, seal.dictionaries.count == dictionaries.count,
      seal.times == nil || seal.times?.count == batches.count
    else {
      throw table.failure(
        expected: "checksums and times of \(batches.count) batches",
        found: "\(seal.batches.count) checksums and \(seal.times?.count ?? 0) times")
    }
    guard let first else {
      throw messages.failure(
        at: ArrowFormat.magic.count, expected: "the schema behind a continuation marker",
        found: "other bytes")
    }
    try first.block.verify(seal.schema, in: messages, "the schema")
    try checkThatPartsTouch(first.block, messages)
  }

  /// Whether the file says anywhere that it has checksums. In the footer that is any byte of it: a
  /// damaged one may no longer lead to where it does.
  static func isSealed(_ schema: Message?, _ footer: FileRegion) -> Bool {
    if schema?.metadata.contains(where: { $0.key == FooterMetadata.Key.checksums }) == true {
      return true
    }
    return footer.bytes.contains(FooterMetadata.Key.checksumPrefix.utf8)
  }

  /// The footer's bytes, by the length and the magic that end the file.
  static func footer(of file: FileRegion) throws(ArrowFileError) -> FileRegion {
    let start = ArrowFormat.magic.count
    let tail = 4 + ArrowFormat.endMagic.count
    guard file.byteCount >= start + tail else {
      throw file.failure(
        expected: "an Arrow file, \(start + tail) bytes at least", found: "\(file.byteCount)")
    }
    let head = try file.part(at: 0, byteCount: start, "magic")
    guard head.bytes.elementsEqual(ArrowFormat.magic) else {
      throw head.failure(expected: "an Arrow file's magic ARROW1", found: "other bytes")
    }
    let magicStart = file.byteCount - ArrowFormat.endMagic.count
    let end = try file.part(at: magicStart, byteCount: ArrowFormat.endMagic.count, "magic")
    guard end.bytes.elementsEqual(ArrowFormat.endMagic) else {
      throw end.failure(
        expected: "the magic ARROW1 that ends a complete file", found: "other bytes")
    }
    let length = Int(
      try file.load(Int32.self, at: file.byteCount - tail, "length of the footer"))
    guard length > 0, length <= file.byteCount - tail - start else {
      throw file.failure(
        at: file.byteCount - tail,
        expected: "a footer of 1...\(file.byteCount - tail - start) bytes", found: "\(length)")
    }
    return try file.part(at: file.byteCount - tail - length, byteCount: length, "footer")
  }

  /// Verifies the footer by the checksum inside it, which is that of the footer with zeros for
  /// these digits.
  static func verify(
    _ footer: FileRegion, _ table: FlatBufferTable
  ) throws(ArrowFileError) {
    for pair in try table.tables(4, "metadata of the footer") {
      guard try pair.string(0, "key") == FooterMetadata.Key.footerChecksum,
        let digits = try pair.stringRegion(1, "checksum of the footer")
      else { continue }
      var checksum = Checksum()
      let offset = digits.start - footer.start
      checksum.add(try footer.part(at: 0, byteCount: offset, "footer").bytes)
      let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: digits.byteCount)
      zeros.withUnsafeBytes { checksum.add($0) }
      checksum.add(
        try footer.part(
          at: offset + digits.byteCount, byteCount: footer.end - digits.end, "footer"
        ).bytes)
      guard digits.bytes.elementsEqual(checksum.digits.utf8) else {
        throw footer.failure(
          expected: "a footer with the checksum that it states", found: checksum.digits)
      }
      return
    }
    throw footer.failure(
      expected: "\(FooterMetadata.Key.footerChecksum) in the footer, since the file says that it "
        + "has checksums", found: "none")
  }

  /// Reads a vector of `struct Block`; each message is inside the file, and all have room there
  /// beside each other: else a small file could state the same message any number of times.
  static func blocks(
    _ table: FlatBufferTable, _ slot: Int, in messages: FileRegion, _ what: String
  ) throws(ArrowFileError) -> [Block] {
    let vector = try table.vector(slot, elementByteCount: 24, "blocks of the footer")
    var blocks: [Block] = []
    var room = messages.byteCount
    for index in 0..<vector.count {
      let block = Block(
        offset: Int(try vector.number(Int64.self, of: index)),
        metadataByteCount: Int(try vector.number(Int32.self, of: index, at: 8)),
        bodyByteCount: Int(try vector.number(Int64.self, of: index, at: 16)))
      let head = try messages.part(
        at: block.offset, byteCount: block.metadataByteCount, "\(what) \(index)")
      _ = try messages.part(
        at: head.end, byteCount: block.bodyByteCount, "body of \(what) \(index)")
      room -= block.metadataByteCount + block.bodyByteCount
      guard room >= 0 else {
        throw messages.failure(
          expected: "messages that do not overlap", found: "\(what) \(index) beyond their length")
      }
      blocks.append(block)
    }
    return blocks
  }

  /// Checks that no byte lies between the messages, nor between the last one and the footer, but
  /// for the end marker.
  private func checkThatPartsTouch(
    _ schemaBlock: Block, _ messages: FileRegion
  ) throws(ArrowFileError) {
    var end = schemaBlock.end
    for block in batches + dictionaries {
      guard block.offset == end else {
        throw messages.failure(at: end, expected: "a message", found: "one at \(block.offset)")
      }
      end = block.end
    }
    let marker = try messages.part(at: end, byteCount: messages.byteCount - end, "end marker")
    guard marker.bytes.elementsEqual(ArrowFormat.endOfStream) else {
      throw marker.failure(expected: "the end marker", found: "other bytes")
    }
  }
}

extension Block {
  /// Checks the message, body and padding included, against its checksum.
  func verify(
    _ checksum: Checksum, in file: FileRegion, _ what: String
  ) throws(ArrowFileError) {
    let region = try file.part(
      at: offset, byteCount: metadataByteCount + bodyByteCount, what)
    let found = Checksum(of: region.bytes)
    guard found == checksum else {
      throw region.failure(
        expected: "\(what) with checksum \(checksum.digits)", found: found.digits)
    }
  }
}
