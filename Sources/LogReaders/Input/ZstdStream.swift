import CZstd

/// Decodes zstd (RFC 8878), one frame or several in a row.
final class ZstdStream: ByteStream {
  private let input: CompressedInput
  private let context: OpaquePointer
  private var isInsideFrame = false

  init(_ stream: any ByteStream, path: String) throws {
    input = CompressedInput(stream, path: path)
    guard let context = ZSTD_createDCtx() else {
      throw InputError(path, "no memory for a zstd decoder")
    }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let hasInput = try input.refill()
      guard hasInput || isInsideFrame else { return 0 }
      var source = ZSTD_inBuffer(src: input.buffer.baseAddress, size: input.count, pos: input.used)
      var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
      let remaining = ZSTD_decompressStream(context, &target, &source)
      guard ZSTD_isError(remaining) == 0 else {
        throw InputError(
          input.path,
          "zstd data is corrupt (\(String(cString: ZSTD_getErrorName(remaining)))); fetch the file again"
        )
      }
      input.used = source.pos
      isInsideFrame = remaining != 0
      if target.pos > 0 { return target.pos }
      guard hasInput else {
        throw InputError(
          input.path, "zstd data ends in the middle of a frame: truncated; fetch the file again")
      }
    }
  }
}
