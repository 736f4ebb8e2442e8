/// The rows of an output batch, grouped by the input batch that holds their first record, so that
/// each input batch is visited once.
struct BatchGroups {
  struct Group {
    let batch: Int
    /// Output rows, ascending.
    let positions: ArraySlice<Int32>
  }

  private(set) var groups: [Group] = []

  init(_ rows: ArraySlice<Conversation>) {
    var entries = [UInt64]()
    entries.reserveCapacity(rows.count)
    var isGrouped = true
    var previous: UInt64 = 0
    for (position, row) in rows.enumerated() {
      let entry = UInt64(row.first.batch) << TimeOrder.indexBits | UInt64(position)
      if entry < previous { isGrouped = false }
      previous = entry
      entries.append(entry)
    }
    if !isGrouped {
      var order = TimeOrder()
      order.sort(&entries)
    }
    let positions = entries.map { Int32(truncatingIfNeeded: $0 & (1 << TimeOrder.indexBits - 1)) }
    var from = 0
    while from < entries.count {
      let batch = entries[from] >> TimeOrder.indexBits
      var to = from + 1
      while to < entries.count, entries[to] >> TimeOrder.indexBits == batch { to += 1 }
      groups.append(Group(batch: Int(batch), positions: positions[from..<to]))
      from = to
    }
  }
}
