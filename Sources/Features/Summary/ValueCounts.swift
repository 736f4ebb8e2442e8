import Events

/// How often each gap, size and hour was seen on one pair.
///
/// A measure with more than 512 distinct values is rounded: values keep their 6 most significant
/// bits. Rounding is a function of the value alone, so counts of several days may still be added.
struct ValueCounts: BitwiseCopyable {
  static let distinctLimit = 512
  static let significantBits = 6
  /// Values from here on are taken for this one.
  private static let largestValue = Int64(1) << 62 - 1
  private static let free = UInt64.max

  /// `capacity` keys (value · 4 + measure), then as many counts.
  private var block: UnsafeMutableRawPointer?
  private var count: UInt16 = 0
  private var capacityLog2: UInt8 = 0
  /// Bit m: measure m is rounded.
  private var rounded: UInt8 = 0
  /// Distinct values of the gaps and of the sizes, while they are exact.
  private var distinct: (UInt16, UInt16) = (0, 0)

  /// A value, or where it is large the least value with the same 6 most significant bits.
  @inline(__always) static func round(_ value: Int64) -> Int64 {
    let bits = Int64.bitWidth - value.leadingZeroBitCount
    let shift = max(0, bits - significantBits)
    return (value >> Int64(shift)) << Int64(shift)
  }

  /// - Parameter value: not negative.
  @inline(__always)
  mutating func add(
    _ value: Int64, to measure: PairValue.Measure, times: UInt32 = 1, in pool: inout BlockPool
  ) {
    var value = min(value, ValueCounts.largestValue)
    if rounded >> measure.rawValue & 1 == 1 { value = ValueCounts.round(value) }
    add(key: UInt64(value) << 2 | UInt64(measure.rawValue), times: times, in: &pool)
  }

  private mutating func add(key: UInt64, times: UInt32, in pool: inout BlockPool) {
    if block == nil || 4 * (Int(count) + 1) > 3 << Int(capacityLog2) { grow(in: &pool) }
    guard let block else { return }
    let capacity = 1 << Int(capacityLog2)
    let keys = block.assumingMemoryBound(to: UInt64.self)
    let counts = (block + 8 * capacity).assumingMemoryBound(to: UInt32.self)
    var position = Int(truncatingIfNeeded: mix(key)) & (capacity - 1)
    while keys[position] != key {
      if keys[position] == ValueCounts.free {
        keys[position] = key
        counts[position] = times
        count += 1
        noteDistinct(measure: UInt8(truncatingIfNeeded: key & 3))
        return
      }
      position = (position + 1) & (capacity - 1)
    }
    counts[position] += times
  }

  private mutating func noteDistinct(measure: UInt8) {
    switch measure {
    case PairValue.Measure.gapSeconds.rawValue: distinct.0 += 1
    case PairValue.Measure.bytesSent.rawValue: distinct.1 += 1
    default: return
    }
    let limit = UInt16(ValueCounts.distinctLimit)
    if distinct.0 > limit { rounded |= 1 << PairValue.Measure.gapSeconds.rawValue }
    if distinct.1 > limit { rounded |= 1 << PairValue.Measure.bytesSent.rawValue }
  }

  private mutating func grow(in pool: inout BlockPool) {
    let old = self
    capacityLog2 = old.block == nil ? 2 : old.capacityLog2 + 1
    let capacity = 1 << Int(capacityLog2)
    let memory = pool.allocate(12 * capacity)
    memory.initializeMemory(as: UInt64.self, repeating: ValueCounts.free, count: capacity)
    block = memory
    (count, distinct) = (0, (0, 0))
    old.forEach { add(key: $0, times: $1, in: &pool) }
    old.release(to: &pool)
  }

  private func forEach(_ body: (_ key: UInt64, _ count: UInt32) -> Void) {
    guard let block else { return }
    let capacity = 1 << Int(capacityLog2)
    let keys = block.assumingMemoryBound(to: UInt64.self)
    let counts = (block + 8 * capacity).assumingMemoryBound(to: UInt32.self)
    for position in 0..<capacity where keys[position] != ValueCounts.free {
      body(keys[position], counts[position])
    }
  }

  func release(to pool: inout BlockPool) {
    guard let block else { return }
    pool.free(block, byteCount: 12 << Int(capacityLog2))
  }

  /// One value of one measure.
  struct Item {
    let measure: UInt8
    let value: Int64
    var count: UInt32
  }

  /// All values by measure and value; `items` is overwritten.
  func collect(into items: inout [Item]) {
    items.removeAll(keepingCapacity: true)
    forEach { key, count in
      let measure = UInt8(truncatingIfNeeded: key & 3)
      let value = Int64(key >> 2)
      let isRounded = rounded >> measure & 1 == 1
      items.append(
        Item(measure: measure, value: isRounded ? ValueCounts.round(value) : value, count: count))
    }
    items.sort { ($0.measure, $0.value) < ($1.measure, $1.value) }
    var last = 0
    for index in items.indices.dropFirst() {
      if items[index].measure == items[last].measure && items[index].value == items[last].value {
        items[last].count += items[index].count
      } else {
        last += 1
        items[last] = items[index]
      }
    }
    items.removeSubrange(min(last + 1, items.count)...)
  }
}
