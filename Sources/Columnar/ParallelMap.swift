import Dispatch
import Synchronization

/// The results of `body` over `items`, in their order, worked out by up to `threads` threads.
///
/// - Throws: the error of the first item, by order, that failed.
package func parallelMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], threads: Int, _ body: @Sendable (Item) throws -> Result
) throws -> [Result] {
  if threads <= 1 || items.count <= 1 { return try items.map(body) }
  let results = Mutex<[Swift.Result<Result, any Error>?]>(Array(repeating: nil, count: items.count))
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: min(threads, items.count)) { _ in
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < items.count else { return }
      let result = Swift.Result { try body(items[index]) }
      results.withLock { $0[index] = result }
    }
  }
  return try results.withLock { try $0.compactMap { try $0?.get() } }
}
