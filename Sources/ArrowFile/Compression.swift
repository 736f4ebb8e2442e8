import CZstd
import Columnar

/// How the buffers of a file are stored.
package enum Compression: String, Sendable {
  /// As they are: readers map them.
  case none
  /// Each as a ZSTD frame of level 1, where that is smaller.
  case zstd
}

/// Arrow's body compression: each buffer is preceded by its length as an int64, or by -1 where it
/// is stored as it is; empty buffers have no length.
///
/// https://arrow.apache.org/docs/format/Columnar.html#compression
final class BufferCompressor {
  private static let level: Int32 = 1
  private let context: OpaquePointer

  init?() {
    guard let context = ZSTD_createCCtx() else { return nil }
    self.context = context
  }

  deinit { ZSTD_freeCCtx(context) }

  /// The most bytes that a buffer of `byteCount` may take.
  static func bound(_ byteCount: Int) -> Int { 8 + ZSTD_compressBound(byteCount) }

  /// Appends a buffer in its stored form.
  func append(_ bytes: UnsafeRawBufferPointer, to body: GrowingBuffer) {
    guard bytes.count > 0 else { return }
    body.reserve(Self.bound(bytes.count))
    let start = body.byteCount
    body.append(Int64(bytes.count).littleEndian)
    let stored = ZSTD_compressCCtx(
      context, body.base + body.byteCount, body.capacity - body.byteCount, bytes.baseAddress,
      bytes.count, Self.level)
    if ZSTD_isError(stored) == 0, stored < bytes.count {
      body.byteCount += stored
    } else {
      body.byteCount = start
      body.append(Int64(-1).littleEndian)
      body.append(bytes)
    }
  }
}

enum BufferDecompressor {
  /// ZSTD stores at least four bytes a block of at most 128 KiB; whoever claims more lies.
  private static let highestRatio = 32_768

  /// The bytes of a stored buffer.
  static func decompress(_ stored: FileRegion) throws(ArrowFileError) -> Buffer {
    guard stored.byteCount > 0 else { return .zeros(byteCount: 0) }
    let byteCount = try stored.load(Int64.self, at: 0, "length of a compressed buffer")
    let frame = try stored.part(at: 8, byteCount: stored.byteCount - 8, "compressed buffer")
    if byteCount == -1 { return frame.buffer() }
    guard byteCount >= 0, byteCount / Int64(highestRatio) <= frame.byteCount else {
      throw stored.failure(
        expected: "the length of what \(frame.byteCount) bytes of zstd hold",
        found: "\(byteCount)")
    }
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(Int(byteCount), 1), alignment: ArrowFormat.alignment)
    let buffer = Buffer(adopting: memory, byteCount: Int(byteCount))
    let written = ZSTD_decompress(
      memory, Int(byteCount), frame.bytes.baseAddress, frame.byteCount)
    guard ZSTD_isError(written) == 0, written == Int(byteCount) else {
      let found =
        ZSTD_isError(written) == 0
        ? "\(written) bytes" : String(cString: ZSTD_getErrorName(written)).lowercased()
      throw frame.failure(expected: "a zstd frame of \(byteCount) bytes", found: found)
    }
    return buffer
  }
}
