import CISAL

/// Decodes gzip (RFC 1952), one member or several in a row; checks each member's CRC.
final class GzipStream: ByteStream {
  private let input: CompressedInput
  private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
  private var isInsideMember = false

  init(_ stream: any ByteStream, path: String) {
    input = CompressedInput(stream, path: path)
    isal_inflate_init(state)
  }

  deinit { state.deallocate() }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let hasInput = try input.refill()
      guard hasInput || isInsideMember else { return 0 }
      if !isInsideMember { beginMember() }
      let bytes = input.buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      let room = UInt32(min(buffer.count, 1 << 30))
      state.pointee.next_in = bytes.map { $0 + input.used }
      state.pointee.avail_in = UInt32(input.count - input.used)
      state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_out = room
      let status = isal_inflate(state)
      guard status == ISAL_DECOMP_OK || status == ISAL_END_INPUT else {
        throw InputError(
          input.path, "gzip data is corrupt (ISA-L error \(status)); fetch the file again")
      }
      input.used = input.count - Int(state.pointee.avail_in)
      if state.pointee.block_state == ISAL_BLOCK_FINISH { isInsideMember = false }
      let produced = Int(room - state.pointee.avail_out)
      if produced > 0 { return produced }
      guard hasInput || !isInsideMember else {
        throw InputError(
          input.path, "gzip data ends in the middle of a member: truncated; fetch the file again")
      }
    }
  }

  private func beginMember() {
    isal_inflate_reset(state)
    state.pointee.crc_flag = UInt32(ISAL_GZIP)
    isInsideMember = true
  }
}
