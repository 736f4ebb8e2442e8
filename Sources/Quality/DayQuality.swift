import Columnar
import Events

/// A day's judgement.
package struct DayQuality: Sendable {
  package struct Source: Sendable {
    package let key: SourceClass
    package let rows: Int64
    /// Nil where there are too few like days.
    package let usualRows: Double?
    package let likeDays: Int
    package let hours: Int
    package let dayHours: Int
    package let duplicates: Int64
    package let repeats: Int64
    package let rejected: Int64
    package let rowsBefore: Int64
    package let rowsAfter: Int64
  }
  /// By source and class.
  package let sources: [Source]
  /// By source and class, then by kind.
  package let findings: [DataFinding]

  /// `sources.arrow` and `findings.arrow`.
  package var tables: [Table] { [sourceTable, DataFinding.table(findings)] }

  private var sourceTable: Table {
    let table = TableBuilder(SourceDay.schema)
    for source in sources {
      table.column(SourceDay.source).append(source.key.source)
      table.column(SourceDay.eventClass).append(source.key.eventClass.rawValue)
      table.column(SourceDay.rows).append(source.rows)
      table.column(SourceDay.usualRows).append(source.usualRows)
      table.column(SourceDay.likeDays).append(UInt32(source.likeDays))
      table.column(SourceDay.hours).append(UInt8(source.hours))
      table.column(SourceDay.dayHours).append(UInt8(source.dayHours))
      table.column(SourceDay.duplicates).append(source.duplicates)
      table.column(SourceDay.repeats).append(source.repeats)
      table.column(SourceDay.rejected).append(source.rejected)
      table.column(SourceDay.rowsBefore).append(source.rowsBefore)
      table.column(SourceDay.rowsAfter).append(source.rowsAfter)
    }
    return Table(schema: table.schema, batches: [table.finishBatch()])
  }
}
