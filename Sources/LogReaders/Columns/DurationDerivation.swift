import Columnar

/// Fills `duration_us` from `event_end` where a format states only that; an end before the start is
/// refused.
final class DurationDerivation: ColumnConverter {
  private let times: ColumnStorage<Instant>
  var ends: ColumnStorage<Instant>?
  private let column: Int
  private let storage = ColumnStorage<Int64>(zero: 0)
  var isText: Bool { false }

  init(times: ColumnStorage<Instant>, column: Int) {
    self.times = times
    self.column = column
  }

  func bind(_: ColumnBinding, _: FieldTable) {}
  func convert(_: RowBlock, kept _: [Int]?) {}

  /// Runs once times and ends of a block are there.
  func derive(_ block: RowBlock) {
    let start = storage.count
    for index in 0..<block.count {
      guard let time = times[start + index], let end = ends?[start + index] else {
        storage.appendNull()
        continue
      }
      storage.append(end.microseconds - time.microseconds)
      if end < time { block.reject(index, RejectReason(.beforeStart, column: column)) }
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}

/// Fills `event_end` from times that say when an event ended, and makes `event_time` its start.
final class StartDerivation: ColumnConverter {
  private let times: ColumnStorage<Instant>
  var durations: ColumnStorage<Int64>?
  private let storage = ColumnStorage<Instant>(zero: Instant(microseconds: 0))
  var isText: Bool { false }

  init(times: ColumnStorage<Instant>) { self.times = times }

  func bind(_: ColumnBinding, _: FieldTable) {}
  func convert(_: RowBlock, kept _: [Int]?) {}

  /// Runs once times and durations of a block are there.
  func derive(_ block: RowBlock) {
    for row in storage.count..<storage.count + block.count {
      guard let end = times[row], let duration = durations?[row] else {
        storage.appendNull()
        continue
      }
      storage.append(end)
      times.set(row, Instant(microseconds: end.microseconds - duration))
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}
