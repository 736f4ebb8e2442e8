import Columnar

/// One end of a conversation: an address, or the name of a host or of what was asked for.
///
/// Order: addresses by number (all IPv4 addresses within IPv6), then names by their bytes.
struct Endpoint: BitwiseCopyable {
  /// An address of a `crowd` is within the site's networks, but no host.
  enum Kind: UInt8, BitwiseCopyable { case unknown, inside, outside, crowd, named }

  /// The first half of an address, or where the name lies in memory.
  private(set) var high: UInt64
  /// The second half of an address, or a name's length (10 bits) and hash (54 bits).
  let low: UInt64
  let kind: Kind

  static let longestName = 1023

  static let unknown = Endpoint(high: 0, low: 0, kind: .unknown)

  private init(high: UInt64, low: UInt64, kind: Kind) {
    self.high = high
    self.low = low
    self.kind = kind
  }

  /// - Parameter kind: that of an address.
  init(_ address: Address, _ kind: Kind) {
    self.init(high: address.high, low: address.low, kind: kind)
  }

  /// A name, which must stay where it is while this value is used, unless it is adopted. Longer
  /// names are cut at 1,023 bytes.
  init(name: UnsafeRawBufferPointer) {
    let name = Endpoint.prefix(of: name)
    guard let base = name.baseAddress, !name.isEmpty else {
      self = .unknown
      return
    }
    self.init(
      high: UInt64(UInt(bitPattern: base)),
      low: stableHash(name) & ~UInt64(Endpoint.longestName) | UInt64(name.count), kind: .named)
  }

  /// Whether this is a host of the site.
  var isSiteHost: Bool { kind == .inside || kind == .named }

  var isAddress: Bool { kind == .inside || kind == .outside || kind == .crowd }

  /// The bytes of a name.
  var name: UnsafeRawBufferPointer {
    precondition(kind == .named)
    return UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: UInt(high)),
      count: Int(truncatingIfNeeded: low) & Endpoint.longestName)
  }

  var address: Address {
    precondition(isAddress)
    return Address(high: high, low: low)
  }

  /// 64 bits that stand for this endpoint where distinct ones are counted: exact among IPv4
  /// addresses, a hash of 64 bits for IPv6 and of 54 for names.
  @inline(__always) var element: UInt64 {
    kind == .named ? mix(low) : mix(high &* 0x9E37_79B9_7F4A_7C15 ^ low)
  }

  /// The /24 of an IPv4 address or the /48 of an IPv6 address, as an element like the above; nil
  /// for names.
  @inline(__always) var networkElement: UInt64? {
    guard isAddress else { return nil }
    let isIPv4 = high == 0 && low >> 32 == 0xFFFF
    return isIPv4 ? mix(low >> 8 | 1 << 60) : mix(high >> 16)
  }

  private static func prefix(of name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard name.count > longestName else { return name }
    var count = longestName
    while count > 0 && name[count] & 0xC0 == 0x80 { count -= 1 }
    return UnsafeRawBufferPointer(rebasing: name[..<count])
  }
}

extension Endpoint: Comparable {
  @inline(__always) static func == (a: Endpoint, b: Endpoint) -> Bool {
    guard a.low == b.low, (a.kind == .named) == (b.kind == .named) else { return false }
    return a.high == b.high || (a.kind == .named && a.name.elementsEqual(b.name))
  }

  @inline(__always) static func < (a: Endpoint, b: Endpoint) -> Bool {
    if a.kind == .named || b.kind == .named { return namesPrecede(a, b) }
    return a.high != b.high ? a.high < b.high : a.low < b.low
  }

  private static func namesPrecede(_ a: Endpoint, _ b: Endpoint) -> Bool {
    guard a.kind == .named, b.kind == .named else { return b.kind == .named && a.kind != .named }
    return a.name.lexicographicallyPrecedes(b.name)
  }
}

extension Endpoint {
  /// Moves a name into the pool, so that it outlives the batch it was read from.
  @inline(__always) mutating func adopt(in pool: inout BlockPool) {
    guard kind == .named else { return }
    let copy = pool.allocate(name.count)
    UnsafeMutableRawBufferPointer(start: copy, count: name.count).copyMemory(from: name)
    high = UInt64(UInt(bitPattern: copy))
  }

  /// Frees an adopted name.
  @inline(__always) func release(to pool: inout BlockPool) {
    guard kind == .named, let block = UnsafeMutableRawPointer(bitPattern: UInt(high)) else {
      return
    }
    pool.free(block, byteCount: name.count)
  }
}
