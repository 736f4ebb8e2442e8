import Columnar
import Events

/// Gathers `coverage.arrow` and `nulls.arrow`: how many rows each source has in each hour, and how
/// many of them lack a value.
struct CoverageTable {
  private struct Key: Hashable, Comparable {
    let source: String
    let eventClass: String
    let hour: Int

    static func < (a: Key, b: Key) -> Bool {
      (a.source, a.eventClass, a.hour) < (b.source, b.eventClass, b.hour)
    }
  }

  private struct SourceKey: Hashable, Comparable {
    let source: String
    let eventClass: EventClass

    static func < (a: SourceKey, b: SourceKey) -> Bool {
      (a.source, a.eventClass.rawValue) < (b.source, b.eventClass.rawValue)
    }
  }

  private var counts: [Key: (rows: Int64, withBytes: Int64)] = [:]
  /// Rows with a value, by place in `EventClass.watchedColumns`.
  private var values: [SourceKey: [Int64]] = [:]

  /// Whether a protocol other than TCP, UDP, DCCP, SCTP and UDP-Lite.
  private static func lacksPorts(_ number: UInt8) -> Bool {
    ![6, 17, 33, 132, 136].contains(number)
  }

  /// Counts the rows of a part of a batch that lies within one hour.
  mutating func add(_ batch: Batch, rows: Range<Int>, eventClass: EventClass, hour: Int) {
    let sources = batch[Event.source]
    let sent = batch.hasColumn(Event.sourceBytes) ? batch[Event.sourceBytes] : nil
    let received = batch.hasColumn(Event.destinationBytes) ? batch[Event.destinationBytes] : nil
    // The last place is for rows without a source.
    let unnamed = sources.symbols.count
    let codes = rows.map { row in sources.codes[row].map { Int($0) } ?? unnamed }
    var rowCounts = [Int64](repeating: 0, count: unnamed + 1)
    var withBytes = rowCounts
    for (row, code) in zip(rows, codes) {
      rowCounts[code] += 1
      let hasBytes = (sent?.validity[row] ?? false) || (received?.validity[row] ?? false)
      if hasBytes { withBytes[code] += 1 }
    }
    let names = (0...unnamed).map { $0 == unnamed ? "" : sources.symbols[$0] ?? "" }
    for code in rowCounts.indices where rowCounts[code] > 0 {
      let key = Key(source: names[code], eventClass: eventClass.rawValue, hour: hour)
      let sum = counts[key] ?? (0, 0)
      counts[key] = (sum.rows + rowCounts[code], sum.withBytes + withBytes[code])
    }
    for (place, column) in eventClass.watchedColumns.enumerated() {
      guard let index = batch.schema.index(of: column) else { continue }
      let validity = Validity(batch.columns[index].validity)
      var found = rowCounts
      if !validity.isComplete {
        // A ping lacks no port: else whoever pings a lot would have all ports taken for missing.
        let protocols =
          column == Event.destinationPort.name && batch.hasColumn(Event.ianaNumber)
          ? batch[Event.ianaNumber] : nil
        found = [Int64](repeating: 0, count: unnamed + 1)
        for (row, code) in zip(rows, codes)
        where validity[row] || protocols?[row].map(CoverageTable.lacksPorts) ?? false {
          found[code] += 1
        }
      }
      for code in rowCounts.indices where rowCounts[code] > 0 {
        let key = SourceKey(source: names[code], eventClass: eventClass)
        values[key, default: .init(repeating: 0, count: eventClass.watchedColumns.count)][place] +=
          found[code]
      }
    }
  }

  func write(hours: [Range<Instant>], to writer: TableWriter) throws {
    let source = writer.column(Coverage.source)
    let eventClass = writer.column(Coverage.eventClass)
    let hour = writer.column(Coverage.hour)
    let rows = writer.column(Coverage.rows)
    let rowsWithBytes = writer.column(Coverage.rowsWithBytes)
    for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
      source.append(key.source)
      eventClass.append(key.eventClass)
      hour.append(hours[key.hour].lowerBound)
      rows.append(count.rows)
      rowsWithBytes.append(count.withBytes)
      try writer.endRow()
    }
  }

  func writeNulls(to writer: TableWriter) throws {
    var totals: [SourceKey: Int64] = [:]
    for (key, count) in counts {
      guard let eventClass = EventClass(rawValue: key.eventClass) else { continue }
      totals[SourceKey(source: key.source, eventClass: eventClass), default: 0] += count.rows
    }
    let source = writer.column(ColumnNulls.source)
    let eventClass = writer.column(ColumnNulls.eventClass)
    let column = writer.column(ColumnNulls.column)
    let rows = writer.column(ColumnNulls.rows)
    let nulls = writer.column(ColumnNulls.nulls)
    for (key, total) in totals.sorted(by: { $0.key < $1.key }) {
      for (place, name) in key.eventClass.watchedColumns.enumerated() {
        source.append(key.source)
        eventClass.append(key.eventClass.rawValue)
        column.append(name)
        rows.append(total)
        nulls.append(total - (values[key]?[place] ?? 0))
        try writer.endRow()
      }
    }
  }
}
