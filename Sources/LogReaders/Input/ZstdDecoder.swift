import CZstd

/// zstd (RFC 8878).
final class ZstdDecoder: Decoder {
  static let name = "zstd"
  static let unit = "frame"
  private(set) var isInsideUnit = false
  private let context: OpaquePointer

  init() throws {
    guard let context = ZSTD_createDCtx() else {
      throw DecodingFailure(problem: "data can't be decoded: no memory for a decoder")
    }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  func decode(
    _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws -> (usedCount: Int, producedCount: Int) {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let remaining = ZSTD_decompressStream(context, &target, &source)
    guard ZSTD_isError(remaining) == 0 else {
      throw DecodingFailure.corrupt(String(cString: ZSTD_getErrorName(remaining)))
    }
    isInsideUnit = remaining != 0
    return (source.pos, target.pos)
  }
}
