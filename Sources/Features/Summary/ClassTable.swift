import Columnar
import Events

/// Gathers one of a day's tables from the rows of one class of events, or of several, one class
/// after another.
protocol ClassTable: ~Copyable {
  associatedtype Columns: ClassColumns
  static var eventClasses: [EventClass] { get }
  static var schema: Schema { get }

  init(limits: DaySummary.Limits)
  /// Takes rows of a class in the order of time.
  mutating func add(_ columns: Columns, rows: Range<Int>)
  /// Writes the rows of this scan's keys.
  mutating func finishScan(to writer: TableWriter) throws
  /// Whether the rows of all keys are written.
  var isDone: Bool { get }
}
