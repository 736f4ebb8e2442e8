import Columnar
import Events

/// The votes of a day that weigh: those of some tables, without those of detectors that are not in
/// charge; one batch is in memory.
package struct StandingVotes: BatchSource {
  private let sources: [(table: any BatchSource, batch: Int)]
  private let idle: Set<String>
  package let rowCount: Int

  package var schema: Schema { Vote.schema }
  package var batchCount: Int { sources.count }
  package func timeRange(ofBatch index: Int) -> TimeRange? { nil }

  package init(_ tables: [any BatchSource], without idle: Set<String>) throws {
    self.idle = idle
    sources = tables.flatMap { table in (0..<table.batchCount).map { (table, $0) } }
    rowCount = try sources.reduce(0) { count, source in
      count + StandingVotes.rows(of: try source.table.batch(source.batch), without: idle).count
    }
  }

  private static func rows(of batch: Batch, without idle: Set<String>) -> [Int] {
    let names = batch[Vote.detector]
    return (0..<batch.rowCount).filter { row in names[row].map { !idle.contains($0) } ?? false }
  }

  package func batch(_ index: Int) throws -> Batch {
    let table = TableBuilder(Vote.schema)
    try append(index, to: table)
    return table.finishBatch()
  }

  /// All of them in memory, in batches whose dictionaries go on from each other, as files need
  /// them.
  package func table() throws -> Table {
    let builder = TableBuilder(Vote.schema)
    let batches = try (0..<batchCount).map { index in
      try append(index, to: builder)
      return builder.finishBatch()
    }
    return Table(schema: Vote.schema, batches: batches)
  }

  private func append(_ index: Int, to table: TableBuilder) throws {
    let source = sources[index]
    let batch = try source.table.batch(source.batch)
    let rows = StandingVotes.rows(of: batch, without: idle)
    for key in [Vote.entityKind, Vote.entity, Vote.detector, Vote.cause] + Vote.features {
      let (values, builder) = (batch[key], table.column(key))
      for row in rows { builder.append(values[row]) }
    }
    for key in [Vote.windowStart, Vote.windowEnd] {
      let (values, builder) = (batch[key], table.column(key))
      for row in rows { builder.append(values[row]) }
    }
    for key in [Vote.rawScore, Vote.pValue, Vote.floor, Vote.ceiling] + Vote.contributions
      + Vote.actuals + Vote.typicals + Vote.spreads
    {
      let (values, builder) = (batch[key], table.column(key))
      for row in rows { builder.append(values[row]) }
    }
    let (peers, builder) = (batch[Vote.peer], table.column(Vote.peer))
    for row in rows { builder.append(peers[row]) }
  }
}
