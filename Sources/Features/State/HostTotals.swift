import Columnar
import Events

/// Writes rows of `host_totals.arrow`.
final class HostTotalsWriter {
  private let rows: RowWriter
  private let host: CodedBuilder<Strings>
  private let day: ValuesBuilder<Int32>
  private let totals: [ValuesBuilder<Int64>]

  init(_ sink: any BatchSink) {
    rows = RowWriter(HostTotal.schema, to: sink)
    host = rows.table.column(HostTotal.host)
    day = rows.table.column(HostTotal.day)
    totals = HostTotal.measures.map { [rows] in rows.table.column($0.counter) }
  }

  func append(_ hostDay: HostDay, on day: CivilDate) throws {
    host.append(hostDay.host.text)
    self.day.append(Int32(day.dayNumber))
    for (column, total) in zip(totals, hostDay.totals) { column.append(total) }
    try rows.endRow()
  }

  func finish() throws { try rows.finish() }
}

extension HostDay {
  /// The day's sum of each of `HostTotal.measures`.
  package var totals: [Int64] {
    HostTotal.measures.map { measure in
      guard let index = Measure.all.firstIndex(of: measure) else { return 0 }
      return hours.indices.reduce(0) { $0.addingClamped(count(index, row: $1)) }
    }
  }
}

/// Reads `host_totals.arrow` host by host, in the order of hosts; one batch is in memory.
package final class HostTotalsCursor {
  /// The totals of one host's days, in order.
  package typealias Days = [(day: CivilDate, totals: [Int64])]

  private let source: any BatchSource
  private var nextBatch = 0
  private var batch: Batch?
  private var row = 0

  package init(_ source: any BatchSource) throws {
    self.source = source
    try load()
  }

  /// The days of a host; none where it has no rows. Hosts must be asked for in ascending order.
  package func days(of host: NamedEndpoint) throws -> Days {
    while let next, next < host { try skip() }
    var days: Days = []
    while next == host, let batch {
      days.append(
        (
          CivilDate(dayNumber: Int(batch[HostTotal.day].value(row))),
          HostTotal.measures.map { batch[$0.counter].value(row) }
        ))
      try skip()
    }
    return days
  }

  private var next: NamedEndpoint? { batch.map { NamedEndpoint($0[HostTotal.host].bytes(row)) } }

  private func skip() throws {
    row += 1
    try load()
  }

  private func load() throws {
    while row == batch?.rowCount ?? 0 {
      batch = nextBatch < source.batchCount ? try source.batch(nextBatch) : nil
      nextBatch += 1
      row = 0
      if batch == nil { return }
    }
  }
}
