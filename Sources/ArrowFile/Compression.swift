import CZstd
import Columnar

/// How the buffers of a file are stored.
package enum Compression: String, Sendable {
  /// As they are, so that readers map them; only long ones that hold the same value in every row
  /// are ZSTD frames.
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

/// Undoes body compression.
struct BufferDecompressor {
  private let codec: Codec

  init(_ codec: Codec) { self.codec = codec }

  /// Bytes that one stored byte may become; whoever claims more lies. ZSTD stores at least four
  /// bytes a block of at most 128 KiB, LZ4 a byte for each 255 of a match.
  private var highestRatio: Int64 { codec == .zstd ? 32_768 : 255 }

  /// The bytes of a stored buffer.
  func decompress(_ stored: FileRegion) throws(ArrowFileError) -> Buffer {
    guard stored.byteCount > 0 else { return .zeros(byteCount: 0) }
    let byteCount = try stored.load(Int64.self, at: 0, "length of a compressed buffer")
    let frame = try stored.part(at: 8, byteCount: stored.byteCount - 8, "compressed buffer")
    if byteCount == -1 { return frame.buffer() }
    guard byteCount >= 0, byteCount / highestRatio <= frame.byteCount else {
      throw stored.failure(
        expected: "the length of what \(frame.byteCount) bytes of \(codec) hold",
        found: "\(byteCount)")
    }
    if let known = RunCache.shared.buffer(frame.bytes, codec, byteCount: Int(byteCount)) {
      return known
    }
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(Int(byteCount), 1), alignment: ArrowFormat.alignment)
    let buffer = Buffer(adopting: memory, byteCount: Int(byteCount))
    let problem = decompress(frame.bytes, into: memory, byteCount: Int(byteCount))
    if let problem {
      throw frame.failure(expected: "a \(codec) frame of \(byteCount) bytes", found: problem)
    }
    RunCache.shared.keep(buffer, of: frame.bytes, codec)
    return buffer
  }

  /// Why the frame is not one of so many bytes; nil where it is.
  private func decompress(
    _ frame: UnsafeRawBufferPointer, into memory: UnsafeMutableRawPointer, byteCount: Int
  ) -> String? {
    switch codec {
    case .lz4:
      let output = UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
      return LZ4Frame.decode(frame, into: output) ? nil : "other bytes"
    case .zstd:
      guard let context = DecompressionContext.take() else { return "no memory to read it with" }
      defer { DecompressionContext.give(context) }
      let written = context.decompress(frame, into: memory, byteCount: byteCount)
      if ZSTD_isError(written) != 0 {
        return String(cString: ZSTD_getErrorName(written)).lowercased()
      }
      return written == byteCount ? nil : "\(written) bytes"
    }
  }
}
