import Columnar

/// Texts by key, in stored order.
typealias KeyValues = [(key: String, value: String)]

/// Encodes the metadata of a table's messages and the footer of its file.
struct MetadataEncoder {
  let schema: Schema
  /// Goes into the schema of both the first message and the footer.
  let metadata: KeyValues

  /// The ids of the dictionary columns are their numbers among these columns.
  private var dictionaryIDs: [Int64?] {
    var next: Int64 = 0
    return schema.fields.map { field in
      guard field.type.dictionaryValueType != nil else { return nil }
      defer { next += 1 }
      return next
    }
  }

  /// The message that starts the file behind the magic, padded up to a multiple of 64 there.
  func schemaMessage(messageMetadata: KeyValues) -> [UInt8] {
    var builder = FlatBufferBuilder()
    let header = schemaTable(&builder)
    let keyValues = keyValueVector(messageMetadata, &builder)
    return message(
      header: ArrowFormat.Header.schema, header, body: 0, metadata: keyValues,
      startingAt: ArrowFormat.magic.count, builder)
  }

  func batchMessage(_ body: EncodedBody) -> [UInt8] {
    var builder = FlatBufferBuilder()
    let header = recordBatch(body.layout, &builder)
    return message(
      header: ArrowFormat.Header.recordBatch, header, body: body.byteCount, startingAt: 0,
      builder)
  }

  func dictionaryMessage(id: Int64, _ body: EncodedBody) -> [UInt8] {
    var builder = FlatBufferBuilder()
    let data = recordBatch(body.layout, &builder)
    let header = builder.table([.int64(id), .reference(data)])
    return message(
      header: ArrowFormat.Header.dictionaryBatch, header, body: body.byteCount, startingAt: 0,
      builder)
  }

  func footer(dictionaries: [Block], batches: [Block], metadata: KeyValues) -> [UInt8] {
    var builder = FlatBufferBuilder()
    let keyValues = keyValueVector(metadata, &builder)
    let batchBlocks = builder.vector(structs: batches.flatMap(\.words), wordCount: 3)
    let dictionaryBlocks = builder.vector(structs: dictionaries.flatMap(\.words), wordCount: 3)
    let schema = schemaTable(&builder)
    let footer = builder.table([
      .int16(ArrowFormat.metadataV5), .reference(schema), .reference(dictionaryBlocks),
      .reference(batchBlocks), .reference(keyValues),
    ])
    return builder.finish(footer)
  }

  private func message(
    header tag: UInt8, _ header: FlatBufferBuilder.Reference, body byteCount: Int,
    metadata: FlatBufferBuilder.Reference? = nil, startingAt start: Int,
    _ builder: consuming FlatBufferBuilder
  ) -> [UInt8] {
    let root = builder.table([
      .int16(ArrowFormat.metadataV5), .uint8(tag), .reference(header), .int64(Int64(byteCount)),
      metadata.map { .reference($0) },
    ])
    let flatBuffer = builder.finish(root)
    let end = (start + 8 + flatBuffer.count).nextMultiple(of: ArrowFormat.alignment)
    let length = UInt32(end - start - 8)
    var bytes = [UInt8](repeating: 0xFF, count: 4)
    bytes.reserveCapacity(end - start)
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: length >> shift))
    }
    bytes.append(contentsOf: flatBuffer)
    bytes.append(contentsOf: repeatElement(0, count: end - start - bytes.count))
    return bytes
  }

  private func recordBatch(
    _ layout: BodyLayout, _ builder: inout FlatBufferBuilder
  ) -> FlatBufferBuilder.Reference {
    let nodes = builder.vector(
      structs: layout.nodes.flatMap { [Int64($0.rowCount), Int64($0.nullCount)] }, wordCount: 2)
    let buffers = builder.vector(
      structs: layout.buffers.flatMap { [Int64($0.offset), Int64($0.byteCount)] }, wordCount: 2)
    var compression: FlatBufferBuilder.Value?
    if let codec = layout.codec {
      compression = .reference(builder.table([.uint8(UInt8(codec.rawValue)), .uint8(0)]))
    }
    return builder.table([
      .int64(Int64(layout.rowCount)), .reference(nodes), .reference(buffers), compression,
    ])
  }

  private func schemaTable(_ builder: inout FlatBufferBuilder) -> FlatBufferBuilder.Reference {
    let keyValues = keyValueVector(metadata, &builder)
    let ids = dictionaryIDs
    var fields: [FlatBufferBuilder.Reference] = []
    for (field, id) in zip(schema.fields, ids) {
      let name = builder.string(field.name)
      let type = builder.type(field.type)
      let children = builder.vector([])
      var encoding: FlatBufferBuilder.Value?
      if let id {
        let codes = builder.integer(bits: 32, isSigned: false)
        encoding = .reference(builder.table([.int64(id), .reference(codes), .bool(false)]))
      }
      fields.append(
        builder.table([
          .reference(name), .bool(field.isNullable), .uint8(type.tag), .reference(type.table),
          encoding, .reference(children),
        ]))
    }
    let fieldVector = builder.vector(fields)
    return builder.table([
      .int16(ArrowFormat.littleEndian), .reference(fieldVector), .reference(keyValues),
    ])
  }

  private func keyValueVector(
    _ pairs: KeyValues, _ builder: inout FlatBufferBuilder
  ) -> FlatBufferBuilder.Reference {
    var tables: [FlatBufferBuilder.Reference] = []
    for pair in pairs {
      let key = builder.string(pair.key)
      let value = builder.string(pair.value)
      tables.append(builder.table([.reference(key), .reference(value)]))
    }
    return builder.vector(tables)
  }
}

extension Block {
  /// Its three words in a footer: the 32-bit length of the metadata is followed by zero padding.
  fileprivate var words: [Int64] {
    [Int64(offset), Int64(metadataByteCount), Int64(bodyByteCount)]
  }
}
