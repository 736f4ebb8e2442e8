import Columnar
import Dispatch
import Synchronization

/// Does work on another thread, in order, while the caller goes on.
///
/// Only one piece of work may wait beside the one that runs, so what is in flight stays small.
package final class Background: Sendable {
  private let queue = DispatchQueue(label: "tidemark.background")
  private let room = DispatchSemaphore(value: 2)

  package init() {}

  package func run(_ work: @escaping @Sendable () -> Void) {
    room.wait()
    queue.async { [room] in
      work()
      room.signal()
    }
  }

  /// Waits until all work is done.
  package func finish() { queue.sync {} }
}

/// A table that another thread writes to, batch by batch.
///
/// `@unchecked Sendable`: the table belongs to the background's thread until `finish`.
package final class BackgroundSink: BatchSink, @unchecked Sendable {
  private let table: any BatchSink
  private let background: Background
  private let failure = Mutex<(any Error)?>(nil)

  package init(_ table: any BatchSink, on background: Background) {
    self.table = table
    self.background = background
  }

  /// - Throws: why a batch before could not be written; that and all later ones are not.
  package func write(_ batch: Batch) throws {
    try check()
    background.run { [self] in
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        try table.write(batch)
      } catch {
        failure.withLock { $0 = error }
      }
    }
  }

  /// Waits until all batches are written; the table is the caller's again.
  package func finish() throws {
    background.finish()
    try check()
  }

  private func check() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
