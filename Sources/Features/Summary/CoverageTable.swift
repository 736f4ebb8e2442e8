import Columnar
import Events

/// Gathers `coverage.arrow`: how many rows each source has in each hour.
struct CoverageTable {
  private struct Key: Hashable, Comparable {
    let source: String
    let eventClass: String
    let hour: Int

    static func < (a: Key, b: Key) -> Bool {
      (a.source, a.eventClass, a.hour) < (b.source, b.eventClass, b.hour)
    }
  }

  private var counts: [Key: (rows: Int64, withBytes: Int64)] = [:]

  /// Counts the rows of a part of a batch that lies within one hour.
  mutating func add(_ batch: Batch, rows: Range<Int>, eventClass: EventClass, hour: Int) {
    let sources = batch[Event.source]
    let sent = batch.hasColumn(Event.sourceBytes) ? batch[Event.sourceBytes] : nil
    let received = batch.hasColumn(Event.destinationBytes) ? batch[Event.destinationBytes] : nil
    // The last place is for rows without a source.
    let unnamed = sources.symbols.count
    var rowCounts = [Int64](repeating: 0, count: unnamed + 1)
    var withBytes = rowCounts
    for row in rows {
      let code = sources.codes[row].map { Int($0) } ?? unnamed
      rowCounts[code] += 1
      let hasBytes = (sent?.validity[row] ?? false) || (received?.validity[row] ?? false)
      if hasBytes { withBytes[code] += 1 }
    }
    for code in rowCounts.indices where rowCounts[code] > 0 {
      let source = code == unnamed ? "" : sources.symbols[code] ?? ""
      let key = Key(source: source, eventClass: eventClass.rawValue, hour: hour)
      let sum = counts[key] ?? (0, 0)
      counts[key] = (sum.rows + rowCounts[code], sum.withBytes + withBytes[code])
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
}
