import Columnar

/// A schema as a file states it, with the metadata that goes with it.
struct SchemaMetadata {
  private enum Key {
    static let name = "tidemark.schema"
    static let version = "tidemark.schema_version"
  }

  let schema: Schema
  /// By column; nil where it is no dictionary.
  let dictionaryIDs: [Int64?]
  let keyValues: KeyValues

  /// The entries that carry a table's name and version.
  static func keyValues(of schema: Schema) -> KeyValues {
    [(Key.name, schema.name), (Key.version, "\(schema.version)")]
  }

  /// Reads a `table Schema`. Without Tidemark's metadata, name and version are "" and 0.
  init(_ table: FlatBufferTable) throws(ArrowFileError) {
    let endianness = try table.number(0, default: Int16(0), "endianness")
    guard endianness == ArrowFormat.littleEndian else {
      throw table.failure(expected: "a little-endian file", found: "endianness \(endianness)")
    }
    var fields: [Field] = []
    var ids: [Int64?] = []
    var names: Set<String> = []
    for field in try table.tables(1, "columns") {
      let metadata = try FieldMetadata(field)
      guard names.insert(metadata.field.name).inserted else {
        throw field.failure(
          expected: "columns of different names", found: "two named \(metadata.field.name)")
      }
      fields.append(metadata.field)
      ids.append(metadata.dictionaryID)
    }
    keyValues = try table.keyValues(2, "metadata of the schema")
    dictionaryIDs = ids
    var name = ""
    var version = 0
    for pair in keyValues {
      switch pair.key {
      case Key.name: name = pair.value
      case Key.version:
        guard let number = Int(pair.value) else {
          throw table.failure(expected: "a number for \(Key.version)", found: pair.value)
        }
        version = number
      default: break
      }
    }
    schema = Schema(name, version: version, fields)
  }

  /// How a file of this schema differs from `expected`; name and version count only where the
  /// file has them.
  func differences(from expected: Schema) -> [String] {
    let isForeign = schema.name.isEmpty
    let found = isForeign ? expected.with(fields: schema.fields) : schema
    return expected.differences(from: found)
  }
}

extension Schema {
  fileprivate func with(fields: [Field]) -> Schema { Schema(name, version: version, fields) }
}

extension FlatBufferTable {
  /// A vector of `table KeyValue`, together no longer than what holds them: many entries of a
  /// damaged file may refer to the same text.
  func keyValues(_ slot: Int, _ what: String) throws(ArrowFileError) -> KeyValues {
    var pairs: KeyValues = []
    var room = byteCount
    for entry in try tables(slot, what) {
      let key = try entry.string(0, "key in the \(what)") ?? ""
      let value = try entry.string(1, "value of \(key)") ?? ""
      room -= key.utf8.count + value.utf8.count
      guard room >= 0 else {
        throw failure(
          expected: "\(what) within \(byteCount) bytes", found: "more that share their text")
      }
      pairs.append((key, value))
    }
    return pairs
  }
}
