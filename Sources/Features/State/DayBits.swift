import Events

/// Ninety days as bits: bit i stands for the day i + 1 days before the state's.
package struct DayBits: Hashable, Sendable {
  package static let dayCount = LookBack.seenDays
  package var low: UInt64
  package var high: UInt64

  package init(low: UInt64 = 0, high: UInt64 = 0) {
    self.low = low
    self.high = high
  }

  package static let yesterday = DayBits(low: 1)

  package var isEmpty: Bool { low | high == 0 }
  package var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }

  /// Days from the first day it was seen to the state's day, at least 1; nil where it was not seen.
  package var age: Int? {
    if high != 0 { return 128 - high.leadingZeroBitCount }
    return low == 0 ? nil : 64 - low.leadingZeroBitCount
  }

  /// The same days, seen from `days` days later; what is more than 90 days back is forgotten.
  package func shifted(by days: Int) -> DayBits {
    var (low, high) = (low, high)
    for _ in 0..<min(max(days, 0), DayBits.dayCount) {
      high = high << 1 | low >> 63
      low <<= 1
    }
    return DayBits(low: low, high: high & (1 << 26 - 1))
  }

  /// Whether it was seen within the last `days` days, at most 64.
  package func isSeen(within days: Int) -> Bool { low << UInt64(64 - days) != 0 }

  package mutating func formUnion(_ other: DayBits) {
    low |= other.low
    high |= other.high
  }
}
