import Columnar

extension FlatBufferBuilder {
  /// The members of `union Type` for a column's values (those that the codes stand for, in
  /// dictionaries).
  mutating func type(_ type: ColumnType) -> (tag: UInt8, table: Reference) {
    switch type {
    case .uint8: (ArrowFormat.TypeTag.int, integer(bits: 8, isSigned: false))
    case .uint16: (ArrowFormat.TypeTag.int, integer(bits: 16, isSigned: false))
    case .uint32: (ArrowFormat.TypeTag.int, integer(bits: 32, isSigned: false))
    case .uint64: (ArrowFormat.TypeTag.int, integer(bits: 64, isSigned: false))
    case .int32: (ArrowFormat.TypeTag.int, integer(bits: 32, isSigned: true))
    case .int64: (ArrowFormat.TypeTag.int, integer(bits: 64, isSigned: true))
    case .float32:
      (ArrowFormat.TypeTag.floatingPoint, table([.int16(ArrowFormat.singlePrecision)]))
    case .float64:
      (ArrowFormat.TypeTag.floatingPoint, table([.int16(ArrowFormat.doublePrecision)]))
    case .bool: (ArrowFormat.TypeTag.bool, table([]))
    case .timestamp: (ArrowFormat.TypeTag.timestamp, timestamp())
    case .address, .dictionaryOfAddresses:
      (ArrowFormat.TypeTag.fixedSizeBinary, table([.int32(16)]))
    case .utf8, .dictionaryOfStrings: (ArrowFormat.TypeTag.utf8, table([]))
    }
  }

  private mutating func timestamp() -> Reference {
    let zone = string(ArrowFormat.zone)
    return table([.int16(ArrowFormat.microseconds), .reference(zone)])
  }

  /// `table Int`
  mutating func integer(bits: Int32, isSigned: Bool) -> Reference {
    table([.int32(bits), .bool(isSigned)])
  }
}

/// A column as a file's schema states it.
struct FieldMetadata {
  let field: Field
  /// The id of the dictionary to which its rows are codes.
  let dictionaryID: Int64?

  /// Reads a `table Field`; refuses types that are no `ColumnType`.
  init(_ table: FlatBufferTable) throws(ArrowFileError) {
    let name = try table.string(0, "name of a column") ?? ""
    let values = try Self.valueType(of: table, column: name)
    let isNullable = try table.number(1, default: UInt8(0), "nullability") != 0
    guard let encoding = try table.table(4, "dictionary encoding") else {
      guard let type = values.type else {
        throw table.failure(
          expected: "column \(name) of a type that Tidemark stores", found: values.name)
      }
      field = Field(name, type, isNullable: isNullable)
      dictionaryID = nil
      return
    }
    let index = try Self.integerType(encoding.table(1, "type of codes"))
    let type: ColumnType
    switch values.type {
    case .utf8: type = .dictionaryOfStrings
    case .address: type = .dictionaryOfAddresses
    default:
      throw table.failure(
        expected: "column \(name) as a dictionary of utf8 or fixed_size_binary(16)",
        found: "a dictionary of \(values.name)")
    }
    guard index.type == .uint32 else {
      throw table.failure(
        expected: "column \(name) as \(type)", found: "a dictionary with codes of \(index.name)")
    }
    field = Field(name, type, isNullable: isNullable)
    dictionaryID = try encoding.number(0, default: 0, "id of a dictionary")
  }

  /// The type of a field's values, nil where Tidemark has none such, and its name for messages.
  private static func valueType(
    of field: FlatBufferTable, column: String
  ) throws(ArrowFileError) -> (type: ColumnType?, name: String) {
    let tag = try field.number(2, default: UInt8(0), "type tag of column \(column)")
    let table = try field.table(3, "type of column \(column)")
    switch tag {
    case ArrowFormat.TypeTag.int:
      return try integerType(table)
    case ArrowFormat.TypeTag.floatingPoint:
      switch try table?.number(0, default: Int16(0), "precision") ?? 0 {
      case ArrowFormat.singlePrecision: return (.float32, "float32")
      case ArrowFormat.doublePrecision: return (.float64, "float64")
      default: return (nil, "float16")
      }
    case ArrowFormat.TypeTag.bool:
      return (.bool, "bool")
    case ArrowFormat.TypeTag.utf8:
      return (.utf8, "utf8")
    case ArrowFormat.TypeTag.fixedSizeBinary:
      let width = try table?.number(0, default: Int32(0), "width") ?? 0
      return (width == 16 ? .address : nil, "fixed_size_binary(\(width))")
    case ArrowFormat.TypeTag.timestamp:
      let unit = try table?.number(0, default: Int16(0), "unit") ?? 0
      let zone = try table?.string(1, "zone") ?? "no zone"
      let isOurs = unit == ArrowFormat.microseconds && zone == ArrowFormat.zone
      let units = ArrowFormat.timeUnits
      let unitName = units.indices.contains(Int(unit)) ? units[Int(unit)] : "unit \(unit)"
      return (isOurs ? .timestamp : nil, "timestamp[\(unitName), \(zone)]")
    default:
      let names = ArrowFormat.typeNames
      return (nil, names.indices.contains(Int(tag)) ? names[Int(tag)] : "type \(tag)")
    }
  }

  /// Reads a `table Int`; absent, it is that of a dictionary without one: int32.
  private static func integerType(
    _ table: FlatBufferTable?
  ) throws(ArrowFileError) -> (type: ColumnType?, name: String) {
    guard let table else { return (.int32, "int32") }
    let bits = try table.number(0, default: Int32(0), "bits of an integer")
    let isSigned = try table.number(1, default: UInt8(0), "sign of an integer") != 0
    let type: ColumnType? =
      switch (bits, isSigned) {
      case (8, false): .uint8
      case (16, false): .uint16
      case (32, false): .uint32
      case (64, false): .uint64
      case (32, true): .int32
      case (64, true): .int64
      default: nil
      }
    return (type, "\(isSigned ? "int" : "uint")\(bits)")
  }
}
