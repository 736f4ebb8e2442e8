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
  package var format: String
  package var eventClass: EventClass
  package var flow: Format.Flow?
  package var bytesKind: String?
  package var counts = LineCounts()
  /// Most frequent first.
  package var rejectsByReason: [RejectCount] = []
  /// What is odd about the file as a whole, such as a footer that states other totals.
  package var remarks: [String] = []
  /// Texts in rows in which invalid UTF-8 was replaced by U+FFFD.
  package var repairedTextCount = 0
  package var timeRange: TimeRange?
  package var rowsByHour: [(hour: Instant, rows: Int)] = []
  /// Bytes of text, unpacked.
  package var textByteCount: Int64 = 0

  /// Rejects as a share of records, 0 where there are none.
  package var rejectShare: Double {
    let records = counts.rows + counts.rejects
    return records == 0 ? 0 : Double(counts.rejects) / Double(records)
  }
}
