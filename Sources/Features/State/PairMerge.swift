import Columnar
import Events

/// One pair's rows on the days before D.
struct PairGroup {
  let key: PairKey
  /// Newest day last; the cursors still stand at these rows.
  let rows: [(day: CivilDate, row: PairRow, cursor: PairCursor)]

  /// The values of all days, by measure and value, with hours of the day as slots, and the gaps
  /// over midnight between days in a row.
  func values(asOf: CivilDate, calendar: CivilCalendar) throws -> [ValueCount] {
    var counts: [ValueCount] = []
    var before: Instant?
    for (day, row, cursor) in rows {
      if let before {
        let gap =
          row.firstTime.microseconds.flooredQuotient(by: 1_000_000)
          - before.microseconds.flooredQuotient(by: 1_000_000)
        if gap > 0 { counts.append(ValueCount(.gapSeconds, gap, count: 1)) }
      }
      before = row.lastTime
      let daysBack = Int64(asOf.dayNumber - 1 - day.dayNumber)
      let stored = try cursor.currentValues()
      for var value in stored.isEmpty
        ? row.estimatedValues(dayStart: calendar.start(of: day)) : stored
      {
        if value.measure == PairValue.Measure.hourOfDay.rawValue {
          value.measure = PairHistoryValue.slot
          value.value = PairGroup.slot(daysBack: daysBack, hour: value.value)
        }
        counts.append(value)
      }
    }
    return ValueCount.merged(counts)
  }

  private static func slot(daysBack: Int64, hour: Int64) -> Int64 {
    4 * daysBack + 3 - min(hour / 6, 3)
  }
}

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
    var result: [ValueCount] = []
    for count in counts.sorted(by: { ($0.measure, $0.value) < ($1.measure, $1.value) }) {
      if let last = result.last, last.measure == count.measure, last.value == count.value {
        result[result.count - 1].count += count.count
      } else {
        result.append(count)
      }
    }
    return result
  }
}

/// Merges the pairs of several days in the order of their keys.
struct PairMerge {
  private struct Head {
    let key: PairKey
    let day: CivilDate
    let cursor: PairCursor

    func precedes(_ other: Head) -> Bool {
      key == other.key ? day < other.day : key < other.key
    }
  }
  /// A binary heap, least first.
  private var heap: [Head] = []

  init(_ summaries: [DayTables]) throws {
    for summary in summaries {
      let cursor = try PairCursor(
        pairs: summary.pairs, values: summary.pairValues, day: summary.day)
      push(cursor, day: summary.day)
    }
  }

  /// The next pair; its rows stay current until `advance`.
  mutating func next() -> PairGroup? {
    guard let key = heap.first?.key else { return nil }
    var rows: [(day: CivilDate, row: PairRow, cursor: PairCursor)] = []
    while let head = heap.first, head.key == key {
      pop()
      if let row = head.cursor.current { rows.append((head.day, row, head.cursor)) }
    }
    return PairGroup(key: key, rows: rows)
  }

  mutating func advance(_ group: PairGroup) throws {
    for (day, _, cursor) in group.rows {
      try cursor.advance()
      push(cursor, day: day)
    }
  }

  private mutating func push(_ cursor: PairCursor, day: CivilDate) {
    guard let key = cursor.current?.key else { return }
    heap.append(Head(key: key, day: day, cursor: cursor))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
