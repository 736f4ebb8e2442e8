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

/// Where the numbers of a table's rows go, block by block.
struct RowBlocks<Number: BitwiseCopyable> {
  fileprivate let base: UnsafeMutablePointer<Number>
  fileprivate let rowCount: Int
  fileprivate let width: Int
  fileprivate let blockRowCount: Int

  /// A block's rows, and where their numbers are to be initialized.
  subscript(block: Int) -> (rows: Range<Int>, numbers: UnsafeMutablePointer<Number>) {
    let start = block * blockRowCount
    return (start..<min(start + blockRowCount, rowCount), base + start * width)
  }
}

/// A number, or several, for each row of a table, made a block of rows at a time by up to
/// `threads` threads.
///
/// - Parameters:
///   - width: numbers a row.
///   - work: takes numbers of blocks until none is left, and initializes each block's numbers.
/// - Returns: result[row × width + place].
func rowsInParallel<Number: BitwiseCopyable>(
  count: Int, width: Int = 1, blockRowCount: Int, threads: Int,
  _ work: @escaping @Sendable (_ takeBlock: () -> Int?, _ blocks: RowBlocks<Number>) -> Void
) -> [Number] {
  let blockCount = (count + blockRowCount - 1) / blockRowCount
  return [Number](unsafeUninitializedCapacity: count * width) { numbers, initializedCount in
    // Unsafe only to the compiler: a block is taken once, and blocks don't overlap.
    nonisolated(unsafe) let base = numbers.baseAddress
    inParallel(taskCount: blockCount, threads: threads) { takeBlock in
      guard let base else { return }
      work(
        takeBlock,
        RowBlocks(base: base, rowCount: count, width: width, blockRowCount: blockRowCount))
    }
    initializedCount = count * width
  }
}

/// Memory that starts on a cache line, as vectors want it, filled with zeros.
func allocateAligned<Number: BitwiseCopyable & Numeric>(
  count: Int
) -> UnsafeMutablePointer<Number> {
  UnsafeMutableRawPointer.allocate(
    byteCount: max(1, count) * MemoryLayout<Number>.stride, alignment: 64
  ).initializeMemory(as: Number.self, repeating: 0, count: count)
}
