/// A column of numbers in a file of anybody's.
package struct NumberColumn: Sendable {
  enum Kind: Sendable {
    case bool
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64
    case float16, float32, float64

    var bitWidth: Int {
      switch self {
      case .bool: 1
      case .int8, .uint8: 8
      case .int16, .uint16, .float16: 16
      case .int32, .uint32, .float32: 32
      case .int64, .uint64, .float64: 64
      }
    }
  }

  package let name: String
  let kind: Kind
  /// The column's place among a batch's nodes and buffers, those of views not counted.
  let firstNode: Int
  let firstBuffer: Int
  /// Columns of views before it: their buffers vary in number from batch to batch.
  let viewColumnsBefore: Int
}

/// A file's columns, as its schema has them: those of numbers, and where they lie among the others.
struct NumberSchema {
  private(set) var columns: [NumberColumn] = []
  /// The other columns, with the names of their types.
  private(set) var others: [(name: String, type: String)] = []
  /// Nodes and buffers of all columns of a batch, those of views not counted.
  private(set) var nodeCount = 0
  private(set) var bufferCount = 0
  private(set) var viewColumnCount = 0

  /// Nesting that no table has; a file that states more is damaged.
  private static let greatestDepth = 64
  /// Columns may refer to the same ones within them: without a limit, a small file can state 2^60.
  private static let greatestNodeCount = 65_536

  /// Reads a `table Schema`.
  init(_ table: FlatBufferTable) throws(ArrowFileError) {
    let endianness = try table.number(0, default: Int16(0), "endianness")
    guard endianness == ArrowFormat.littleEndian else {
      throw table.failure(expected: "a little-endian file", found: "endianness \(endianness)")
    }
    var names: Set<String> = []
    for field in try table.tables(1, "columns") {
      let name = try field.string(0, "name of a column") ?? ""
      guard names.insert(name).inserted else {
        throw field.failure(
          expected: "columns of different names", found: "two named \(name)")
      }
      let tag = try field.number(2, default: UInt8(0), "type tag of column \(name)")
      let isCoded = try field.table(4, "dictionary encoding") != nil
      if !isCoded, let kind = try Self.kind(tag, try field.table(3, "type of column \(name)")) {
        columns.append(
          NumberColumn(
            name: name, kind: kind, firstNode: nodeCount, firstBuffer: bufferCount,
            viewColumnsBefore: viewColumnCount))
      } else {
        let known = ArrowFormat.typeNames.indices.contains(Int(tag))
        let type = known ? ArrowFormat.typeNames[Int(tag)] : "type \(tag)"
        others.append((name, isCoded ? "dictionary of \(type)" : type))
      }
      try step(over: field, depth: 0)
    }
  }

  private static func kind(
    _ tag: UInt8, _ type: FlatBufferTable?
  ) throws(ArrowFileError) -> NumberColumn.Kind? {
    switch tag {
    case ArrowFormat.TypeTag.bool: return .bool
    case ArrowFormat.TypeTag.floatingPoint:
      switch try type?.number(0, default: Int16(0), "precision") ?? 0 {
      case ArrowFormat.halfPrecision: return .float16
      case ArrowFormat.singlePrecision: return .float32
      case ArrowFormat.doublePrecision: return .float64
      default: return nil
      }
    case ArrowFormat.TypeTag.int:
      let bits = try type?.number(0, default: Int32(0), "bits of an integer") ?? 0
      let isSigned = try type?.number(1, default: UInt8(0), "sign of an integer") ?? 0 != 0
      switch bits {
      case 8: return isSigned ? .int8 : .uint8
      case 16: return isSigned ? .int16 : .uint16
      case 32: return isSigned ? .int32 : .uint32
      case 64: return isSigned ? .int64 : .uint64
      default: return nil
      }
    default: return nil
    }
  }

  /// Counts the nodes and buffers that a `table Field` has in every batch:
  /// https://arrow.apache.org/docs/format/Columnar.html#buffer-listing-for-each-layout.
  private mutating func step(over field: FlatBufferTable, depth: Int) throws(ArrowFileError) {
    guard depth < Self.greatestDepth else {
      throw field.failure(
        expected: "columns nested less than \(Self.greatestDepth) deep", found: "deeper ones")
    }
    guard nodeCount < Self.greatestNodeCount else {
      throw field.failure(
        expected: "at most \(Self.greatestNodeCount) columns, those within columns counted",
        found: "more")
    }
    nodeCount += 1
    if try field.table(4, "dictionary encoding") != nil {
      // Codes; what they stand for comes in a message of its own.
      bufferCount += 2
      return
    }
    let tag = try field.number(2, default: UInt8(0), "type tag of a column")
    guard let count = ArrowFormat.bufferCounts[tag] else {
      throw field.failure(
        expected: "types of columns that Arrow 1.5 has", found: "type \(tag)")
    }
    bufferCount += count
    switch tag {
    case ArrowFormat.TypeTag.union:
      let mode = try field.table(3, "type of a union")?.number(0, default: Int16(0), "mode") ?? 0
      if mode == ArrowFormat.denseUnion { bufferCount += 1 }
    case ArrowFormat.TypeTag.binaryView, ArrowFormat.TypeTag.utf8View: viewColumnCount += 1
    default: break
    }
    for child in try field.tables(5, "columns within a column") {
      try step(over: child, depth: depth + 1)
    }
  }
}
