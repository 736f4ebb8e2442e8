/// Orders rows by time: numbers `time << 24 | index`, sorted by their upper 40 bits.
struct TimeOrder {
  static let indexBits: UInt64 = 24
  static let rowLimit = 1 << 24
  /// Room that sorts take turns to use.
  private var other: [UInt64] = []

  /// Sorts `entries` (each `offset << 24 | index`), keeping the order of equal offsets.
  ///
  /// A radix sort from the least digit; O(n) for each 11 bits of the greatest offset.
  mutating func sort(_ entries: inout [UInt64]) {
    var greatest: UInt64 = 0
    var previous: UInt64 = 0
    var isSorted = true
    for entry in entries {
      let offset = entry >> TimeOrder.indexBits
      if offset < previous { isSorted = false }
      previous = offset
      greatest = max(greatest, offset)
    }
    guard !isSorted else { return }
    if other.count < entries.count {
      other = [UInt64](repeating: 0, count: entries.count)
    } else {
      other.removeLast(other.count - entries.count)
    }
    var shift = TimeOrder.indexBits
    while shift < 64, greatest >> (shift - TimeOrder.indexBits) > 0 {
      TimeOrder.pass(from: entries, to: &other, shift: shift)
      swap(&entries, &other)
      shift += 11
    }
  }

  private static func pass(from entries: [UInt64], to other: inout [UInt64], shift: UInt64) {
    var ends = [Int](repeating: 0, count: 2048)
    for entry in entries { ends[Int(entry >> shift & 2047)] += 1 }
    var sum = 0
    for digit in 0..<2048 {
      let count = ends[digit]
      ends[digit] = sum
      sum += count
    }
    for entry in entries {
      let digit = Int(entry >> shift & 2047)
      other[ends[digit]] = entry
      ends[digit] += 1
    }
  }
}
