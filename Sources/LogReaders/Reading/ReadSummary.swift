import Columnar
import Events

/// Records that were rejected for one reason.
package struct RejectCount: Sendable, CustomStringConvertible {
  package let reason: String
  package let count: Int
  /// The line, from 1, on which the first of them starts.
  package let firstLine: Int64

  package var description: String {
    "\(count) × \(reason), \(count == 1 ? "" : "first ")in line \(firstLine)"
  }
}

/// What reading one file gave.
package struct ReadSummary: Sendable {
  /// The rows of one of the formats that read the file.
  package struct Part: Sendable {
    package let format: Format
    package let rowCount: Int
    /// Records that are the format's own, and faulty.
    package let rejectCount: Int
    package let timeRange: TimeRange?
    package let rowsByHour: [(hour: Instant, rows: Int)]

    init(_ format: Format, _ hours: HourCounts, rejectCount: Int) {
      self.format = format
      self.rejectCount = rejectCount
      rowsByHour = hours.byHour
      rowCount = rowsByHour.reduce(0) { $0 + $1.rows }
      timeRange = hours.range
    }
  }

  /// In the order in which the formats were offered records.
  package var parts: [Part]
  package var counts = LineCounts()
  /// Most frequent first.
  package var rejectsByReason: [RejectCount] = []
  /// Records left out, by kind, where lines are records; most frequent first.
  package var leftOut: [KindCount] = []
  /// What is odd about the file as a whole, such as a footer that states other totals.
  package var remarks: [String] = []
  /// Texts in rows in which invalid UTF-8 was replaced by U+FFFD.
  package var repairedTextCount = 0
  /// Bytes of text, unpacked.
  package var textByteCount: Int64 = 0

  /// Of all rows.
  package var timeRange: TimeRange? {
    let ranges = parts.compactMap(\.timeRange)
    guard let first = ranges.map(\.first).min(), let last = ranges.map(\.last).max() else {
      return nil
    }
    return TimeRange(first: first, last: last)
  }

  /// Rejects as a share of records, 0 where there are none: of the whole file, or of the format
  /// with the largest share, where that is larger. Many records of one kind hide no fault of
  /// another.
  package var rejectShare: Double {
    func share(_ rejects: Int, _ rows: Int) -> Double {
      rejects == 0 ? 0 : Double(rejects) / Double(rows + rejects)
    }
    return parts.reduce(share(counts.rejects, counts.rows)) {
      max($0, share($1.rejectCount, $1.rowCount))
    }
  }
}
