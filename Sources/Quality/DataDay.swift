import Columnar
import Events
import Features

/// One class of events of one source.
package struct SourceClass: Hashable, Comparable, Sendable {
  package let source: String
  package let eventClass: EventClass

  package init(_ source: String, _ eventClass: EventClass) {
    self.source = source
    self.eventClass = eventClass
  }

  package static func < (a: SourceClass, b: SourceClass) -> Bool {
    (a.source, a.eventClass.rawValue) < (b.source, b.eventClass.rawValue)
  }
}

/// What the tables of one day say of its sources' data.
package struct DataDay: Sendable {
  struct Source: Sendable {
    /// Rows by window of the day; conversations for which another observer's rows stand count too.
    var hours: [Int64]
    /// Rows of its own among them.
    var storedRows: Int64 = 0
    var rowsRead: Int64 = 0
    var duplicates: Int64 = 0
    var repeats: Int64 = 0
    var rowsBefore: Int64 = 0
    var rowsAfter: Int64 = 0
    var rejects: [String: Int64] = [:]
    /// Share of rows without a value, by column; 0 … 1.
    var nullShares: [String: Double] = [:]

    var rows: Int64 { hours.reduce(0, +) }
    var rejected: Int64 { rejects.values.reduce(0, +) }
    var duplicateShare: Double { Source.share(duplicates, of: rowsRead) }
    var repeatShare: Double { Source.share(repeats, of: rowsRead) }
    var rejectShare: Double { Source.share(rejected, of: rejected + rowsRead) }

    private static func share(_ part: Int64, of whole: Int64) -> Double {
      whole > 0 ? Double(part) / Double(whole) : 0
    }
  }

  struct Clocks: Hashable, Comparable {
    let source: String
    let other: String

    static func < (a: Clocks, b: Clocks) -> Bool { (a.source, a.other) < (b.source, b.other) }
  }

  package let day: CivilDate
  let windows: [Range<Instant>]
  /// 0 … 23 for each window.
  let clockHours: [Int]
  let isWorkday: Bool
  let wholeDay: Range<Instant>
  let coarseness: Coarseness
  private(set) var sources: [SourceClass: Source] = [:]
  /// Whether any row is of a host within the site's networks.
  private(set) var hasHosts = true
  /// How far the second source's times lie after those of the first, and on how many matches.
  private(set) var clocks: [Clocks: (offset: Int64, matches: Int64)] = [:]

  /// - Parameter table: opens a table of the day by its schema; nil where there is none.
  package init(
    _ day: CivilDate, calendar: CivilCalendar, coarseness: Coarseness = Coarseness(),
    table: (Schema) throws -> (any BatchSource)?
  ) throws {
    self.day = day
    self.coarseness = coarseness
    windows = calendar.hours(of: day)
    wholeDay = calendar.start(of: day)..<calendar.start(of: day.advanced(by: 1))
    clockHours = windows.map { calendar.hourOfDay(of: $0.lowerBound) }
    isWorkday = calendar.isWorkday(day)
    try DataDay.forEachRow(table(Coverage.schema)) { batch, row in
      guard let key = DataDay.key(batch, Coverage.source, Coverage.eventClass, row) else { return }
      let hour = batch[Coverage.hour].value(row)
      guard let window = windows.firstIndex(where: { $0.contains(hour) }) else { return }
      update(key) {
        $0.hours[window] += batch[Coverage.rows].value(row)
        $0.storedRows += batch[Coverage.rows].value(row)
      }
    }
    try DataDay.forEachRow(table(SeenElsewhere.schema)) { batch, row in
      guard let key = DataDay.key(batch, SeenElsewhere.source, SeenElsewhere.eventClass, row),
        let window = windows.firstIndex(where: {
          $0.contains(batch[SeenElsewhere.quarterHour].value(row))
        })
      else { return }
      update(key) { $0.hours[window] += batch[SeenElsewhere.conversations].value(row) }
    }
    try DataDay.forEachRow(table(ColumnNulls.schema)) { batch, row in
      guard let key = DataDay.key(batch, ColumnNulls.source, ColumnNulls.eventClass, row),
        let column = batch[ColumnNulls.column][row]
      else { return }
      let rows = Double(max(1, batch[ColumnNulls.rows].value(row)))
      let nulls = Double(batch[ColumnNulls.nulls].value(row))
      update(key) { $0.nullShares[column] = nulls / rows }
    }
    if let hours = try table(HostHour.schema) {
      hasHosts = false
      for index in 0..<hours.batchCount where !hasHosts {
        let hosts = try hours.batch(index)[HostHour.host]
        hasHosts = (0..<hosts.count).contains { hosts[$0] != HostHour.internet }
      }
    }
    try readAccount(table)
  }

  private mutating func update(_ key: SourceClass, _ change: (inout Source) -> Void) {
    var source = sources[key] ?? Source(hours: .init(repeating: 0, count: windows.count))
    change(&source)
    sources[key] = source
  }

  private mutating func readAccount(_ table: (Schema) throws -> (any BatchSource)?) throws {
    try DataDay.forEachRow(table(SourceRows.schema)) { batch, row in
      guard let key = DataDay.key(batch, SourceRows.source, SourceRows.eventClass, row) else {
        return
      }
      update(key) { source in
        source.rowsRead = batch[SourceRows.rowsRead].value(row)
        source.duplicates = batch[SourceRows.duplicates].value(row)
        source.repeats = batch[SourceRows.repeats].value(row)
        source.rowsBefore = batch[SourceRows.rowsBefore].value(row)
        source.rowsAfter = batch[SourceRows.rowsAfter].value(row)
      }
    }
    try DataDay.forEachRow(table(RejectedLines.schema)) { batch, row in
      guard let key = DataDay.key(batch, RejectedLines.source, RejectedLines.eventClass, row),
        let reason = batch[RejectedLines.reason][row]
      else { return }
      update(key) { $0.rejects[reason] = batch[RejectedLines.lines].value(row) }
    }
    try DataDay.forEachRow(table(ClockPair.schema)) { batch, row in
      guard let source = batch[ClockPair.source][row], let other = batch[ClockPair.otherSource][row]
      else { return }
      clocks[Clocks(source: source, other: other)] = (
        batch[ClockPair.offsetMicroseconds].value(row), batch[ClockPair.matches].value(row)
      )
    }
  }

  private static func forEachRow(
    _ table: (any BatchSource)?, _ body: (Batch, Int) throws -> Void
  ) throws {
    guard let table else { return }
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      for row in 0..<batch.rowCount { try body(batch, row) }
    }
  }

  private static func key(
    _ batch: Batch, _ source: ColumnKey<Coded<Strings>>, _ eventClass: ColumnKey<Coded<Strings>>,
    _ row: Int
  ) -> SourceClass? {
    guard let name = batch[source][row],
      let eventClass = batch[eventClass][row].flatMap(EventClass.init(rawValue:))
    else { return nil }
    return SourceClass(name, eventClass)
  }
}
