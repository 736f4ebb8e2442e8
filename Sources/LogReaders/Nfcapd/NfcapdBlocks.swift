import CLZ4
import CZstd

/// The blocks of an nfcapd file in order, unpacked; the bytes of one at a time are in memory.
final class NfcapdBlocks {
  /// nfdump's own limit for a block, packed or not.
  static let largestByteCount = 5 << 20
  static let headerSize = 12

  enum Next {
    case block(Block)
    /// A block that can't be read; the file goes on behind it.
    case damaged(Damage)
    /// The last of the file: what follows can't be told apart.
    case broken(Damage)
    case end
  }

  struct Block {
    let statedRecords: Int
    let type: UInt64
    /// Valid until the next block is asked for.
    let bytes: RecordBytes
    /// Where the block's header lies in the file.
    let fileOffset: Int64
    /// Whether the file ends inside the block.
    let isCut: Bool
  }

  struct Damage {
    let reason: RejectReason.Kind
    let fileOffset: Int64
    /// The first bytes of what can't be read.
    let bytes: RecordBytes
  }

  private let stream: any ByteStream
  private let compression: NfcapdHeader.Compression
  private var position: Int64
  private let header = NfcapdBlocks.allocate(headerSize)
  /// Grows to the largest block that comes.
  private var stored = NfcapdBlocks.allocate(256 << 10)
  private let unpacked: UnsafeMutableRawBufferPointer
  private let zstd: OpaquePointer?

  /// - Parameter stream: stands behind the file's head.
  init(_ stream: any ByteStream, _ head: NfcapdHeader, path: String) throws {
    self.stream = stream
    compression = head.compression
    position = Int64(head.byteCount)
    unpacked = NfcapdBlocks.allocate(compression == .none ? 1 : NfcapdBlocks.largestByteCount)
    zstd = compression == .zstd ? ZSTD_createDCtx() : nil
    if compression == .zstd && zstd == nil {
      throw InputError(path, "no memory for a zstd decoder")
    }
  }

  deinit {
    header.deallocate()
    stored.deallocate()
    unpacked.deallocate()
    ZSTD_freeDCtx(zstd)
  }

  private static func allocate(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    .allocate(byteCount: byteCount, alignment: 64)
  }

  func next() throws -> Next {
    let start = position
    let headerCount = try fill(header, NfcapdBlocks.headerSize)
    let head = bytes(header, headerCount)
    if headerCount == 0 { return .end }
    guard headerCount == NfcapdBlocks.headerSize else {
      return .broken(Damage(reason: .cutBlock, fileOffset: start, bytes: head))
    }
    let size = Int(head.uint32(4))
    guard size <= NfcapdBlocks.largestByteCount else {
      try skipRest()
      return .broken(Damage(reason: .hugeBlock, fileOffset: start, bytes: head))
    }
    if size > stored.count {
      stored.deallocate()
      stored = NfcapdBlocks.allocate(size)
    }
    let count = try fill(stored, size)
    guard count == size || !isPacked else {
      return .broken(Damage(reason: .cutBlock, fileOffset: start, bytes: head))
    }
    guard let content = unpack(count) else {
      return .damaged(Damage(reason: .packedBlock, fileOffset: start, bytes: head))
    }
    return .block(
      Block(
        statedRecords: Int(head.uint32(0)), type: head.uint16(8), bytes: content,
        fileOffset: start, isCut: count < size))
  }

  /// Whether offsets within a block's bytes are offsets in the file.
  var isPacked: Bool { compression != .none }

  private func unpack(_ size: Int) -> RecordBytes? {
    let source = stored.baseAddress
    let target = unpacked.baseAddress
    switch compression {
    case .none: return bytes(stored, size)
    case .lz4:
      let count = LZ4_decompress_safe(
        source?.assumingMemoryBound(to: CChar.self), target?.assumingMemoryBound(to: CChar.self),
        Int32(size), Int32(unpacked.count))
      return count < 0 ? nil : bytes(unpacked, Int(count))
    case .zstd:
      let count = ZSTD_decompressDCtx(zstd, target, unpacked.count, source, size)
      return ZSTD_isError(count) != 0 ? nil : bytes(unpacked, count)
    case .lzo, .bz2: return nil
    }
  }

  private func bytes(_ buffer: UnsafeMutableRawBufferPointer, _ count: Int) -> RecordBytes {
    guard let start = buffer.baseAddress, count <= buffer.count else {
      preconditionFailure("no such bytes")
    }
    return RecordBytes(start: start, count: count)
  }

  /// Reads `count` bytes, fewer only at the end of the file.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer, _ count: Int) throws -> Int {
    var filled = 0
    while filled < count {
      let got = try stream.read(into: .init(rebasing: buffer[filled..<count]))
      if got == 0 { break }
      filled += got
    }
    position += Int64(filled)
    return filled
  }

  /// Reads to the end of the file, which others may look at too.
  private func skipRest() throws {
    while try fill(stored, stored.count) > 0 {}
  }
}
