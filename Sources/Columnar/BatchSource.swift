/// The least and greatest time of a batch's rows.
package struct TimeRange: Hashable, Sendable {
  package let first: Instant
  package let last: Instant

  package init(first: Instant, last: Instant) {
    self.first = first
    self.last = last
  }

  /// The least and greatest of the times that are not null; nil where there is none.
  package init?(covering times: Values<Instant>) {
    var first = Int64.max
    var last = Int64.min
    if times.validity.isComplete {
      let span = times.span
      for row in span.indices {
        first = min(first, span[row].microseconds)
        last = max(last, span[row].microseconds)
      }
    } else {
      for row in 0..<times.count {
        guard let time = times[row] else { continue }
        first = min(first, time.microseconds)
        last = max(last, time.microseconds)
      }
    }
    guard first <= last else { return nil }
    self.init(first: Instant(microseconds: first), last: Instant(microseconds: last))
  }

  /// Whether a row of `start ..< end` may be inside.
  package func overlaps(from start: Instant, to end: Instant) -> Bool {
    first < end && last >= start
  }
}

/// A table that can be read batch by batch, any batch at any time, from several threads.
package protocol BatchSource: Sendable {
  var schema: Schema { get }
  var rowCount: Int { get }
  var batchCount: Int { get }
  func batch(_ index: Int) throws -> Batch
  /// The times of a batch's rows, known without reading it; nil where the table has no time.
  func timeRange(ofBatch index: Int) -> TimeRange?
}

/// Where a table is written to, batch by batch, in order.
package protocol BatchSink: AnyObject {
  func write(_ batch: Batch) throws
}

/// Rows of one batch at most, in every file.
package let maximumBatchRowCount = 65_536

/// A table in memory.
package final class Table: BatchSource {
  package let schema: Schema
  package let batches: [Batch]

  package init(schema: Schema, batches: [Batch]) {
    self.schema = schema
    self.batches = batches
  }

  package var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }
  package var batchCount: Int { batches.count }
  package func batch(_ index: Int) throws -> Batch { batches[index] }

  package func timeRange(ofBatch index: Int) -> TimeRange? {
    let batch = batches[index]
    guard let column = schema.fields.firstIndex(where: { $0.type == .timestamp }) else {
      return nil
    }
    return TimeRange(covering: Values(batch.columns[column]))
  }
}

/// Gathers batches in memory.
package final class TableSink: BatchSink {
  package private(set) var batches: [Batch] = []

  package init() {}
  package func write(_ batch: Batch) { batches.append(batch) }
}
