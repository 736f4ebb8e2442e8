import Columnar
import Events

/// Why stored summaries cannot be folded.
package struct SummaryError: Error, CustomStringConvertible {
  package let table: String
  package let day: CivilDate
  package let problem: String
  package var description: String { "\(table) of \(day): \(problem)" }
}

/// The stored tables of one day that state and detectors read.
package struct DayTables: Sendable {
  package let day: CivilDate
  package let hostHours: any BatchSource
  package let pairs: any BatchSource
  package let pairValues: any BatchSource
  package let services: any BatchSource
  package let coverage: any BatchSource

  package init(
    day: CivilDate, hostHours: any BatchSource, pairs: any BatchSource,
    pairValues: any BatchSource, services: any BatchSource, coverage: any BatchSource
  ) {
    self.day = day
    self.hostHours = hostHours
    self.pairs = pairs
    self.pairValues = pairValues
    self.services = services
    self.coverage = coverage
  }

  /// The tables of a folder of profiles; `table` opens one by its schema, which names it.
  package init(day: CivilDate, _ table: (Schema) throws -> any BatchSource) rethrows {
    self.init(
      day: day, hostHours: try table(HostHour.schema), pairs: try table(Pair.schema),
      pairValues: try table(PairValue.schema), services: try table(Service.schema),
      coverage: try table(Coverage.schema))
  }
}

extension BatchSource {
  /// Calls `body` with each batch in order.
  package func forEachBatch(_ body: (Batch) throws -> Void) throws {
    for index in 0..<batchCount { try body(batch(index)) }
  }
}

/// The windows of a day that each class of events covered.
package struct CoveredWindows: Sendable {
  /// [classes][windows]
  private var isCovered: [[Bool]]

  package init(_ coverage: any BatchSource, clock: ClockHours) throws {
    isCovered = EventClass.allCases.map { _ in clock.windows.map { _ in false } }
    try coverage.forEachBatch { batch in
      let classes = batch[Coverage.eventClass]
      let hour = batch[Coverage.hour]
      for row in 0..<batch.rowCount {
        guard let eventClass = classes[row].flatMap(EventClass.init(rawValue:)),
          let window = clock.window(of: hour.value(row))
        else { continue }
        isCovered[CoveredWindows.index(eventClass)][window] = true
      }
    }
  }

  package func windows(of eventClass: EventClass) -> [Bool] {
    isCovered[CoveredWindows.index(eventClass)]
  }

  private static func index(_ eventClass: EventClass) -> Int {
    EventClass.allCases.firstIndex(of: eventClass) ?? 0
  }
}

/// Gathers rows and hands them on, a full batch at a time.
package final class RowWriter {
  package let table: TableBuilder
  private let sink: any BatchSink

  package init(_ schema: Schema, to sink: any BatchSink) {
    table = TableBuilder(schema)
    self.sink = sink
  }

  /// To be called after each row.
  package func endRow() throws {
    if table.rowCount == maximumBatchRowCount { try sink.write(table.finishBatch()) }
  }

  /// Hands on the rest. An empty table is one batch without rows.
  package func finish() throws { try sink.write(table.finishBatch()) }
}
