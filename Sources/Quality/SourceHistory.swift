import Events
import Features

/// The days that a day of a source is compared with.
struct LikeDays {
  let days: [DataDay]
  /// "Tuesdays", "workdays" or "days off".
  let name: String
}

/// The earlier days of one source and class.
struct SourceHistory {
  /// Days that are looked back to from the last one with rows.
  private static let dayCount = 28
  /// As many of the same weekday are enough.
  private static let enoughWeekdays = 4

  let key: SourceClass
  /// From the first of the last 28 days to the last day with rows, ascending. A source that has
  /// stopped is compared with what it was while it spoke.
  let days: [DataDay]
  private let leastDays: Int

  /// - Parameter earlier: ascending.
  init(_ key: SourceClass, earlier: [DataDay], leastDays: Int) {
    self.key = key
    self.leastDays = leastDays
    let spoken = earlier.filter { ($0.sources[key]?.rows ?? 0) > 0 }
    guard let first = spoken.first?.day, let last = spoken.last?.day else {
      days = []
      return
    }
    let start = max(first, last.advanced(by: 1 - SourceHistory.dayCount))
    days = earlier.filter { $0.day >= start && $0.day <= last }
  }

  /// The last day with rows; nil for a new source.
  var last: DataDay? { days.last }

  /// The days of the same weekday where there are enough, and those of the same type; only those
  /// that are enough to say anything.
  func candidates(for day: DataDay) -> [LikeDays] {
    let type = days.filter { $0.isWorkday == day.isWorkday }
    let weekday = type.filter { $0.day.weekday == day.day.weekday }
    var found: [LikeDays] = []
    if weekday.count >= SourceHistory.enoughWeekdays {
      found.append(LikeDays(days: weekday, name: Weekday.plural(day.day.weekday)))
    }
    if type.count >= leastDays {
      found.append(LikeDays(days: type, name: day.isWorkday ? "workdays" : "days off"))
    }
    return found
  }

  func like(_ day: DataDay) -> LikeDays? { candidates(for: day).first }

  func rows(_ day: DataDay) -> Int64 { day.sources[key]?.rows ?? 0 }

  /// Rows in some clock hours.
  func rows(_ day: DataDay, in clockHours: Set<Int>) -> Int64 {
    guard let source = day.sources[key] else { return 0 }
    return zip(day.clockHours, source.hours).reduce(0) {
      $0 + (clockHours.contains($1.0) ? $1.1 : 0)
    }
  }

  /// The median of the like days' rows; 0 without any.
  func usualRows(_ like: LikeDays) -> Double {
    var counts = like.days.map { Double(rows($0)) }
    return counts.isEmpty ? 0 : Center(of: &counts).median
  }
}

private enum Weekday {
  private static let names = [
    "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays",
  ]
  static func plural(_ weekday: Int) -> String { names[weekday] }
}
