/// Constants of Arrow's columnar format 1.x: https://arrow.apache.org/docs/format/Columnar.html
/// and Schema.fbs, Message.fbs, File.fbs there.
enum ArrowFormat {
  /// The first eight bytes of a file; the first six of them are also its last.
  static let magic = Array("ARROW1\0\0".utf8)
  static let endMagic = Array("ARROW1".utf8)
  /// What comes before the length of every message.
  static let continuation: UInt32 = 0xFFFF_FFFF
  /// The marker after the last message: a continuation with a length of zero.
  static let endOfStream: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
  /// Every message, body and buffer starts at a multiple of this.
  static let alignment = 64

  static let metadataV5: Int16 = 4
  static let littleEndian: Int16 = 0

  /// `union MessageHeader`
  enum Header {
    static let schema: UInt8 = 1
    static let dictionaryBatch: UInt8 = 2
    static let recordBatch: UInt8 = 3
  }

  /// `union Type`, as far as it is told apart.
  enum TypeTag {
    static let int: UInt8 = 2
    static let floatingPoint: UInt8 = 3
    static let utf8: UInt8 = 5
    static let bool: UInt8 = 6
    static let timestamp: UInt8 = 10
    static let union: UInt8 = 14
    static let fixedSizeBinary: UInt8 = 15
    static let binaryView: UInt8 = 23
    static let utf8View: UInt8 = 24
  }

  /// Buffers of a column by type tag, without those of columns within it; of sparse unions, and of
  /// views without those that their batch counts.
  static let bufferCounts: [UInt8: Int] = [
    1: 0, 2: 2, 3: 2, 4: 3, 5: 3, 6: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2, 12: 2, 13: 1, 14: 1, 15: 2,
    16: 1, 17: 2, 18: 2, 19: 3, 20: 3, 21: 2, 22: 0, 23: 2, 24: 2, 25: 3, 26: 3,
  ]

  /// Names of `union Type` by tag, for what is refused.
  static let typeNames = [
    "none", "null", "int", "floating point", "binary", "utf8", "bool", "decimal", "date", "time",
    "timestamp", "interval", "list", "struct", "union", "fixed_size_binary", "fixed_size_list",
    "map", "duration", "large_binary", "large_utf8", "large_list", "run_end_encoded",
    "binary_view", "utf8_view", "list_view", "large_list_view",
  ]

  static let denseUnion: Int16 = 1
  static let halfPrecision: Int16 = 0
  static let singlePrecision: Int16 = 1
  static let doublePrecision: Int16 = 2
  static let timeUnits = ["s", "ms", "us", "ns"]
  static let microseconds: Int16 = 2
  static let zone = "UTC"
}
