/// A part of all five-tuples, by the upper bits of their hashes, and where work on it goes on.
///
/// Records of one conversation have the same hash, so shares can be worked on one after another.
struct Share {
  /// The number of upper bits that tell shares apart, and their value.
  private(set) var bitCount: UInt64 = 0
  private var bits: UInt64 = 0
  private(set) var firstSlice = 0
  /// Conversations that were open before `firstSlice`.
  private(set) var open: ScratchFile.Extent?

  /// Everything, from the beginning.
  init() {}

  @inline(__always) func contains(_ hash: UInt64) -> Bool {
    bitCount == 0 || hash >> (64 - bitCount) == bits
  }

  /// Keeps the lower half and returns the upper one; nil when it can't be halved any more.
  mutating func split() -> Share? {
    guard bitCount < 32 else { return nil }
    var upper = self
    bitCount += 1
    bits <<= 1
    upper.bitCount = bitCount
    upper.bits = bits | 1
    return upper
  }

  func waiting(from slice: Int, _ open: ScratchFile.Extent) -> Share {
    var share = self
    share.firstSlice = slice
    share.open = open
    return share
  }
}
