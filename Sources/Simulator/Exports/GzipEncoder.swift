import CISAL

/// Encodes one gzip member (RFC 1952), without a time or a name.
final class GzipEncoder {
  private let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
  private let memory: UnsafeMutableBufferPointer<UInt8>
  private var room = [UInt8](repeating: 0, count: 1 << 18)

  init() {
    // More than ISAL_DEF_LVL1_LARGE, a macro that isn't imported: tables and 64 Ki tokens.
    memory = .allocate(capacity: 1 << 19)
    isal_deflate_init(stream)
    stream.pointee.level = 1
    stream.pointee.level_buf = memory.baseAddress
    stream.pointee.level_buf_size = UInt32(memory.count)
    stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
    stream.pointee.flush = UInt16(NO_FLUSH)
  }

  deinit {
    stream.deallocate()
    memory.deallocate()
  }

  /// Encodes bytes and hands on what is ready; with `isLast` all that remains.
  func encode(
    _ bytes: [UInt8], isLast: Bool, _ body: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    stream.pointee.end_of_stream = isLast ? 1 : 0
    var used = 0
    repeat {
      let (status, produced) = step(bytes, from: used)
      guard status == COMP_OK else { throw EncodingError(status: status) }
      used = bytes.count - Int(stream.pointee.avail_in)
      if produced > 0 { try body(room[..<produced]) }
    } while used < bytes.count || stream.pointee.avail_out == 0
  }

  private func step(_ bytes: [UInt8], from used: Int) -> (status: Int32, produced: Int) {
    bytes.withUnsafeBufferPointer { input in
      room.withUnsafeMutableBufferPointer { output in
        // ISA-L's input pointer is not const, but it only reads.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + used })
        stream.pointee.avail_in = UInt32(input.count - used)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let status = isal_deflate(stream)
        return (status, output.count - Int(stream.pointee.avail_out))
      }
    }
  }
}

struct EncodingError: Error, CustomStringConvertible {
  let status: Int32
  var description: String { "gzip encoding failed (ISA-L error \(status))" }
}
