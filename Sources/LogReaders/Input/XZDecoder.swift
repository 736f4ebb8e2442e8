import CLZMA

/// xz; checks what each stream holds to check it by.
final class XZDecoder: Decoder {
  static let name = "xz"
  static let unit = "stream"
  private(set) var isInsideUnit = true
  private let state = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)

  /// Memory that a decoder may take; `xz -9` needs 65 MiB.
  private static let memoryLimit: UInt64 = 128 << 20
  /// `LZMA_CONCATENATED`, which Swift does not import.
  private static let takesSeveral: UInt32 = 0x08

  init() throws {
    state.initialize(to: lzma_stream())
    guard lzma_stream_decoder(state, XZDecoder.memoryLimit, XZDecoder.takesSeveral) == LZMA_OK
    else { throw DecodingFailure(problem: "data can't be decoded: no memory for a decoder") }
  }

  deinit {
    lzma_end(state)
    state.deallocate()
  }

  func decode(
    _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws -> (usedCount: Int, producedCount: Int) {
    let bytes = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.next_in = bytes.map { UnsafePointer($0) }
    state.pointee.avail_in = input.count
    state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_out = output.count
    // A decoder of several streams tells of their end only where it is told of it.
    let status = lzma_code(state, input.isEmpty ? LZMA_FINISH : LZMA_RUN)
    switch status {
    case LZMA_OK: break
    case LZMA_STREAM_END: isInsideUnit = false
    case LZMA_BUF_ERROR where input.isEmpty: break
    default: throw DecodingFailure.corrupt("liblzma error \(status.rawValue)")
    }
    return (input.count - state.pointee.avail_in, output.count - state.pointee.avail_out)
  }
}
