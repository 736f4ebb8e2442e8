import CBZip2

/// Decodes bzip2, one stream or several in a row; checks each block's CRC.
final class BZip2Stream: ByteStream {
  private let input: CompressedInput
  private let state = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
  private var isInsideStream = false

  init(_ stream: any ByteStream, path: String) {
    input = CompressedInput(stream, path: path)
    state.initialize(to: bz_stream())
  }

  deinit {
    if isInsideStream { BZ2_bzDecompressEnd(state) }
    state.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let hasInput = try input.refill()
      guard hasInput || isInsideStream else { return 0 }
      if !isInsideStream {
        state.initialize(to: bz_stream())
        guard BZ2_bzDecompressInit(state, 0, 0) == BZ_OK else {
          throw InputError(input.path, "no memory for a bzip2 decoder")
        }
        isInsideStream = true
      }
      let room = UInt32(min(buffer.count, 1 << 30))
      state.pointee.next_in = input.buffer.baseAddress.map {
        ($0 + input.used).assumingMemoryBound(to: CChar.self)
      }
      state.pointee.avail_in = UInt32(input.count - input.used)
      state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      state.pointee.avail_out = room
      let status = BZ2_bzDecompress(state)
      guard status == BZ_OK || status == BZ_STREAM_END else {
        throw InputError(
          input.path, "bzip2 data is corrupt (libbz2 error \(status)); fetch the file again")
      }
      input.used = input.count - Int(state.pointee.avail_in)
      if status == BZ_STREAM_END {
        BZ2_bzDecompressEnd(state)
        isInsideStream = false
      }
      let produced = Int(room - state.pointee.avail_out)
      if produced > 0 { return produced }
      guard hasInput || !isInsideStream else {
        throw InputError(
          input.path, "bzip2 data ends in the middle of a stream: truncated; fetch the file again")
      }
    }
  }
}
