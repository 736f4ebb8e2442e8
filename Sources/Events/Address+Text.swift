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
    // Groups from the left shift in at the bottom; what the gap stands for is put in at the end.
    var (high, low): (UInt64, UInt64) = (0, 0)
    var groupCount = 0
    var gap: Int?
    func append(_ group: UInt64) {
      high = high << 16 | low >> 48
      low = low << 16 | group
      groupCount += 1
    }
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: ":") {
        guard index + 1 < text.count, text[index + 1] == UInt8(ascii: ":"), gap == nil else {
          return nil
        }
        gap = groupCount
        index += 2
        if index == text.count { break }
      }
      let start = index
      var group: UInt64 = 0
      while index < text.count, let digit = Address.hexadecimalDigit(text[index]) {
        group = group << 4 | digit
        index += 1
      }
      if index < text.count, text[index] == UInt8(ascii: ".") {
        let rest = UnsafeRawBufferPointer(rebasing: text[start...])
        guard let number = Address.parseIPv4(rest) else { return nil }
        append(UInt64(number >> 16))
        append(UInt64(number & 0xFFFF))
        index = text.count
      } else {
        guard (1...4).contains(index - start) else { return nil }
        append(group)
      }
      guard groupCount <= 8 else { return nil }
      guard index < text.count else { break }
      guard text[index] == UInt8(ascii: ":") else { return nil }
      if index + 1 < text.count && text[index + 1] == UInt8(ascii: ":") { continue }
      index += 1
      guard index < text.count else { return nil }
    }
    if let gap {
      guard groupCount < 8 else { return nil }
      // What stands behind the gap stays at the bottom, what stands before it moves to the top.
      let behind = UInt64(16 * (groupCount - gap))
      let missing = UInt64(16 * (8 - groupCount))
      let address = UInt128(high) << 64 | UInt128(low)
      let tail = address & ((1 << UInt128(behind)) - 1)
      let head = (address &>> UInt128(behind)) << UInt128(behind + missing)
      (high, low) = (
        UInt64(truncatingIfNeeded: (head | tail) >> 64), UInt64(truncatingIfNeeded: head | tail)
      )
      groupCount = 8
    }
    guard groupCount == 8 else { return nil }
    self.init(high: high, low: low)
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte &- 0x30)
    case 0x61...0x66: UInt64(byte &- 0x57)
    case 0x41...0x46: UInt64(byte &- 0x37)
    default: nil
    }
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

  package init(address: Address, prefixLength: Int) {
    self.address = address
    self.prefixLength = prefixLength
  }

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
