import Columnar

extension Address: CustomStringConvertible {
  /// Dotted quad for IPv4, RFC 5952 for IPv6.
  public var description: String {
    if let number = ipv4 {
      return "\(number >> 24).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    }
    let groups = (0..<8).map { index in
      UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index % 4)))
    }
    var longest = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8 && groups[end] == 0 { end += 1 }
      if end - start > max(longest.count, 1) { longest = start..<end }
      start = max(end, start + 1)
    }
    func join(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    return longest.isEmpty
      ? join(0..<8) : join(0..<longest.lowerBound) + "::" + join(longest.upperBound..<8)
  }

  /// From an IPv4 or IPv6 address in text, without a zone or a port; nil for anything else.
  package init?(_ text: String) {
    var text = text
    guard let address = text.withUTF8({ Address(parsing: UnsafeRawBufferPointer($0)) }) else {
      return nil
    }
    self = address
  }

  /// From the characters of an IPv4 or IPv6 address (RFC 4291 §2.2); nil for anything else.
  package init?(parsing text: UnsafeRawBufferPointer) {
    if let number = Address.parseIPv4(text) {
      self.init(ipv4: number)
      return
    }
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: ":") {
        guard index + 1 < text.count, text[index + 1] == UInt8(ascii: ":"), gap == nil else {
          return nil
        }
        gap = groups.count
        index += 2
        if index == text.count { break }
      }
      var end = index
      while end < text.count && text[end] != UInt8(ascii: ":") { end += 1 }
      let part = UnsafeRawBufferPointer(rebasing: text[index..<end])
      if end == text.count, let number = Address.parseIPv4(part) {
        groups += [UInt16(number >> 16), UInt16(truncatingIfNeeded: number)]
      } else {
        guard (1...4).contains(part.count),
          let value = UInt16(String(decoding: part, as: UTF8.self), radix: 16),
          part.allSatisfy({ $0 != UInt8(ascii: "+") })
        else { return nil }
        groups.append(value)
      }
      guard groups.count <= 8 else { return nil }
      index = end
      if index < text.count && !(index + 1 < text.count && text[index + 1] == UInt8(ascii: ":")) {
        index += 1
        guard index < text.count else { return nil }
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    func half(_ part: ArraySlice<UInt16>) -> UInt64 { part.reduce(0) { $0 << 16 | UInt64($1) } }
    self.init(high: half(groups[..<4]), low: half(groups[4...]))
  }

  /// Four decimal numbers of at most 255, each without a leading zero.
  private static func parseIPv4(_ text: UnsafeRawBufferPointer) -> UInt32? {
    var number: UInt32 = 0
    var part: UInt32 = 0
    var digits = 0
    var dots = 0
    for byte in text {
      if byte == UInt8(ascii: ".") {
        guard digits > 0, dots < 3 else { return nil }
        number = number << 8 | part
        (part, digits, dots) = (0, 0, dots + 1)
      } else {
        guard (0x30...0x39).contains(byte), digits == 0 || part > 0 else { return nil }
        part = part * 10 + UInt32(byte - 0x30)
        digits += 1
        guard part <= 255 else { return nil }
      }
    }
    return dots == 3 && digits > 0 ? number << 8 | part : nil
  }
}

/// A block of addresses: `10.0.0.0/8`, `2001:db8::/32`.
package struct Network: Hashable, Sendable, CustomStringConvertible {
  package let address: Address
  /// Of the 128 bits; an IPv4 /8 is 104 here.
  package let prefixLength: Int

  /// From CIDR text, or an address alone; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = Address(String(parts[0])) else { return nil }
    let base = address.ipv4 == nil ? 0 : 96
    var length = 128
    if parts.count == 2 {
      guard let stated = Int(parts[1]), stated >= 0, base + stated <= 128 else { return nil }
      length = base + stated
    }
    self.address = address
    prefixLength = length
  }

  @inline(__always) private static func mask(_ bits: Int) -> UInt64 {
    bits <= 0 ? 0 : bits >= 64 ? ~0 : ~0 << UInt64(64 - bits)
  }

  package func contains(_ other: Address) -> Bool {
    let high = Network.mask(prefixLength)
    let low = Network.mask(prefixLength - 64)
    return (address.high ^ other.high) & high == 0 && (address.low ^ other.low) & low == 0
  }

  public var description: String {
    "\(address)/\(address.ipv4 == nil ? prefixLength : prefixLength - 96)"
  }
}
