/// The types of Tidemark's columns: a subset of Arrow's.
public enum ColumnType: Hashable, Sendable, CustomStringConvertible {
  case uint8, uint16, uint32, uint64, int32, int64, float32, float64
  /// One bit a row.
  case bool
  /// Microseconds since 1970-01-01 UTC, `timestamp[us, UTC]`.
  case timestamp
  /// 16 bytes in network order, `fixed_size_binary(16)`; IPv4 as ::ffff:a.b.c.d.
  case address
  case utf8
  /// `dictionary<uint32, utf8>`
  case dictionaryOfStrings
  /// `dictionary<uint32, fixed_size_binary(16)>`
  case dictionaryOfAddresses

  package var isText: Bool { self == .utf8 || self == .dictionaryOfStrings }

  /// Bytes of one value in the column's value buffer (of a code, for dictionaries); nil where rows
  /// have no fixed byte width.
  public var byteWidth: Int? {
    switch self {
    case .uint8: 1
    case .uint16: 2
    case .uint32, .int32, .float32, .dictionaryOfStrings, .dictionaryOfAddresses: 4
    case .uint64, .int64, .float64, .timestamp: 8
    case .address: 16
    case .bool, .utf8: nil
    }
  }

  /// What a dictionary's codes stand for; nil for other types.
  public var dictionaryValueType: ColumnType? {
    switch self {
    case .dictionaryOfStrings: .utf8
    case .dictionaryOfAddresses: .address
    default: nil
    }
  }

  public var description: String {
    switch self {
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .int32: "int32"
    case .int64: "int64"
    case .float32: "float32"
    case .float64: "float64"
    case .bool: "bool"
    case .timestamp: "timestamp[us, UTC]"
    case .address: "fixed_size_binary(16)"
    case .utf8: "utf8"
    case .dictionaryOfStrings: "dictionary<uint32, utf8>"
    case .dictionaryOfAddresses: "dictionary<uint32, fixed_size_binary(16)>"
    }
  }
}

/// A value that a fixed-width column holds as its own bytes.
public protocol ColumnElement: BitwiseCopyable, Sendable {
  static var columnType: ColumnType { get }
}

extension UInt8: ColumnElement { public static var columnType: ColumnType { .uint8 } }
extension UInt16: ColumnElement { public static var columnType: ColumnType { .uint16 } }
extension UInt32: ColumnElement { public static var columnType: ColumnType { .uint32 } }
extension UInt64: ColumnElement { public static var columnType: ColumnType { .uint64 } }
extension Int32: ColumnElement { public static var columnType: ColumnType { .int32 } }
extension Int64: ColumnElement { public static var columnType: ColumnType { .int64 } }
extension Float: ColumnElement { public static var columnType: ColumnType { .float32 } }
extension Double: ColumnElement { public static var columnType: ColumnType { .float64 } }
