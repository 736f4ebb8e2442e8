/// Counts distinct elements: exactly up to 200, from then on by HyperLogLog.
///
/// Elements are 64 well-mixed bits, one for one with what is counted. The set lies in a `BlockPool`
/// as an open-addressing table that doubles from 4 slots to 512, then as 2,048 registers.
struct DistinctCounter: BitwiseCopyable {
  static let exactLimit = 200

  private var block: UnsafeMutableRawPointer?
  private var count: UInt16 = 0
  /// 0 where there is no table yet; 255 for registers.
  private var capacityLog2: UInt8 = 0

  private static let registers: UInt8 = 255
  /// Stands for the element 0, since 0 marks a free slot.
  private static let zero: UInt64 = 0x5851_F42D_4C95_7F2D

  /// Takes in an element; false where it is known to have been there.
  @inline(__always)
  @discardableResult mutating func insert(_ element: UInt64, in pool: inout BlockPool) -> Bool {
    let element = element == 0 ? DistinctCounter.zero : element
    guard let block, capacityLog2 != DistinctCounter.registers else {
      return insertSlowly(element, in: &pool)
    }
    let mask = 1 << Int(capacityLog2) - 1
    let slots = block.assumingMemoryBound(to: UInt64.self)
    var position = Int(truncatingIfNeeded: element) & mask
    while slots[position] != 0 {
      if slots[position] == element { return false }
      position = (position + 1) & mask
    }
    if Int(count) < DistinctCounter.exactLimit && 4 * Int(count) < 3 * mask {
      slots[position] = element
      count += 1
      return true
    }
    return insertSlowly(element, in: &pool)
  }

  /// The number of distinct elements, exact up to 200, else estimated.
  var value: Int64 {
    guard isEstimate, let block else { return Int64(count) }
    let estimate = HyperLogLog.estimate(block).rounded()
    return max(Int64(DistinctCounter.exactLimit) + 1, Int64(min(estimate, 1e18)))
  }

  /// Whether there are more distinct elements than are counted exactly.
  var isEstimate: Bool { capacityLog2 == DistinctCounter.registers }

  func release(to pool: inout BlockPool) {
    guard let block else { return }
    pool.free(block, byteCount: byteCount)
  }

  private var byteCount: Int {
    capacityLog2 == DistinctCounter.registers ? HyperLogLog.registerCount : 8 << Int(capacityLog2)
  }

  /// An element where there are registers, or no room for it.
  @inline(never)
  private mutating func insertSlowly(_ element: UInt64, in pool: inout BlockPool) -> Bool {
    if capacityLog2 == DistinctCounter.registers, let block {
      HyperLogLog.insert(element, into: block)
      return true
    }
    if count < DistinctCounter.exactLimit {
      grow(to: block == nil ? 2 : capacityLog2 + 1, in: &pool)
    } else {
      changeToRegisters(in: &pool)
    }
    return insert(element, in: &pool)
  }

  private mutating func grow(to newLog2: UInt8, in pool: inout BlockPool) {
    var grown = DistinctCounter()
    let memory = pool.allocate(8 << Int(newLog2))
    memory.initializeMemory(as: UInt64.self, repeating: 0, count: 1 << Int(newLog2))
    grown.block = memory
    grown.capacityLog2 = newLog2
    forEach { grown.insert($0, in: &pool) }
    release(to: &pool)
    self = grown
  }

  private mutating func changeToRegisters(in pool: inout BlockPool) {
    let memory = pool.allocate(HyperLogLog.registerCount)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: HyperLogLog.registerCount)
    forEach { HyperLogLog.insert($0, into: memory) }
    release(to: &pool)
    block = memory
    capacityLog2 = DistinctCounter.registers
  }

  /// The elements of the table, in no particular order.
  private func forEach(_ body: (UInt64) -> Void) {
    guard let block else { return }
    let slots = block.assumingMemoryBound(to: UInt64.self)
    for position in 0..<(1 << Int(capacityLog2)) where slots[position] != 0 {
      body(slots[position])
    }
  }
}
