import Columnar

/// What became of the rows of a day.
///
/// For each source, rows read = records in conversations + duplicates + rows of other days +
/// records of conversations that another observer shows.
package struct DaySummary: Hashable, Sendable {
  package struct SourceRows: Hashable, Sendable {
    package let source: String
    /// Rows of the day and of the margins at its edges.
    package var readCount = 0
    /// Rows that overlapping files of the source hold twice.
    package var duplicateCount = 0
    /// Rows that say the same as another one of the source and were kept.
    package var repeatCount = 0
    package var otherDayCount = 0
    /// Records of conversations that another observer's export shows too.
    package var elsewhereCount = 0
    /// These conversations by the quarter of an hour of UTC in which they begin.
    package var elsewhereConversations: [Instant: Int] = [:]
    /// Rows that became conversations of the day.
    package var recordCount = 0
    package var conversationCount = 0
  }

  /// In order of names.
  package internal(set) var sources: [SourceRows]
  package internal(set) var unknownDirectionCount = 0
  /// How the clocks of sources compare that saw the same conversations.
  package internal(set) var clockOffsets: [ClockOffset] = []

  /// Pairs of sources of which most conversations of the one are the other's too, and less than
  /// half of these were taken together: the others count twice.
  package var countedTwice: [ClockOffset] {
    clockOffsets.filter { pair in
      let both = sources.filter { [pair.source, pair.otherSource].contains($0.source) }
      let shared = pair.sharedShare * Double(both.map(\.readCount).min() ?? 0)
      return pair.sharedShare > 0.5
        && Double(both.reduce(0) { $0 + $1.elsewhereCount }) < shared / 2
    }
  }

  package var readCount: Int { sources.reduce(0) { $0 + $1.readCount } }
  package var duplicateCount: Int { sources.reduce(0) { $0 + $1.duplicateCount } }
  package var otherDayCount: Int { sources.reduce(0) { $0 + $1.otherDayCount } }
  package var elsewhereCount: Int { sources.reduce(0) { $0 + $1.elsewhereCount } }
  package var recordCount: Int { sources.reduce(0) { $0 + $1.recordCount } }
  package var conversationCount: Int { sources.reduce(0) { $0 + $1.conversationCount } }
}
