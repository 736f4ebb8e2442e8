/// An IPv6 address, or an IPv4 address as ::ffff:a.b.c.d: 16 bytes in network order, as stored.
public struct Address: ColumnElement, Hashable, Comparable {
  public static var columnType: ColumnType { .address }
  /// The first and last eight bytes as they lie in memory.
  @usableFromInline var words: (UInt64, UInt64)

  /// From the two halves as numbers: `high` holds the first eight bytes.
  @inlinable public init(high: UInt64, low: UInt64) { words = (high.bigEndian, low.bigEndian) }

  /// An IPv4 address from its number: 10.0.0.1 is 0x0A000001.
  @inlinable public init(ipv4 number: UInt32) {
    self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(number))
  }

  @inlinable public var high: UInt64 { UInt64(bigEndian: words.0) }
  @inlinable public var low: UInt64 { UInt64(bigEndian: words.1) }

  /// The number of an IPv4 address, nil for IPv6.
  @inlinable public var ipv4: UInt32? {
    words.0 == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
  }

  @inlinable public static func == (a: Address, b: Address) -> Bool {
    a.words.0 == b.words.0 && a.words.1 == b.words.1
  }

  @inlinable public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  /// Numeric order: all IPv4 addresses by number, within IPv6.
  @inlinable public static func < (a: Address, b: Address) -> Bool {
    (a.high, a.low) < (b.high, b.low)
  }

  /// A hash that is the same in every process, for hash tables whose order may show in results.
  @inlinable public var stableHash: UInt64 {
    var h = words.0 &* 0x9E37_79B9_7F4A_7C15 ^ words.1
    h = (h ^ h >> 32) &* 0xD6E8_FEB8_6659_FD93
    return h ^ h >> 32
  }
}
