import Columnar
import Synchronization
import Testing

@testable import StageKit

/// Takes batches until one of them fails.
private final class FailingSink: BatchSink, @unchecked Sendable {
  struct Full: Error {}
  let rowCounts = Mutex<[Int]>([])

  func write(_ batch: Batch) throws {
    guard batch.rowCount != 13 else { throw Full() }
    rowCounts.withLock { $0.append(batch.rowCount) }
  }
}

private func batch(rowCount: Int) -> Batch {
  let key = ColumnKey<Values<Int64>>("n")
  let table = TableBuilder(Schema("t", version: 1, [key.field]))
  for row in 0..<rowCount { table.column(key).append(Int64(row)) }
  return table.finishBatch()
}

@Test("batches are written in order on another thread")
func backgroundOrder() throws {
  let sink = FailingSink()
  let background = BackgroundSink(sink, on: Background())
  for rowCount in 1...12 { try background.write(batch(rowCount: rowCount)) }
  try background.finish()
  #expect(sink.rowCounts.withLock { $0 } == Array(1...12))
}

@Test("after a batch that can't be written none is, and the caller learns why")
func backgroundFailure() throws {
  let sink = FailingSink()
  let background = BackgroundSink(sink, on: Background())
  try background.write(batch(rowCount: 1))
  try background.write(batch(rowCount: 13))
  #expect(throws: FailingSink.Full.self) {
    for rowCount in 2...5 { try background.write(batch(rowCount: rowCount)) }
  }
  #expect(throws: FailingSink.Full.self) { try background.finish() }
  #expect(sink.rowCounts.withLock { $0 } == [1])
}
