/// Bytes of an export, appended without making strings.
struct TextBuffer {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ byte: Unicode.Scalar) { bytes.append(UInt8(ascii: byte)) }

  mutating func append(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  /// Decimal, with zeros in front to at least `width` digits.
  mutating func append(_ number: Int64, width: Int = 1) {
    var rest = number.magnitude
    if number < 0 { append("-" as Unicode.Scalar) }
    var digits = 1
    var power: UInt64 = 10
    while digits < 19 && rest >= power {
      digits += 1
      power *= 10
    }
    for _ in 0..<max(0, width - digits) { bytes.append(0x30) }
    power = digits == 1 ? 1 : power / 10
    if digits == 1 {
      bytes.append(0x30 + UInt8(rest))
      return
    }
    for _ in 0..<digits {
      bytes.append(0x30 + UInt8(rest / power))
      rest %= power
      power /= 10
    }
  }

  /// Microseconds as seconds with `places` decimals, cut off.
  mutating func append(seconds microseconds: Int64, places: Int) {
    append(microseconds / 1_000_000)
    guard places > 0 else { return }
    append("." as Unicode.Scalar)
    var fraction = microseconds % 1_000_000
    for _ in places..<6 { fraction /= 10 }
    append(fraction, width: places)
  }

  mutating func append(address: UInt32) {
    for shift in stride(from: UInt32(24), through: 0, by: -8) {
      append(Int64(address >> shift & 255))
      if shift > 0 { append("." as Unicode.Scalar) }
    }
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
