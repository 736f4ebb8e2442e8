import Columnar
import Events

/// Summarises a day of events to the tables of `profiles/day=D`.
///
/// Rows are read in the order of time, so that each hour's distinct sets can be closed. Tables
/// whose keys don't fit their limits are made in several scans, each for a range of keys
/// (`RangedTable`). A conversation whose direction is not known counts as if its source had
/// originated it. The order of rows that start at the same instant does not show.
package struct DaySummary: Sendable {
  /// How much is kept at a time; more only costs scans. The two greatest together about 100 MiB at
  /// most.
  package struct Limits: Sendable {
    package var hostCount = 32_768
    package var hostByteCount = 16 << 20
    package var pairCount = 229_376
    package var pairByteCount = 32 << 20
    package var serviceCount = 49_152
    package var serviceByteCount = 6 << 20
    package var domainCount = 65_536
    package var domainByteCount = 6 << 20
    package var handshakeCount = 65_536
    package var handshakeByteCount = 6 << 20
    package var loginCount = 49_152
    package var loginByteCount = 6 << 20
    package var alertCount = 16_384
    package var alertByteCount = 2 << 20
    package var stepByteCount = 12 << 20
    package var requestCount = 32_768
    package var requestByteCount = 12 << 20

    /// - Parameter dayCount: days that are summarised at the same time.
    package init(sharedBy dayCount: Int = 1) {
      hostCount /= dayCount
      hostByteCount /= dayCount
      pairCount /= dayCount
      pairByteCount /= dayCount
      serviceCount /= dayCount
      serviceByteCount /= dayCount
      domainCount /= dayCount
      domainByteCount /= dayCount
      handshakeCount /= dayCount
      handshakeByteCount /= dayCount
      loginCount /= dayCount
      loginByteCount /= dayCount
      alertCount /= dayCount
      alertByteCount /= dayCount
      stepByteCount /= dayCount
      requestCount /= dayCount
      requestByteCount /= dayCount
    }
  }

  /// Rows read and written.
  package struct Counts: Equatable, Sendable {
    package let eventRows, hostHours, pairs, pairValues, edges, services, coverage, logins: Int
    /// How often the events were read for the table that took most.
    package let scans: Int
    package let coarseness: Coarseness
  }

  let day: CivilDate
  let hours: [Range<Instant>]
  let events: [EventClass: any BatchSource]
  let context: ReadingContext
  let sweeps: Sweeps
  let limits: Limits

  /// Writes all tables of a day.
  ///
  /// - Parameter events: a day's tables, each in the order of `event_time`; absent classes count
  ///   as not observed.
  /// - Parameter threads: parts that are made at a time, each within its limits; what is written
  ///   does not depend on it.
  /// - Parameter sink: where to write the table of a schema.
  /// - Throws: `DaySummary.Failure` where rows are not of the day or not in order, and what
  ///   sources and sinks throw.
  @discardableResult
  package static func write(
    day: CivilDate, calendar: CivilCalendar, networks: SiteNetworks,
    events: [EventClass: any BatchSource], limits: Limits = Limits(), threads: Int = 1,
    sink: (Schema) throws -> any BatchSink
  ) throws -> Counts {
    let context = try ReadingContext(events[.flow], networks: networks)
    let summary = DaySummary(
      day: day, hours: calendar.hours(of: day), events: events, context: context,
      sweeps: try events[.flow].map { try Sweeps($0, context: context) } ?? Sweeps(),
      limits: limits)
    return try summary.write(to: Writers(sink), threads: threads)
  }

  /// Parts that may be made at the same time, as each writes tables of its own; the longest first.
  private static let parts: [@Sendable (DaySummary, Writers) throws -> Int] = [
    { try $0.writePairs(to: $1) },
    { try $0.writeHosts(to: $1) },
    { try $0.writeSteps(to: $1[Step.schema]) },
    {
      try max(
        $0.write(LoginTable.self, to: $1), $0.write(LoginPlaceTable.self, to: $1),
        $0.write(AlertTable.self, to: $1), $0.write(RequestTable.self, to: $1),
        $0.write(DomainTable.self, to: $1),
        $0.write(HandshakeTable.self, to: $1))
    },
  ]

  private func write(to writers: Writers, threads: Int) throws -> Counts {
    let scans = try parallelMap(DaySummary.parts, threads: threads) { try $0(self, writers) }
    try writers.flush()
    return Counts(
      eventRows: events.values.reduce(0) { $0 + $1.rowCount },
      hostHours: writers[HostHour.schema].rowCount, pairs: writers[Pair.schema].rowCount,
      pairValues: writers[PairValue.schema].rowCount, edges: writers[Edge.schema].rowCount,
      services: writers[Service.schema].rowCount, coverage: writers[Coverage.schema].rowCount,
      logins: writers[Login.schema].rowCount, scans: scans.max() ?? 0,
      coarseness: Coarseness(crowd: context.crowd?.size, sweeps: sweeps.all))
  }

  /// Makes a table from the rows of its classes, in as many scans as it takes.
  private func write<Rows: ClassTable & ~Copyable>(
    _ rows: Rows.Type, to writers: Writers
  ) throws -> Int {
    guard let end = hours.last?.upperBound else { return 0 }
    var table = Rows(limits: limits)
    var scans = 0
    repeat {
      for eventClass in Rows.eventClasses {
        var cursor = cursor(eventClass, Rows.Columns.self)
        while let part = try cursor?.next(before: end) { table.add(part.columns, rows: part.rows) }
      }
      try table.finishScan(to: writers[Rows.schema])
      scans += 1
    } while !table.isDone
    return scans
  }

  func cursor<Columns: ClassColumns>(
    _ eventClass: EventClass, _ columns: Columns.Type
  ) -> ClassCursor<Columns>? {
    guard let source = events[eventClass], let first = hours.first else { return nil }
    return ClassCursor(
      source, eventClass: eventClass, from: first.lowerBound, context: context)
  }
}
