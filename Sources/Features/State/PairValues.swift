import Columnar
import Events

extension PairRow {
  /// The values of a pair whose own are not stored because it has too few conversations: exact for
  /// one or two, evenly spread for more.
  package func estimatedValues(dayStart: Instant) -> [ValueCount] {
    let last = conversations - 1
    var values: [ValueCount] = []
    if last > 0 {
      let span =
        lastTime.microseconds.flooredQuotient(by: 1_000_000)
        - firstTime.microseconds.flooredQuotient(by: 1_000_000)
      if span / last > 0 {
        values.append(ValueCount(.gapSeconds, span / last, count: UInt32(clamping: last)))
      }
    }
    if bytesSent > 0 {
      values.append(
        ValueCount(.bytesSent, bytesSent / conversations, count: UInt32(clamping: conversations)))
    }
    func hour(_ time: Instant) -> Int64 {
      (time.microseconds - dayStart.microseconds).flooredQuotient(by: 3_600_000_000)
    }
    values.append(ValueCount(.hourOfDay, hour(firstTime), count: 1))
    if last > 0 {
      values.append(ValueCount(.hourOfDay, hour(lastTime), count: UInt32(clamping: last)))
    }
    return ValueCount.merged(values)
  }
}

extension ValueCount {
  package init(_ measure: PairValue.Measure, _ value: Int64, count: UInt32) {
    self.init(measure: measure.rawValue, value: value, count: count)
  }

  /// Sorted by measure and value, each once.
  package static func merged(_ counts: [ValueCount]) -> [ValueCount] {
    var result = counts
    merge(&result)
    return result
  }

  /// The same in place.
  static func merge(_ counts: inout [ValueCount]) {
    guard counts.count > 1 else { return }
    counts.sort { $0.measure == $1.measure ? $0.value < $1.value : $0.measure < $1.measure }
    var last = 0
    for index in 1..<counts.count {
      if counts[index].measure == counts[last].measure && counts[index].value == counts[last].value
      {
        counts[last].count += counts[index].count
      } else {
        last += 1
        counts[last] = counts[index]
      }
    }
    counts.removeSubrange((last + 1)...)
  }
}

extension [ValueCount] {
  /// The most conversations that the history of a pair has on one day.
  package var busiestDay: Double {
    var days: [Int64: Int64] = [:]
    for value in self where value.measure == PairHistoryValue.slot {
      days[value.value / 4, default: 0] += Int64(value.count)
    }
    return Double(days.values.max() ?? 0)
  }
}
