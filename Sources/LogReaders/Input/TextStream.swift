/// Text as UTF-8: UTF-16 with a byte order mark, as PowerShell and Windows' viewers write, is
/// decoded; anything else passes as it is. Half a surrogate pair becomes U+FFFD.
final class TextStream: ByteStream {
  private enum Encoding { case unknown, plain, utf16(isBigEndian: Bool) }

  private let stream: any ByteStream
  private var encoding = Encoding.unknown
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
  private var start = 0
  private var end = 0
  /// The first half of a surrogate pair.
  private var high: UInt32?
  /// Decoded bytes for which a reader had no room.
  private var left: [UInt8] = []

  init(_ stream: any ByteStream) { self.stream = stream }
  deinit { buffer.deallocate() }

  func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    switch encoding {
    case .unknown:
      while end < 2, case let count = try fill(), count > 0 {}
      let mark = end < 2 ? 0 : UInt16(buffer[0]) << 8 | UInt16(buffer[1])
      if mark == 0xFFFE || mark == 0xFEFF {
        start = 2
        encoding = .utf16(isBigEndian: mark == 0xFEFF)
      } else {
        encoding = .plain
      }
      return try read(into: target)
    case .plain:
      guard start < end else { return try stream.read(into: target) }
      let count = min(end - start, target.count)
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<start + count]))
      start += count
      return count
    case .utf16(let isBigEndian):
      guard target.count < 8 || !left.isEmpty else { return try decode(isBigEndian, into: target) }
      if left.isEmpty { try decodeLeft(isBigEndian) }
      let count = min(left.count, target.count)
      target.copyBytes(from: left[..<count])
      left.removeFirst(count)
      return count
    }
  }

  /// Decodes a few characters for a reader with less room than one may take.
  private func decodeLeft(_ isBigEndian: Bool) throws {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = try bytes.withUnsafeMutableBytes { try decode(isBigEndian, into: $0) }
    left = Array(bytes[..<count])
  }

  /// Adds bytes to the buffer, after moving what is left to its start.
  private func fill() throws -> Int {
    if start > 0 {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
      (start, end) = (0, end - start)
    }
    let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
    end += count
    return count
  }

  private func decode(
    _ isBigEndian: Bool, into target: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    var count = 0
    // A pair gives four bytes, and half a pair before another character three more.
    while count + 8 <= target.count {
      if end - start < 2, try fill() == 0 {
        // An odd last byte, or half a pair, at the end of the file.
        if high != nil || start < end { append("\u{FFFD}", target, &count) }
        high = nil
        start = end
        break
      }
      guard end - start >= 2 else { continue }
      let (first, second) = (UInt32(buffer[start]), UInt32(buffer[start + 1]))
      let unit = isBigEndian ? first << 8 | second : second << 8 | first
      start += 2
      take(unit, target, &count)
    }
    return count
  }

  private func take(_ unit: UInt32, _ target: UnsafeMutableRawBufferPointer, _ count: inout Int) {
    if let first = high {
      high = nil
      if (0xDC00..<0xE000).contains(unit) {
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (unit - 0xDC00))
        return append(scalar ?? "\u{FFFD}", target, &count)
      }
      append("\u{FFFD}", target, &count)
    }
    if (0xD800..<0xDC00).contains(unit) {
      high = unit
    } else {
      append(Unicode.Scalar(unit) ?? "\u{FFFD}", target, &count)
    }
  }

  private func append(
    _ scalar: Unicode.Scalar, _ target: UnsafeMutableRawBufferPointer, _ count: inout Int
  ) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      target[count] = byte
      count += 1
    }
  }
}
