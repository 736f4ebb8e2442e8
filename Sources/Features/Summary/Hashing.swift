/// A bijective mix of 64 bits, in which every bit of the result depends on every bit of the input:
/// the finalizer of MurmurHash3 (Appleby 2011).
@inline(__always) func mix(_ value: UInt64) -> UInt64 {
  var h = value
  h = (h ^ h >> 33) &* 0xFF51_AFD7_ED55_8CCD
  h = (h ^ h >> 33) &* 0xC4CE_B9FE_1A85_EC53
  return h ^ h >> 33
}

/// A hash of bytes, the same in every process.
func stableHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var h = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
  var index = 0
  while index + 8 <= bytes.count {
    h = mix(h ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    index += 8
  }
  var tail: UInt64 = 0
  while index < bytes.count {
    tail = tail << 8 | UInt64(bytes[index])
    index += 1
  }
  return mix(h ^ tail)
}
