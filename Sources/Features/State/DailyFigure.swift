/// A daily figure over the days on which its subject was seen.
package struct DailyFigure: Sendable, Equatable {
  package private(set) var days: Int
  package private(set) var total: Int64
  package private(set) var squares: Double

  package init(days: Int = 0, total: Int64 = 0, squares: Double = 0) {
    self.days = days
    self.total = total
    self.squares = squares
  }

  package var mean: Double { days == 0 ? 0 : Double(total) / Double(days) }
  package var variance: Double {
    days == 0 ? 0 : max(0, squares / Double(days) - mean * mean)
  }

  mutating func add(_ value: Int64) {
    let value = min(value, 1 << 30)
    days += 1
    total += value
    squares += Double(value) * Double(value)
  }
}
