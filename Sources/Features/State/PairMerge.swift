import Columnar
import Events

/// Merges the pairs of several days in the order of their keys.
struct PairMerge {
  /// The place of a day's next pair.
  private struct Head: BitwiseCopyable {
    let order: PairTable.Key
    /// Index of the day.
    let day: Int

    func precedes(_ other: Head) -> Bool {
      order == other.order ? day < other.day : order < other.order
    }
  }

  /// The days' rows, in ascending order of days.
  let cursors: [PairCursor]
  /// A binary heap, least first; names in it lie in the cursors' batches.
  private var heap: [Head] = []
  /// The days that have the least pair, whose cursors stand at it; in ascending order.
  private(set) var days: [Int] = []

  init(_ summaries: [DayTables]) throws {
    cursors = try summaries.map {
      try PairCursor(pairs: $0.pairs, values: $0.pairValues, day: $0.day)
    }
    for day in cursors.indices { push(day) }
  }

  /// Goes to the next pair; false where there is none.
  mutating func next() throws -> Bool {
    for day in days {
      try cursors[day].advance()
      push(day)
    }
    days.removeAll(keepingCapacity: true)
    guard let order = heap.first?.order else { return false }
    while let head = heap.first, head.order == order {
      days.append(head.day)
      pop()
    }
    return true
  }

  private mutating func push(_ day: Int) {
    guard let order = cursors[day].place?.order else { return }
    heap.append(Head(order: order, day: day))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
