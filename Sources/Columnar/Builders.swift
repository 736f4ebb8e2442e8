/// Gathers the rows of one column.
public protocol ColumnBuilder: AnyObject {
  init()
  var rowCount: Int { get }
  func appendNull()
  /// The rows so far as a column; the builder starts again, empty. Dictionaries go on growing, so
  /// that all batches of a file share one.
  func finish() -> Column
}

/// Validity bits while a column is built; allocated at the first null.
struct ValidityBuilder {
  private(set) var nullCount = 0
  private var bits: [UInt8] = []

  mutating func appendNull(row: Int) {
    if bits.count <= row >> 3 {
      bits.append(contentsOf: repeatElement(0xFF, count: row >> 3 + 1 - bits.count))
    }
    bits[row >> 3] &= ~(1 << UInt8(row & 7))
    nullCount += 1
  }

  /// The bitmap for `rowCount` rows, padding bits zero; nil where no row is null.
  mutating func finish(rowCount: Int) -> Buffer? {
    defer { self = ValidityBuilder() }
    guard nullCount > 0 else { return nil }
    let byteCount = (rowCount + 7) / 8
    bits.append(contentsOf: repeatElement(0xFF, count: max(0, byteCount - bits.count)))
    if rowCount & 7 != 0 { bits[byteCount - 1] &= (1 << UInt8(rowCount & 7)) - 1 }
    return bits.withUnsafeBytes { Buffer(copying: .init(rebasing: $0[..<byteCount])) }
  }
}

public final class ValuesBuilder<Element: ColumnElement>: ColumnBuilder {
  @exclusivity(unchecked) @usableFromInline var count = 0
  @usableFromInline let buffer = GrowingBuffer()
  private var validity = ValidityBuilder()

  public init() {}

  public var rowCount: Int { count }

  @inlinable public func append(_ value: Element) {
    buffer.append(value)
    count += 1
  }

  @inlinable public func append(_ value: Element?) {
    if let value { append(value) } else { appendNull() }
  }

  public func appendNull() {
    validity.appendNull(row: rowCount)
    buffer.reserve(MemoryLayout<Element>.stride)
    (buffer.base + buffer.byteCount).initializeMemory(
      as: UInt8.self, repeating: 0, count: MemoryLayout<Element>.stride)
    buffer.byteCount += MemoryLayout<Element>.stride
    count += 1
  }

  public func finish() -> Column {
    defer { count = 0 }
    let nullCount = validity.nullCount
    return Column(
      type: Element.columnType, rowCount: rowCount, nullCount: nullCount,
      validity: validity.finish(rowCount: rowCount), values: buffer.take())
  }
}

public final class FlagsBuilder: ColumnBuilder {
  public private(set) var rowCount = 0
  private var bits: [UInt8] = []
  private var validity = ValidityBuilder()

  public init() {}

  public func append(_ value: Bool) {
    if rowCount & 7 == 0 { bits.append(0) }
    if value { bits[rowCount >> 3] |= 1 << UInt8(rowCount & 7) }
    rowCount += 1
  }

  public func append(_ value: Bool?) {
    if let value { append(value) } else { appendNull() }
  }

  public func appendNull() {
    validity.appendNull(row: rowCount)
    append(false)
  }

  public func finish() -> Column {
    defer {
      rowCount = 0
      bits = []
    }
    let nullCount = validity.nullCount
    return Column(
      type: .bool, rowCount: rowCount, nullCount: nullCount,
      validity: validity.finish(rowCount: rowCount),
      values: bits.withUnsafeBytes { Buffer(copying: $0) })
  }
}

public final class StringsBuilder: ColumnBuilder {
  public private(set) var rowCount = 0
  private let offsets = GrowingBuffer()
  private let characters = GrowingBuffer()
  private var validity = ValidityBuilder()

  public init() { offsets.append(Int32(0)) }

  /// Bytes of text in the rows so far. A batch must stay below 2 GiB of text in one column.
  public var byteCount: Int { characters.byteCount }

  /// - Precondition: `bytes` is valid UTF-8.
  public func append(_ bytes: UnsafeRawBufferPointer) {
    characters.append(bytes)
    offsets.append(Int32(characters.byteCount))
    rowCount += 1
  }

  public func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  public func append(_ text: String?) {
    if let text { append(text) } else { appendNull() }
  }

  public func appendNull() {
    validity.appendNull(row: rowCount)
    append(UnsafeRawBufferPointer(start: nil, count: 0))
  }

  public func finish() -> Column {
    defer {
      rowCount = 0
      offsets.append(Int32(0))
    }
    let nullCount = validity.nullCount
    return Column(
      type: .utf8, rowCount: rowCount, nullCount: nullCount,
      validity: validity.finish(rowCount: rowCount), values: characters.take(),
      offsets: offsets.take())
  }
}

/// Gathers codes; symbols get their code in the order in which they first come.
public final class CodedBuilder<Symbols: ColumnView>: ColumnBuilder {
  private let codes = ValuesBuilder<UInt32>()
  private var codeOfSymbol: [[UInt8]: UInt32] = [:]
  private var symbols: [[UInt8]] = []
  private var dictionary: ColumnDictionary?

  public init() {}

  public var rowCount: Int { codes.rowCount }
  public var symbolCount: Int { symbols.count }

  public func append(code: UInt32) {
    precondition(Int(code) < symbols.count)
    codes.append(code)
  }

  public func appendNull() { codes.appendNull() }

  /// The code of a symbol's bytes (UTF-8 text, or the 16 bytes of an address).
  public func code(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    let symbol = [UInt8](bytes)
    if let code = codeOfSymbol[symbol] { return code }
    let code = UInt32(symbols.count)
    codeOfSymbol[symbol] = code
    symbols.append(symbol)
    dictionary = nil
    return code
  }

  public func append(_ bytes: UnsafeRawBufferPointer) { codes.append(code(of: bytes)) }

  public func finish() -> Column {
    let shared = dictionary ?? ColumnDictionary(column: dictionaryColumn())
    dictionary = shared
    let column = codes.finish()
    return Column(
      type: Coded<Symbols>.columnType, rowCount: column.rowCount, nullCount: column.nullCount,
      validity: column.validity, values: column.values, dictionary: shared)
  }

  private func dictionaryColumn() -> Column {
    let characters = GrowingBuffer()
    let offsets = GrowingBuffer()
    offsets.append(Int32(0))
    for symbol in symbols {
      symbol.withUnsafeBytes { characters.append($0) }
      offsets.append(Int32(characters.byteCount))
    }
    return Column(
      type: Symbols.columnType, rowCount: symbols.count, values: characters.take(),
      offsets: Symbols.columnType == .utf8 ? offsets.take() : nil)
  }
}

extension CodedBuilder where Symbols == Strings {
  /// The code of a text.
  public func code(of text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { code(of: UnsafeRawBufferPointer($0)) }
  }

  public func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  public func append(_ text: String?) {
    if let text { append(text) } else { appendNull() }
  }
}

/// Gathers the rows of a table, column by column:
///
///     let table = TableBuilder(HostHour.schema)
///     let host = table.column(HostHour.host)
///     host.append(address)
///     …
///     let batch = table.finishBatch()
package final class TableBuilder {
  package let schema: Schema
  private var builders: [any ColumnBuilder]

  package init(_ schema: Schema) {
    self.schema = schema
    builders = schema.fields.map { Self.builder(for: $0.type) }
  }

  private static func builder(for type: ColumnType) -> any ColumnBuilder {
    switch type {
    case .uint8: ValuesBuilder<UInt8>()
    case .uint16: ValuesBuilder<UInt16>()
    case .uint32: ValuesBuilder<UInt32>()
    case .uint64: ValuesBuilder<UInt64>()
    case .int32: ValuesBuilder<Int32>()
    case .int64: ValuesBuilder<Int64>()
    case .float32: ValuesBuilder<Float>()
    case .float64: ValuesBuilder<Double>()
    case .bool: FlagsBuilder()
    case .timestamp: ValuesBuilder<Instant>()
    case .address: ValuesBuilder<Address>()
    case .utf8: StringsBuilder()
    case .dictionaryOfStrings: CodedBuilder<Strings>()
    case .dictionaryOfAddresses: CodedBuilder<Values<Address>>()
    }
  }

  /// The builder of a column of the schema.
  /// - Precondition: the schema has the column, with this type.
  package func column<View>(_ key: ColumnKey<View>) -> View.Builder {
    guard let index = schema.index(of: key.name), let builder = builders[index] as? View.Builder
    else { preconditionFailure("\(schema.name) has no column \(key.field)") }
    return builder
  }

  /// Rows gathered since the last batch, by the first column.
  package var rowCount: Int { builders.first?.rowCount ?? 0 }

  /// The rows so far as a batch; the builder starts again, empty.
  package func finishBatch() -> Batch {
    let rowCount = rowCount
    return Batch(schema: schema, rowCount: rowCount, columns: builders.map { $0.finish() })
  }
}
