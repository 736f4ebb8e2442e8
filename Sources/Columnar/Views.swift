/// A typed, read-only view of a column's rows.
public protocol ColumnView: Sendable {
  associatedtype Builder: ColumnBuilder
  static var columnType: ColumnType { get }
  /// - Precondition: the column has this view's type.
  init(_ column: Column)
}

/// Which rows hold a value.
@frozen public struct Validity: Sendable {
  @usableFromInline let bits: Buffer?

  @inlinable public init(_ bits: Buffer?) { self.bits = bits }

  @inlinable @inline(__always) public subscript(row: Int) -> Bool {
    guard let bits else { return true }
    precondition(row >= 0 && row >> 3 < bits.byteCount)
    return bits.base.load(fromByteOffset: row >> 3, as: UInt8.self) >> UInt8(row & 7) & 1 == 1
  }

  /// Whether every row holds a value.
  @inlinable public var isComplete: Bool { bits == nil }
}

/// Rows of fixed width: numbers, instants, addresses.
@frozen public struct Values<Element: ColumnElement>: ColumnView {
  public typealias Builder = ValuesBuilder<Element>
  public static var columnType: ColumnType { Element.columnType }
  @usableFromInline let buffer: Buffer
  public let validity: Validity
  public let count: Int

  public init(_ column: Column) {
    precondition(column.type == Element.columnType)
    precondition(column.values.byteCount >= column.rowCount * MemoryLayout<Element>.stride)
    buffer = column.values
    validity = Validity(column.validity)
    count = column.rowCount
  }

  /// All values; those of null rows are unspecified.
  @inlinable public var span: Span<Element> {
    @_lifetime(borrow self)
    get {
      let start = buffer.base.assumingMemoryBound(to: Element.self)
      let span = Span<Element>(_unsafeStart: start, count: count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// The value of a row, whether or not it is null.
  @inlinable @inline(__always) public func value(_ row: Int) -> Element {
    precondition(row >= 0 && row < count)
    return buffer.base.load(fromByteOffset: row &* MemoryLayout<Element>.stride, as: Element.self)
  }

  @inlinable @inline(__always) public subscript(row: Int) -> Element? {
    validity[row] ? value(row) : nil
  }
}

/// Rows of one bit.
@frozen public struct Flags: ColumnView {
  public typealias Builder = FlagsBuilder
  public static var columnType: ColumnType { .bool }
  @usableFromInline let bits: Validity
  public let validity: Validity
  public let count: Int

  public init(_ column: Column) {
    precondition(column.type == .bool)
    bits = Validity(column.values)
    validity = Validity(column.validity)
    count = column.rowCount
  }

  @inlinable public subscript(row: Int) -> Bool? { validity[row] ? bits[row] : nil }
}

/// Rows of UTF-8 text.
@frozen public struct Strings: ColumnView {
  public typealias Builder = StringsBuilder
  public static var columnType: ColumnType { .utf8 }
  @usableFromInline let offsets: Buffer
  @usableFromInline let characters: Buffer
  public let validity: Validity
  public let count: Int

  public init(_ column: Column) {
    precondition(column.type == .utf8)
    guard let offsets = column.offsets else { preconditionFailure("utf8 column without offsets") }
    precondition(offsets.byteCount >= 4 * (column.rowCount + 1))
    self.offsets = offsets
    characters = column.values
    validity = Validity(column.validity)
    count = column.rowCount
  }

  /// The characters of a row; empty for null rows. Valid while the view lives.
  @inlinable public func bytes(_ row: Int) -> UnsafeRawBufferPointer {
    precondition(row >= 0 && row < count)
    let start = Int(offsets.base.load(fromByteOffset: 4 * row, as: Int32.self))
    let end = Int(offsets.base.load(fromByteOffset: 4 * row + 4, as: Int32.self))
    precondition(start >= 0 && start <= end && end <= characters.byteCount)
    return UnsafeRawBufferPointer(start: characters.base + start, count: end - start)
  }

  public subscript(row: Int) -> String? {
    validity[row] ? String(decoding: bytes(row), as: UTF8.self) : nil
  }
}

/// Rows of codes to a dictionary of `Symbols` (`Strings` or `Values<Address>`).
@frozen public struct Coded<Symbols: ColumnView>: ColumnView {
  public typealias Builder = CodedBuilder<Symbols>
  public static var columnType: ColumnType {
    Symbols.columnType == .utf8 ? .dictionaryOfStrings : .dictionaryOfAddresses
  }
  /// The codes, row by row; those of null rows are unspecified, but in range.
  public let codes: Values<UInt32>
  /// The dictionary: `symbols[Int(codes.value(row))]`.
  public let symbols: Symbols

  public init(_ column: Column) {
    precondition(column.type == Self.columnType)
    guard let dictionary = column.dictionary else {
      preconditionFailure("dictionary column without dictionary")
    }
    codes = Values(
      Column(
        type: .uint32, rowCount: column.rowCount, nullCount: column.nullCount,
        validity: column.validity, values: column.values))
    symbols = Symbols(dictionary.column)
  }

  public var count: Int { codes.count }
  public var validity: Validity { codes.validity }
}

extension Coded where Symbols == Strings {
  public subscript(row: Int) -> String? {
    codes[row].flatMap { symbols[Int($0)] }
  }

  /// The characters of a row; empty for null rows.
  public func bytes(_ row: Int) -> UnsafeRawBufferPointer {
    guard let code = codes[row] else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return symbols.bytes(Int(code))
  }
}
