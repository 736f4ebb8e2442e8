import Columnar
import Glibc

/// A cell as something that can be compared; floating-point numbers by their bits.
enum Cell: Hashable {
  case null
  case number(UInt64)
  case address(Address)
  case text([UInt8])
}

/// The cells of a column, row by row.
func cells(_ column: Column) -> [Cell] {
  func plain<Element: ColumnElement>(
    _ type: Element.Type, _ cell: (Element) -> Cell
  ) -> [Cell] {
    let view = Values<Element>(column)
    return (0..<view.count).map { row in view[row].map(cell) ?? .null }
  }
  switch column.type {
  case .uint8: return plain(UInt8.self) { .number(UInt64($0)) }
  case .uint16: return plain(UInt16.self) { .number(UInt64($0)) }
  case .uint32: return plain(UInt32.self) { .number(UInt64($0)) }
  case .uint64: return plain(UInt64.self) { .number($0) }
  case .int32: return plain(Int32.self) { .number(UInt64(bitPattern: Int64($0))) }
  case .int64: return plain(Int64.self) { .number(UInt64(bitPattern: $0)) }
  case .float32: return plain(Float.self) { .number(UInt64($0.bitPattern)) }
  case .float64: return plain(Double.self) { .number($0.bitPattern) }
  case .timestamp: return plain(Instant.self) { .number(UInt64(bitPattern: $0.microseconds)) }
  case .address: return plain(Address.self) { .address($0) }
  case .bool:
    let view = Flags(column)
    return (0..<view.count).map { row in view[row].map { .number($0 ? 1 : 0) } ?? .null }
  case .utf8:
    let view = Strings(column)
    return (0..<view.count).map { row in
      view.validity[row] ? .text(Array(view.bytes(row))) : .null
    }
  case .dictionaryOfStrings:
    let view = Coded<Strings>(column)
    return (0..<view.count).map { row in
      view.codes[row].map { .text(Array(view.symbols.bytes(Int($0)))) } ?? .null
    }
  case .dictionaryOfAddresses:
    let view = Coded<Values<Address>>(column)
    return (0..<view.count).map { row in
      view.codes[row].map { .address(view.symbols.value(Int($0))) } ?? .null
    }
  }
}

/// The cells of a batch, column by column.
func cells(_ batch: Batch) -> [[Cell]] { batch.columns.map { cells($0) } }

/// The cells of a table, batch by batch and column by column.
func cells(_ source: some BatchSource) throws -> [[[Cell]]] {
  try (0..<source.batchCount).map { cells(try source.batch($0)) }
}

/// Whether two columns hold the same nulls and bytes, those of null rows included.
func isSame(_ a: Column, _ b: Column) -> Bool {
  guard a.type == b.type, a.rowCount == b.rowCount, a.nullCount == b.nullCount else {
    return false
  }
  func startAlike(_ a: Buffer?, _ b: Buffer?, _ byteCount: Int) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    guard min(a.byteCount, b.byteCount) >= byteCount else { return false }
    return byteCount == 0 || memcmp(a.base, b.base, byteCount) == 0
  }
  let bits = (a.rowCount + 7) / 8
  var byteCount = a.type.byteWidth.map { $0 * a.rowCount } ?? bits
  if a.type == .utf8 {
    byteCount = (0..<a.rowCount).reduce(0) { $0 + Strings(a).bytes($1).count }
  }
  guard startAlike(a.validity, b.validity, bits), startAlike(a.values, b.values, byteCount),
    startAlike(a.offsets, b.offsets, 4 * (a.rowCount + 1))
  else { return false }
  guard let dictionary = a.dictionary, let other = b.dictionary else {
    return a.dictionary == nil && b.dictionary == nil
  }
  return isSame(dictionary.column, other.column)
}
