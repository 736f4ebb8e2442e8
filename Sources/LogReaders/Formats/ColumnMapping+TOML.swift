import Columnar
import Events

extension ColumnMapping {
  /// The mappings of a format's `[map]`, in the order of the schema.
  static func all(
    _ section: TOMLSection, _ schema: Schema, values: [String: ValueTable]
  ) throws -> [ColumnMapping] {
    var mappings: [ColumnMapping] = []
    for field in schema.fields {
      guard section.has(field.name) else { continue }
      guard !reserved.contains(field.name) else {
        throw section.error("\(field.name) is filled by ingest itself")
      }
      mappings.append(try ColumnMapping(section, field, values: values))
    }
    try section.finish()
    return mappings
  }

  /// Columns that no mapping fills: the time comes from `[time]`, the others say where the row is.
  private static let reserved: Set<String> = [
    Event.time.name, Event.timeQuality.name, Event.dataset.name, Event.source.name,
    Event.logFile.name, Event.logLine.name, Event.bytesKind.name,
  ]

  private init(
    _ parent: TOMLSection, _ field: Field, values tables: [String: ValueTable]
  ) throws {
    column = field.name
    if let name = try? parent.text(field.name) {
      from = [name]
      type = ColumnMapping.defaultType(field)
      try check(parent, field)
      return
    }
    guard let section = try parent.section(field.name) else {
      throw parent.error("lacks \(column)")
    }
    from = try section.texts("from") + section.texts("first_of")
    const = try section.scalar("const")
    type = try section.oneOf("type", ValueType.self) ?? ColumnMapping.defaultType(field)
    trims = try section.bool("trim")
    trimEnd = try section.text("trim_end")
    trimmedCharacters = try section.text("trim_chars")
    lowercases = try section.bool("lower")
    null = try section.texts("null")
    regex = try section.text("regex")
    if let split = try section.section("split") {
      self.split = (try split.requiredText("by"), try split.int("part") ?? 0)
      try split.finish()
    }
    values = try section.text("values")
    when = try section.conditions("when")
    unit = try section.oneOf("unit", Unit.self)
    div = try section.int("div")
    mod = try section.int("mod")
    nullIfZero = try section.bool("null_if_zero")
    elseNull = try section.bool("else_null")
    plusIsSpace = try section.bool("plus_is_space")
    readsLabels = try section.bool("dns_labels")
    excludesAddresses = try section.bool("not_ip")
    let drops = try section.bool("drop")
    let hashes = try section.bool("hash")
    privacy = drops ? .drop : hashes ? .hash : nil
    try section.finish()
    if let values, values != "iana", tables[values] == nil {
      throw section.error("values: no [values.\(values)] in this file")
    }
    if let regex { try section.checkPattern(regex, of: "regex") }
    try check(section, field)
  }

  /// What a column's type says where the mapping says nothing.
  private static func defaultType(_ field: Field) -> ValueType {
    switch field.type {
    case .address: .ip
    case .bool: .bool
    case .timestamp: .time
    case .uint8, .uint16, .uint32, .uint64, .int32, .int64: .int
    case .float64: .degrees
    default: .text
    }
  }

  private func check(_ section: TOMLSection, _ field: Field) throws {
    guard from.isEmpty != (const == nil) else {
      throw section.error("\(column): states one of from, first_of or const")
    }
    guard const == nil || when.isEmpty else {
      throw section.error("\(column): const is for every row and takes no when")
    }
    let allowed: Set<ValueType> =
      switch field.type {
      case .address: [.ip]
      case .bool: [.bool]
      case .timestamp: [.time]
      case .uint8: [.int, .hex, .hexDigits, .flagsDotted, .flagsLetters]
      case .uint16: [.int, .hex, .hexDigits, .port]
      case .int64: [.int, .hex, .decimal, .size, .clock]
      case .float64: [.degrees]
      default: [.text]
      }
    guard allowed.contains(type) else {
      throw section.error("\(column) holds \(field.type) and can't be of type \(type.rawValue)")
    }
    guard (div ?? 1) > 0, (mod ?? 1) > 0 else {
      throw section.error("\(column): div and mod are at least 1")
    }
    guard (unit == nil) == (type != .decimal) else {
      throw section.error("\(column): decimal numbers, and only they, state their unit")
    }
    guard privacy != .hash || type == .text else {
      throw section.error("\(column): only text can be hashed")
    }
  }
}
