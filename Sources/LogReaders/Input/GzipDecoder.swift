import CISAL

/// gzip (RFC 1952); checks each member's CRC.
final class GzipDecoder: Decoder {
  static let name = "gzip"
  static let unit = "member"
  private(set) var isInsideUnit = false
  private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)

  init() { isal_inflate_init(state) }

  deinit { state.deallocate() }

  func decode(
    _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws -> (usedCount: Int, producedCount: Int) {
    if !isInsideUnit {
      isal_inflate_reset(state)
      state.pointee.crc_flag = UInt32(ISAL_GZIP)
      isInsideUnit = true
    }
    let room = UInt32(min(output.count, 1 << 30))
    state.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_in = UInt32(input.count)
    state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_out = room
    let status = isal_inflate(state)
    guard status == ISAL_DECOMP_OK || status == ISAL_END_INPUT else {
      throw DecodingFailure.corrupt("ISA-L error \(status)")
    }
    if state.pointee.block_state == ISAL_BLOCK_FINISH { isInsideUnit = false }
    return (input.count - Int(state.pointee.avail_in), Int(room - state.pointee.avail_out))
  }
}
