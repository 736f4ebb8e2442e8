/// Bytes of an nfcapd file, whose numbers are little-endian. Every access is checked, in release
/// builds too.
struct RecordBytes {
  let start: UnsafeRawPointer
  let count: Int

  init(start: UnsafeRawPointer, count: Int) {
    precondition(count >= 0)
    self.start = start
    self.count = count
  }

  /// Part of the bytes; keeps no hold on the memory.
  @inline(__always) func part(_ range: Range<Int>) -> RecordBytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return RecordBytes(start: start + range.lowerBound, count: range.count)
  }

  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  @inline(__always) func uint8(_ offset: Int) -> UInt64 { UInt64(load(offset, as: UInt8.self)) }
  @inline(__always) func uint16(_ offset: Int) -> UInt64 { UInt64(load(offset, as: UInt16.self)) }
  @inline(__always) func uint32(_ offset: Int) -> UInt64 { UInt64(load(offset, as: UInt32.self)) }
  @inline(__always) func uint64(_ offset: Int) -> UInt64 { load(offset, as: UInt64.self) }

  @inline(__always) private func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, as type: Number.Type
  ) -> Number {
    precondition(offset >= 0 && offset &+ MemoryLayout<Number>.size <= count)
    return Number(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: type))
  }
}
