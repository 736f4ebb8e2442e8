import CISAL

/// CRC-64/XZ (ECMA-182, reflected) of bytes added piece by piece.
package struct Checksum: Hashable, Sendable {
  /// Hexadecimal digits of a checksum as text.
  static let digitCount = 16
  static let zeroDigits = String(repeating: "0", count: digitCount)

  package private(set) var value: UInt64 = 0

  package init() {}

  package init(of bytes: UnsafeRawBufferPointer) { add(bytes) }

  /// A checksum from its text; nil unless it is 16 lower-case hexadecimal digits.
  init?(digits: Substring) {
    guard digits.utf8.count == Self.digitCount, let value = UInt64(digits, radix: 16) else {
      return nil
    }
    self.value = value
    guard self.digits == digits else { return nil }
  }

  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    value = crc64_ecma_refl(
      value, base.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
  }

  package var digits: String {
    let text = String(value, radix: 16)
    return Self.zeroDigits.dropLast(text.utf8.count) + text
  }
}
