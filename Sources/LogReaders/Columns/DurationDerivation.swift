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

/// Fills `event_end` from times that say when an event ended, and makes `event_time` its start; a
/// start that is too early is refused, as a time would be.
final class StartDerivation: ColumnConverter {
  private let times: ColumnStorage<Instant>
  private let earliest: Instant
  var durations: ColumnStorage<Int64>?
  private let storage = ColumnStorage<Instant>(zero: Instant(microseconds: 0))
  var isText: Bool { false }

  init(times: ColumnStorage<Instant>, earliest: Instant) {
    self.times = times
    self.earliest = earliest
  }

  func bind(_: ColumnBinding, _: FieldTable) {}
  func convert(_: RowBlock, kept _: [Int]?) {}

  /// Runs once times and durations of a block are there.
  func derive(_ block: RowBlock) {
    let first = storage.count
    for index in 0..<block.count {
      let row = first + index
      guard let end = times[row], let duration = durations?[row] else {
        storage.appendNull()
        continue
      }
      storage.append(end)
      let start = Instant(microseconds: end.microseconds - duration)
      times.set(row, start)
      if start < earliest { block.reject(index, RejectReason(.tooEarly, column: 0)) }
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}
