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
  /// What is wrong with the day's data.
  package let faults: [SourceFault]

  package init(
    day: CivilDate, faults: [SourceFault] = [], hostHours: any BatchSource,
    pairs: any BatchSource, pairValues: any BatchSource, services: any BatchSource,
    coverage: any BatchSource
  ) {
    self.day = day
    self.hostHours = hostHours
    self.pairs = pairs
    self.pairValues = pairValues
    self.services = services
    self.coverage = coverage
    self.faults = faults
  }

  /// The tables of a folder of profiles; `table` opens one by its schema, which names it.
  package init(
    day: CivilDate, faults: [SourceFault], _ table: (Schema) throws -> any BatchSource
  ) rethrows {
    self.init(
      day: day, faults: faults, hostHours: try table(HostHour.schema),
      pairs: try table(Pair.schema),
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
