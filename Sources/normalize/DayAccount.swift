import ArrowFile
import Columnar
import Conversations
import Events
import StageKit

/// What a day's folder says of its rows as such: how many were read, dropped and rejected, and how
/// the sources' clocks compare.
struct DayAccount {
  private struct Key: Hashable, Comparable {
    let source: String
    let eventClass: String

    static func < (a: Key, b: Key) -> Bool {
      (a.source, a.eventClass) < (b.source, b.eventClass)
    }
  }

  let window: Range<Instant>
  /// All parts of the files that concern the day.
  let files: [DayInput]
  let summaries: [(EventClass, DaySummary)]

  func write(to folder: OutputFolder) throws {
    try folder.write(rows())
    try folder.write(elsewhere())
    try folder.write(rejects())
    try folder.write(clocks())
  }

  private var sources: [(Key, DaySummary.SourceRows)] {
    summaries.flatMap { eventClass, summary in
      summary.sources.map { (Key(source: $0.source, eventClass: eventClass.rawValue), $0) }
    }.sorted { $0.0 < $1.0 }
  }

  private func rows() -> Table {
    var outside: [Key: (before: Int, after: Int)] = [:]
    for file in files.map(\.file) {
      let counts = file.rowCounts(around: window)
      guard counts.within > counts.before + counts.after else { continue }
      let key = Key(source: file.source, eventClass: file.eventClass.rawValue)
      outside[key, default: (0, 0)].before += counts.before
      outside[key, default: (0, 0)].after += counts.after
    }
    let table = TableBuilder(SourceRows.schema)
    for (key, rows) in sources {
      let beside = outside[key] ?? (0, 0)
      table.column(SourceRows.source).append(key.source)
      table.column(SourceRows.eventClass).append(key.eventClass)
      table.column(SourceRows.rowsRead).append(Int64(rows.readCount))
      table.column(SourceRows.duplicates).append(Int64(rows.duplicateCount))
      table.column(SourceRows.repeats).append(Int64(rows.repeatCount))
      table.column(SourceRows.rowsBefore).append(Int64(beside.before))
      table.column(SourceRows.rowsAfter).append(Int64(beside.after))
    }
    return Table(schema: SourceRows.schema, batches: [table.finishBatch()])
  }

  private func elsewhere() -> Table {
    let table = TableBuilder(SeenElsewhere.schema)
    for (key, rows) in sources {
      for (start, count) in rows.elsewhereConversations.sorted(by: { $0.key < $1.key }) {
        table.column(SeenElsewhere.source).append(key.source)
        table.column(SeenElsewhere.eventClass).append(key.eventClass)
        table.column(SeenElsewhere.quarterHour).append(start)
        table.column(SeenElsewhere.conversations).append(Int64(count))
      }
    }
    return Table(schema: SeenElsewhere.schema, batches: [table.finishBatch()])
  }

  /// Rejects are a file's, whatever formats have rows of it: they go with the class of most of
  /// them.
  private func rejects() -> Table {
    var lines: [Key: [String: Int64]] = [:]
    for parts in Dictionary(grouping: files, by: \.folder).values {
      let most = parts.max {
        ($0.file.rowCount, $1.file.eventClass.rawValue)
          < ($1.file.rowCount, $0.file.eventClass.rawValue)
      }
      guard let most else { continue }
      let share = share(ofLinesWith: parts.map(\.file))
      let key = Key(source: most.file.source, eventClass: most.file.eventClass.rawValue)
      for (reason, count) in most.rejects {
        lines[key, default: [:]][reason, default: 0] += share(count)
      }
    }
    let table = TableBuilder(RejectedLines.schema)
    for (key, reasons) in lines.sorted(by: { $0.key < $1.key }) {
      for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) where count > 0 {
        table.column(RejectedLines.source).append(key.source)
        table.column(RejectedLines.eventClass).append(key.eventClass)
        table.column(RejectedLines.reason).append(reason)
        table.column(RejectedLines.lines).append(count)
      }
    }
    return Table(schema: RejectedLines.schema, batches: [table.finishBatch()])
  }

  /// Shares a number of lines without a time out to the day, in proportion to the rows of their
  /// file; over all days the shares add up to the number.
  private func share(ofLinesWith parts: [IngestedFile]) -> (Int64) -> Int64 {
    let counts = parts.map { $0.rowCounts(around: window) }
    let before = Int64(counts.reduce(0) { $0 + $1.before })
    let through = Int64(counts.reduce(0) { $0 + $1.before + $1.within })
    let all = Int64(parts.reduce(0) { $0 + $1.rowCount })
    return { lines in all > 0 ? lines * through / all - lines * before / all : 0 }
  }

  private func clocks() -> Table {
    let table = TableBuilder(ClockPair.schema)
    for offset in summaries.flatMap(\.1.clockOffsets) {
      table.column(ClockPair.source).append(offset.source)
      table.column(ClockPair.otherSource).append(offset.otherSource)
      table.column(ClockPair.offsetMicroseconds).append(offset.microseconds)
      table.column(ClockPair.matches).append(Int64(offset.matchCount))
    }
    return Table(schema: ClockPair.schema, batches: [table.finishBatch()])
  }
}

extension DayInput {
  /// Rejected lines of the whole file by reason.
  fileprivate var rejects: [(reason: String, lines: Int64)] {
    manifest.facts.compactMap { fact, value in
      guard fact.hasPrefix(IngestedFile.rejectPrefix), let lines = Int64(value) else { return nil }
      return (String(fact.dropFirst(IngestedFile.rejectPrefix.count)), lines)
    }
  }
}

extension IngestedFile {
  fileprivate var rowCount: Int { rowsByHour.reduce(0) { $0 + $1.rowCount } }

  /// Rows before, within and after a day, by the hours in which they begin.
  fileprivate func rowCounts(
    around window: Range<Instant>
  ) -> (before: Int, within: Int, after: Int) {
    var counts = (before: 0, within: 0, after: 0)
    for entry in rowsByHour {
      if entry.hour < window.lowerBound {
        counts.before += entry.rowCount
      } else if entry.hour < window.upperBound {
        counts.within += entry.rowCount
      } else {
        counts.after += entry.rowCount
      }
    }
    return counts
  }
}
