/// The stored order of rows: event_time, then the five-tuple's hash, log file and line.
///
/// By a hash rather than by the ends as they are written: it is at hand without another look at the
/// rows, and cuts what begins at one instant to parts that fit in memory.
struct OutputOrder {
  private var times = TimeOrder()
  private var order: [UInt64] = []
  private var sorted: [Conversation] = []

  /// Sorts conversations that start in one slice of time.
  mutating func sort(_ rows: inout [Conversation], sliceStart: Int64) {
    order.removeAll(keepingCapacity: true)
    for (index, row) in rows.enumerated() {
      order.append(UInt64(row.start - sliceStart) << TimeOrder.indexBits | UInt64(index))
    }
    times.sort(&order)
    let mask: UInt64 = 1 << TimeOrder.indexBits - 1
    sorted.removeAll(keepingCapacity: true)
    for entry in order { sorted.append(rows[Int(entry & mask)]) }
    var from = 0
    while from < sorted.count {
      var to = from + 1
      while to < sorted.count, sorted[to].start == sorted[from].start { to += 1 }
      if to - from > 1 { sorted[from..<to].sort(by: OutputOrder.isBefore) }
      from = to
    }
    swap(&rows, &sorted)
  }

  private static func isBefore(_ a: Conversation, _ b: Conversation) -> Bool {
    if a.tuple != b.tuple { return a.tuple < b.tuple }
    return (a.first.batch, a.first.row) < (b.first.batch, b.first.row)
  }
}
