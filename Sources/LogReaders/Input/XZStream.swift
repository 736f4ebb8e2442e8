import CLZMA

/// Decodes xz, one stream or several in a row; checks what each stream holds to check it by.
final class XZStream: ByteStream {
  private let input: CompressedInput
  private let state = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
  private var isDone = false

  /// Memory that a decoder may take; `xz -9` needs 65 MiB.
  private static let memoryLimit: UInt64 = 128 << 20
  /// `LZMA_CONCATENATED`, which Swift does not import.
  private static let takesSeveral: UInt32 = 0x08

  init(_ stream: any ByteStream, path: String) throws {
    input = CompressedInput(stream, path: path)
    state.initialize(to: lzma_stream())
    guard
      lzma_stream_decoder(state, XZStream.memoryLimit, XZStream.takesSeveral) == LZMA_OK
    else { throw InputError(path, "no memory for an xz decoder") }
  }

  deinit {
    lzma_end(state)
    state.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while !isDone {
      let hasInput = try input.refill()
      let bytes = input.buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      state.pointee.next_in = bytes.map { UnsafePointer($0 + input.used) }
      state.pointee.avail_in = input.count - input.used
      state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_out = buffer.count
      let status = lzma_code(state, hasInput ? LZMA_RUN : LZMA_FINISH)
      input.used = input.count - state.pointee.avail_in
      switch status {
      case LZMA_OK: break
      case LZMA_STREAM_END: isDone = true
      case LZMA_BUF_ERROR where !hasInput:
        throw InputError(
          input.path, "xz data ends in the middle of a stream: truncated; fetch the file again")
      default:
        throw InputError(
          input.path, "xz data is corrupt (liblzma error \(status.rawValue)); fetch the file again")
      }
      let produced = buffer.count - state.pointee.avail_out
      if produced > 0 { return produced }
    }
    return 0
  }
}
