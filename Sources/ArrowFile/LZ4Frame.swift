import Glibc

/// Decodes LZ4 frames: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and
/// lz4_Block_format.md. The checksums that a frame may have of itself are not verified.
struct LZ4Frame {
  private static let magic: UInt32 = 0x184D_2204

  private enum Flag {
    static let versionMask: UInt8 = 0xC0
    static let version: UInt8 = 0x40
    static let hasBlockChecksums: UInt8 = 0x10
    static let hasContentSize: UInt8 = 0x08
    static let hasContentChecksum: UInt8 = 0x04
    static let hasDictionary: UInt8 = 0x01
  }
  private static let storedBlock: UInt32 = 0x8000_0000
  private static let leastMatchLength = 4

  private let input: UnsafeRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private var position = 0
  private var written = 0

  private init(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) {
    self.input = input
    self.output = output
  }

  /// Fills `output` with what the frame holds; false unless it holds just as much.
  static func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    var frame = LZ4Frame(input, output)
    return frame.decode() && frame.written == output.count
  }

  private mutating func decode() -> Bool {
    guard number(UInt32.self) == Self.magic, let flags = number(UInt8.self),
      flags & Flag.versionMask == Flag.version, flags & Flag.hasDictionary == 0
    else { return false }
    // The greatest block size, the content's size and the header's checksum.
    guard skip(1 + (flags & Flag.hasContentSize != 0 ? 8 : 0) + 1) else { return false }
    while let size = number(UInt32.self) {
      if size == 0 { return flags & Flag.hasContentChecksum == 0 || skip(4) }
      let byteCount = Int(size & ~Self.storedBlock)
      guard byteCount <= input.count - position else { return false }
      let end = position + byteCount
      guard size & Self.storedBlock != 0 ? copy(byteCount) : decodeBlock(upTo: end) else {
        return false
      }
      guard position == end, flags & Flag.hasBlockChecksums == 0 || skip(4) else { return false }
    }
    return false
  }

  /// Sequences of literals and a match in what was written; the last has no match.
  private mutating func decodeBlock(upTo end: Int) -> Bool {
    while position < end {
      let token = Int(input[position])
      position += 1
      guard let literalCount = length(token >> 4, upTo: end), literalCount <= end - position,
        copy(literalCount)
      else { return false }
      if position == end { return true }
      guard end - position >= 2, let offset = number(UInt16.self).map(Int.init), offset > 0,
        offset <= written, let extra = length(token & 15, upTo: end),
        repeatOutput(from: offset, count: extra + Self.leastMatchLength)
      else { return false }
    }
    return true
  }

  /// Four bits, or where these are all set, them and the bytes behind up to one that is not 255.
  private mutating func length(_ nibble: Int, upTo end: Int) -> Int? {
    guard nibble == 15 else { return nibble }
    var length = nibble
    while position < end {
      let byte = Int(input[position])
      position += 1
      length += byte
      if byte < 255 { return length }
    }
    return nil
  }

  private mutating func copy(_ count: Int) -> Bool {
    guard count <= input.count - position, count <= output.count - written else { return false }
    if count > 0, let from = input.baseAddress, let to = output.baseAddress {
      memcpy(to + written, from + position, count)
    }
    position += count
    written += count
    return true
  }

  /// What is repeated may reach into what it writes, if the offset is less than the count.
  private mutating func repeatOutput(from offset: Int, count: Int) -> Bool {
    guard count <= output.count - written, let base = output.baseAddress else { return false }
    if offset >= count {
      memcpy(base + written, base + written - offset, count)
    } else {
      for byte in written..<written + count { output[byte] = output[byte - offset] }
    }
    written += count
    return true
  }

  private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) -> Number? {
    guard MemoryLayout<Number>.size <= input.count - position else { return nil }
    defer { position += MemoryLayout<Number>.size }
    return Number(littleEndian: input.loadUnaligned(fromByteOffset: position, as: type))
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard count <= input.count - position else { return false }
    position += count
    return true
  }
}
