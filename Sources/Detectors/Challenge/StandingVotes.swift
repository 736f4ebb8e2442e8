import Columnar
import Events
import Features

/// The votes of some tables that weigh, in memory: those of detectors that are not idle, in batches
/// whose dictionaries go on from each other, as files need them.
package func standingVotes(
  _ tables: [any BatchSource], without idle: Set<String>
) throws -> Table {
  let standing = TableBuilder(Vote.schema)
  var batches: [Batch] = []
  for table in tables {
    try table.forEachBatch { batch in
      let detector = batch[Vote.detector]
      let isIdle = detector.symbols.texts.map(idle.contains)
      standing.append(
        (0..<batch.rowCount).filter { !isIdle[Int(detector.codes.value($0))] }, of: batch)
      batches.append(standing.finishBatch())
    }
  }
  return Table(schema: Vote.schema, batches: batches)
}
