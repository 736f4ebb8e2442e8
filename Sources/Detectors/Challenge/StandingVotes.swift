import Columnar
import Events
import Features

/// The votes of a day that weigh: those of some tables, without those of detectors that are not in
/// charge.
package func standingVotes(_ tables: [any BatchSource], without idle: Set<String>) throws -> Table {
  let sink = TableSink()
  let rows = RowWriter(Vote.schema, to: sink)
  let table = rows.table
  for source in tables {
    try source.forEachBatch { batch in
      let names = batch[Vote.detector]
      for row in 0..<batch.rowCount {
        guard let name = names[row], !idle.contains(name) else { continue }
        for key in [Vote.entityKind, Vote.entity, Vote.detector, Vote.cause] + Vote.features {
          table.column(key).append(batch[key][row])
        }
        for key in [Vote.windowStart, Vote.windowEnd] {
          table.column(key).append(batch[key][row])
        }
        for key in [Vote.rawScore, Vote.pValue, Vote.floor, Vote.ceiling] + Vote.contributions
          + Vote.actuals + Vote.typicals + Vote.spreads
        {
          table.column(key).append(batch[key][row])
        }
        table.column(Vote.peer).append(batch[Vote.peer][row])
        try rows.endRow()
      }
    }
  }
  try rows.finish()
  return Table(schema: Vote.schema, batches: sink.batches)
}
