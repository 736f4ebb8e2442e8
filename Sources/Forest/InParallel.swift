import Dispatch
import Synchronization

/// Runs `work` on up to `threads` threads; each takes numbers of 0 ..< taskCount until none is
/// left.
package func inParallel(
  taskCount: Int, threads: Int, _ work: @Sendable (_ takeTask: () -> Int?) -> Void
) {
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads, taskCount))) { _ in
    work {
      let task = next.add(1, ordering: .relaxed).oldValue
      return task < taskCount ? task : nil
    }
  }
}
