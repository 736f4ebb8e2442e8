import CBZip2

/// bzip2; checks each block's CRC.
final class BZip2Decoder: Decoder {
  static let name = "bzip2"
  static let unit = "stream"
  private(set) var isInsideUnit = false
  private let state = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)

  init() { state.initialize(to: bz_stream()) }

  deinit {
    if isInsideUnit { BZ2_bzDecompressEnd(state) }
    state.deallocate()
  }

  func decode(
    _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws -> (usedCount: Int, producedCount: Int) {
    if !isInsideUnit {
      state.initialize(to: bz_stream())
      guard BZ2_bzDecompressInit(state, 0, 0) == BZ_OK else {
        throw DecodingFailure(problem: "data can't be decoded: no memory for a decoder")
      }
      isInsideUnit = true
    }
    let room = UInt32(min(output.count, 1 << 30))
    state.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: CChar.self)
    state.pointee.avail_in = UInt32(input.count)
    state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
    state.pointee.avail_out = room
    let status = BZ2_bzDecompress(state)
    guard status == BZ_OK || status == BZ_STREAM_END else {
      throw DecodingFailure.corrupt("libbz2 error \(status)")
    }
    let counts = (input.count - Int(state.pointee.avail_in), Int(room - state.pointee.avail_out))
    if status == BZ_STREAM_END {
      BZ2_bzDecompressEnd(state)
      isInsideUnit = false
    }
    return counts
  }
}
