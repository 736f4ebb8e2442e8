import Columnar
import Events

/// A host's rows of one day's `host_hours.arrow`.
package struct HostDay: Sendable {
  package let host: NamedEndpoint
  /// Those that show it on the day.
  package let sources: Set<String>
  package private(set) var hours: [Instant] = []
  /// [hours × measures], row after row.
  private var counts: [Int64] = []

  init(host: NamedEndpoint, sources: Set<String>) {
    self.host = host
    self.sources = sources
  }

  fileprivate mutating func append(
    hours new: Values<Instant>, counters: [Values<Int64>], rows: Range<Int>
  ) {
    let first = counts.count
    for row in rows { hours.append(new.value(row)) }
    counts.append(contentsOf: repeatElement(0, count: rows.count * counters.count))
    // Column by column: to take up a counter costs more than to read it.
    for (measure, counter) in counters.enumerated() {
      for (index, row) in rows.enumerated() {
        counts[first + index * counters.count + measure] = counter.value(row)
      }
    }
  }

  package func count(_ measure: Int, row: Int) -> Int64 {
    counts[row * Measure.all.count + measure]
  }
}

/// Reads `host_hours.arrow` host by host; one batch is in memory.
package final class HostHourCursor {
  private let source: any BatchSource
  private let day: CivilDate
  private var batchIndex = 0
  private var row = 0
  private var rowCount = 0
  private var hosts: Coded<Strings>?
  private var hours: Values<Instant>?
  private var sources: Coded<Strings>?
  private var counters: [Values<Int64>] = []
  /// The host whose rows `take` gives next; nil at the end.
  package private(set) var host: NamedEndpoint?

  package init(_ source: any BatchSource, day: CivilDate) throws {
    self.source = source
    self.day = day
    try load()
    host = nextHost
  }

  private var nextHost: NamedEndpoint? {
    row < rowCount ? hosts.map { NamedEndpoint($0.bytes(row)) } : nil
  }

  private func load() throws {
    while row == rowCount && batchIndex < source.batchCount {
      let batch = try source.batch(batchIndex)
      batchIndex += 1
      (row, rowCount) = (0, batch.rowCount)
      hosts = batch[HostHour.host]
      hours = batch[HostHour.hour]
      sources = batch[HostHour.sources]
      counters = Measure.all.map { batch[$0.counter] }
    }
  }

  /// All rows of the next host.
  /// - Throws: `SummaryError` where the hosts are not in ascending order.
  package func take() throws -> HostDay? {
    guard let host else { return nil }
    var result = HostDay(host: host, sources: SourceNames.names(sources?[row] ?? ""))
    while let hosts, let hours, row < rowCount, hosts[row] == host.text {
      let code = hosts.codes.value(row)
      let end = (row..<rowCount).first { hosts.codes.value($0) != code } ?? rowCount
      result.append(hours: hours, counters: counters, rows: row..<end)
      row = end
      try load()
    }
    self.host = nextHost
    if let next = self.host, !(host < next) {
      throw SummaryError(
        table: "host_hours", day: day,
        problem: "expected rows by host, found \(next.text) after \(host.text)"
      )
    }
    return result
  }
}
