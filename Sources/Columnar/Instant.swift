/// A point in time: microseconds since 1970-01-01T00:00:00 UTC.
package struct Instant: ColumnElement, Hashable, Comparable {
  package static var columnType: ColumnType { .timestamp }
  package var microseconds: Int64

  @inlinable package init(microseconds: Int64) { self.microseconds = microseconds }

  @inlinable package static func < (a: Instant, b: Instant) -> Bool {
    a.microseconds < b.microseconds
  }

  @inlinable package func advanced(byMicroseconds delta: Int64) -> Instant {
    Instant(microseconds: microseconds + delta)
  }
}
