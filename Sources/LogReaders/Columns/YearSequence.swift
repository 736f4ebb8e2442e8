/// The years of a file's times without one, told by the months of all its records in the order of
/// the file, whatever becomes of them.
///
/// A January that follows a November begins a year. A December after a January is of the year
/// before: lines may be out of order. But a September after a January is of the same year, unless
/// a year has begun in the file: then it may be a joined, older part of it.
final class YearSequence {
  private let first: Int?
  /// By row at hand: the month of its time, 0 where none was found.
  private var months: [UInt8] = []
  /// By row at hand: what is known of it.
  private var marks: [NearYear] = []
  private var last: NearYear
  /// The time before the last one, where that lies more than half a year after it.
  private var beforeJump: NearYear?
  private var hasBegun = false
  /// The year of the first time: it is not stepped back from, but for a December.
  private var lowest: Int

  /// - Parameters:
  ///   - first: the year of the first time; nil where the site states none.
  ///   - month: a month of that year which the first time is near to, where one is known: then the
  ///     first time may be of a neighbouring year.
  init(first: Int?, near month: Int? = nil) {
    self.first = first
    lowest = first ?? 0
    last = NearYear(year: first ?? 0, month: month ?? 0, isKnown: first != nil)
  }

  /// Begins with the next records of the file.
  func begin(rowCount: Int) {
    months.removeAll(keepingCapacity: true)
    months.append(contentsOf: repeatElement(0, count: rowCount))
  }

  func hasMonth(_ row: Int) -> Bool { months[row] > 0 }
  func note(month: Int, ofRow row: Int) { months[row] = UInt8(truncatingIfNeeded: month) }

  /// Finds the years of the records whose months were noted.
  func settle() {
    marks.removeAll(keepingCapacity: true)
    for month in months {
      if month > 0 { step(to: Int(month)) }
      marks.append(last)
    }
  }

  private func step(to month: Int) {
    // A stray line from months ahead, in a stream that goes on where it was, moves nothing.
    if let beforeJump, abs(month - beforeJump.month) <= 1 { last = beforeJump }
    beforeJump = nil
    let difference = last.month > 0 ? month - last.month : 0
    if difference < -6 {
      last.year += 1
    } else if difference > 6, !hasBegun || last.year > lowest || difference == 11 {
      last.year -= 1
    } else if difference > 6 {
      beforeJump = last
    }
    last.month = month
    if !hasBegun { lowest = last.year }
    hasBegun = true
  }

  /// What is known of a record's time; of none, where the months of none were noted.
  func near(row: Int) -> NearYear { row < marks.count ? marks[row] : last }
}

/// A month of a year: the times of a record are less than half a year from it.
struct NearYear {
  fileprivate(set) var year: Int
  /// 0 before the first time.
  fileprivate(set) var month: Int
  /// Whether the site states a year.
  let isKnown: Bool
  /// Whether a time without a year came.
  private(set) var wasAsked = false

  fileprivate init(year: Int, month: Int, isKnown: Bool) {
    (self.year, self.month, self.isKnown) = (year, month, isKnown)
  }

  /// Nil where the site states no year.
  mutating func year(ofMonth month: Int) -> Int? {
    wasAsked = true
    guard isKnown else { return nil }
    let difference = self.month > 0 ? month - self.month : 0
    return year + (difference < -6 ? 1 : difference > 6 ? -1 : 0)
  }
}
