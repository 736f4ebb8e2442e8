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
  let files: [DayInput]
  let summaries: [(EventClass, DaySummary)]

  func write(to folder: OutputFolder) throws {
    try folder.write(rows())
    try folder.write(rejects())
    try folder.write(clocks())
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
    let all = summaries.flatMap { eventClass, summary in
      summary.sources.map { (Key(source: $0.source, eventClass: eventClass.rawValue), $0) }
    }
    for (key, rows) in all.sorted(by: { $0.0 < $1.0 }) {
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

  private func rejects() -> Table {
    var lines: [Key: [String: Int64]] = [:]
    for input in files {
      let share = input.file.share(of: window)
      let key = Key(source: input.file.source, eventClass: input.file.eventClass.rawValue)
      for (reason, count) in input.rejects {
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

  /// Shares a number of lines without a time out to a day, in proportion to the file's rows; over
  /// all days the shares add up to the number.
  fileprivate func share(of window: Range<Instant>) -> (Int64) -> Int64 {
    let counts = rowCounts(around: window)
    let (before, through) = (Int64(counts.before), Int64(counts.before + counts.within))
    let all = through + Int64(counts.after)
    return { lines in all > 0 ? lines * through / all - lines * before / all : 0 }
  }
}
