import Columnar

/// What the records of one conversation share: source and five-tuple, the two ends in numeric
/// order, so that both directions have the same key.
struct ConversationKey: Hashable {
  /// The lesser end, and the greater one. An end that has a name and no address is a hash of it.
  var first: Endpoint
  var second: Endpoint
  /// Ports of both ends (for ICMP the request's type and code), protocol, marks and source.
  var rest: UInt64

  struct Endpoint: Hashable {
    var high: UInt64
    var low: UInt64

    @inline(__always) init(_ address: Address) { (high, low) = (address.high, address.low) }

    /// From a host's name; the mark in the key's `rest` keeps it from being taken for an address.
    init(name: UnsafeRawBufferPointer) {
      high = StableHash.of(name, seed: 1)
      low = StableHash.of(name, seed: 2)
    }

    @inline(__always) init() { (high, low) = (0, 0) }
  }

  static let protocolShift: UInt64 = 24
  static let sourceBits: UInt64 = 20

  @inline(__always) var firstPort: UInt16 { UInt16(truncatingIfNeeded: rest >> 48) }
  @inline(__always) var secondPort: UInt16 { UInt16(truncatingIfNeeded: rest >> 32) }
  @inline(__always) var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: rest >> 24) }
  @inline(__always) var source: Int { Int(rest & (1 << ConversationKey.sourceBits - 1)) }

  /// The same in every process and for every split of the rows into files.
  @inline(__always) var hash: UInt64 {
    var h = StableHash.mix(first.high, 0x9E37_79B9_7F4A_7C15)
    h = StableHash.mix(h ^ first.low, 0xD6E8_FEB8_6659_FD93)
    h = StableHash.mix(h ^ second.high, 0xA076_1D64_78BD_642F)
    h = StableHash.mix(h ^ second.low, 0xE703_7ED1_A0B4_28DB)
    return StableHash.mix(h ^ rest, 0x8EBC_6AF0_9C88_C6E3)
  }

  /// The hash of the five-tuple alone, for comparing sources.
  var hashWithoutSource: UInt64 {
    var key = self
    key.rest &= ~(1 << ConversationKey.sourceBits - 1)
    return key.hash
  }

  @inline(__always) static func isLess(_ a: ConversationKey, _ b: ConversationKey) -> Bool {
    if a.first.high != b.first.high { return a.first.high < b.first.high }
    if a.first.low != b.first.low { return a.first.low < b.first.low }
    if a.second.high != b.second.high { return a.second.high < b.second.high }
    if a.second.low != b.second.low { return a.second.low < b.second.low }
    return a.rest < b.rest
  }
}

/// Hashes that are the same in every process.
enum StableHash {
  /// A folded 128-bit product.
  @inline(__always) static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = (a ^ 0x2D35_8DCC_AA6C_78A5).multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    var h = mix(seed, 0x9E37_79B9_7F4A_7C15) ^ UInt64(bytes.count)
    var offset = 0
    while offset + 8 <= bytes.count {
      h = mix(
        h ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), 0xD6E8_FEB8_6659_FD93)
      offset += 8
    }
    var tail: UInt64 = 0
    while offset < bytes.count {
      tail = tail << 8 | UInt64(bytes[offset])
      offset += 1
    }
    return mix(h ^ tail, 0xA076_1D64_78BD_642F)
  }
}
