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
  /// Those of a folder of profiles, each a file of its schema's name.
  package static let schemas = [
    HostHour.schema, Pair.schema, PairValue.schema, Service.schema, Coverage.schema,
    AskedDomain.schema, Handshake.schema, Edge.schema, Login.schema, LoginPlace.schema,
    Alert.schema, Step.schema,
    ServedRequest.schema,
  ]
  package let day: CivilDate
  /// What is wrong with the day's data.
  package let faults: [SourceFault]
  private let tables: [String: any BatchSource]

  /// - Parameter table: opens one by its schema, which names it.
  package init(
    day: CivilDate, faults: [SourceFault] = [], _ table: (Schema) throws -> any BatchSource
  ) rethrows {
    self.day = day
    self.faults = faults
    tables = Dictionary(
      uniqueKeysWithValues: try DayTables.schemas.map { ($0.name, try table($0)) })
  }

  package subscript(schema: Schema) -> any BatchSource {
    guard let table = tables[schema.name] else {
      preconditionFailure("\(schema.name) is no table of a day")
    }
    return table
  }

  package var hostHours: any BatchSource { self[HostHour.schema] }
  package var pairs: any BatchSource { self[Pair.schema] }
  package var pairValues: any BatchSource { self[PairValue.schema] }
  package var edges: any BatchSource { self[Edge.schema] }
  package var services: any BatchSource { self[Service.schema] }
  package var coverage: any BatchSource { self[Coverage.schema] }
  package var handshakes: any BatchSource { self[Handshake.schema] }
  package var domains: any BatchSource { self[AskedDomain.schema] }
  package var logins: any BatchSource { self[Login.schema] }
  package var loginPlaces: any BatchSource { self[LoginPlace.schema] }
  package var steps: any BatchSource { self[Step.schema] }
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
  /// Of the batch; the table would look it up in a column.
  private var rowCount = 0

  package init(_ schema: Schema, to sink: any BatchSink) {
    table = TableBuilder(schema)
    self.sink = sink
  }

  /// To be called after each row.
  package func endRow() throws {
    rowCount += 1
    guard rowCount == maximumBatchRowCount else { return }
    try sink.write(table.finishBatch())
    rowCount = 0
  }

  /// Hands on the rest. An empty table is one batch without rows.
  package func finish() throws { try sink.write(table.finishBatch()) }
}
