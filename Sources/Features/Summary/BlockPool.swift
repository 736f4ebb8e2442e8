/// Memory in blocks of 2ⁿ or 3·2ⁿ bytes, taken from slabs and reused when freed.
///
/// Thousands of small sets that grow at their own pace live here; `bytesInUse` is what bounds them.
struct BlockPool: ~Copyable {
  private static let slabByteCount = 1 << 20
  /// The largest block that may be asked for.
  static let largestBlock = slabByteCount / 2

  private var slabs: [UnsafeMutableRawPointer] = []
  private var currentSlab = 0
  private var offset = 0
  /// The free blocks of each size, linked through their first bytes.
  private let freed: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private static let sizeCount = 40
  /// Bytes of all blocks that are not free, rounded up to their sizes.
  private(set) var bytesInUse = 0

  init() {
    freed = .allocate(capacity: BlockPool.sizeCount)
    freed.initialize(repeating: nil, count: BlockPool.sizeCount)
  }

  deinit {
    for slab in slabs { Pages.deallocate(slab, BlockPool.slabByteCount) }
    freed.deallocate()
  }

  /// The least block size that holds `byteCount` bytes, and its place in `freed`.
  private static func sizeClass(_ byteCount: Int) -> (index: Int, byteCount: Int) {
    precondition(byteCount <= largestBlock)
    let log2 = Int.bitWidth - (max(byteCount, 16) - 1).leadingZeroBitCount
    let power = 1 << log2
    let smaller = power / 4 * 3
    return byteCount <= smaller && log2 > 4 ? (2 * log2 - 1, smaller) : (2 * log2, power)
  }

  /// An 8-byte aligned block of at least `byteCount` bytes, not initialised.
  mutating func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let (index, size) = BlockPool.sizeClass(byteCount)
    bytesInUse += size
    if let block = freed[index] {
      freed[index] = block.load(as: UnsafeMutableRawPointer?.self)
      return block
    }
    if currentSlab < slabs.count, offset + size > BlockPool.slabByteCount {
      currentSlab += 1
      offset = 0
    }
    if currentSlab == slabs.count {
      slabs.append(Pages.allocate(BlockPool.slabByteCount))
    }
    defer { offset += size }
    return slabs[currentSlab] + offset
  }

  /// Takes back a block that was asked for with the same `byteCount`.
  mutating func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    let (index, size) = BlockPool.sizeClass(byteCount)
    bytesInUse -= size
    block.storeBytes(of: freed[index], as: UnsafeMutableRawPointer?.self)
    freed[index] = block
  }

  /// Frees all blocks at once; the slabs are kept.
  mutating func reset() {
    currentSlab = 0
    offset = 0
    freed.update(repeating: nil, count: BlockPool.sizeCount)
    bytesInUse = 0
  }
}
