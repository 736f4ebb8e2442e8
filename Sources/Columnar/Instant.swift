/// A point in time: microseconds since 1970-01-01T00:00:00 UTC.
public struct Instant: ColumnElement, Hashable, Comparable {
  public static var columnType: ColumnType { .timestamp }
  public var microseconds: Int64

  @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

  @inlinable public static func < (a: Instant, b: Instant) -> Bool {
    a.microseconds < b.microseconds
  }

  @inlinable public func advanced(byMicroseconds delta: Int64) -> Instant {
    Instant(microseconds: microseconds + delta)
  }
}
