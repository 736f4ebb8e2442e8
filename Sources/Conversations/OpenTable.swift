/// The open conversations, found by their key.
///
/// Open addressing with linear probing over the entries' numbers. Nothing is removed one by one:
/// `sweep` drops all that are over and builds the table anew.
struct OpenTable {
  private(set) var entries: [OpenConversation] = []
  /// Entry number + 1, 0 where free; a power of two of them, at most half in use.
  private var slots: [UInt32] = .init(repeating: 0, count: 1024)

  var count: Int { entries.count }

  /// The number of the entry with this key, nil where there is none.
  @inline(__always) func find(_ key: ConversationKey, hash: UInt64) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if entries[number].hash == hash, entries[number].key == key { return number }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// - Precondition: no entry has the same key.
  mutating func insert(_ conversation: OpenConversation) {
    entries.append(conversation)
    if entries.count * 2 > slots.count {
      rebuild(slotCount: slots.count * 2)
    } else {
      place(count - 1)
    }
  }

  @inline(__always) mutating func update<Result>(
    _ number: Int, _ body: (inout OpenConversation) -> Result
  ) -> Result {
    body(&entries[number])
  }

  /// Drops the entries for which `isOver`.
  mutating func sweep(_ isOver: (OpenConversation) -> Bool) {
    entries.removeAll(where: isOver)
    rebuild(slotCount: slots.count)
  }

  private mutating func rebuild(slotCount: Int) {
    if slotCount == slots.count {
      for slot in slots.indices { slots[slot] = 0 }
    } else {
      slots = [UInt32](repeating: 0, count: slotCount)
    }
    for number in entries.indices { place(number) }
  }

  private mutating func place(_ number: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: entries[number].hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = UInt32(truncatingIfNeeded: number) + 1
  }
}
