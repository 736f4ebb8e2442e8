import Events

/// How often a host took which three steps in a row, and when first.
struct StepCounts: BitwiseCopyable {
  struct Item: BitwiseCopyable {
    /// The gram's code + 1; 0 where free.
    var key: UInt32 = 0
    var count: UInt32 = 0
    var firstSlice: UInt32 = 0

    var gram: UInt32 { key - 1 }
  }

  /// An open-addressing table of items, at most three in four places taken.
  private var block: UnsafeMutableRawPointer?
  private var count: UInt32 = 0
  private var capacityLog2: UInt8 = 0

  mutating func add(_ gram: UInt32, slice: UInt32, in pool: inout BlockPool) {
    if block == nil { grow(in: &pool) }
    guard let items, let place = place(of: gram + 1) else { return }
    if items[place].key == 0 {
      guard count < Step.hostLimit else { return }
      guard 4 * (Int(count) + 1) <= 3 << Int(capacityLog2) else {
        grow(in: &pool)
        return add(gram, slice: slice, in: &pool)
      }
      items[place] = Item(key: gram + 1, count: 0, firstSlice: slice)
      count += 1
    }
    if items[place].count < .max { items[place].count += 1 }
  }

  private var items: UnsafeMutablePointer<Item>? { block?.assumingMemoryBound(to: Item.self) }

  /// Where a key is, or belongs.
  private func place(of key: UInt32) -> Int? {
    guard let items else { return nil }
    let mask = 1 << Int(capacityLog2) - 1
    var place = Int(truncatingIfNeeded: mix(UInt64(key))) & mask
    while items[place].key != 0 && items[place].key != key { place = (place + 1) & mask }
    return place
  }

  private mutating func grow(in pool: inout BlockPool) {
    let old = self
    capacityLog2 = old.block == nil ? 4 : old.capacityLog2 + 1
    let memory = pool.allocate(byteCount)
    memory.initializeMemory(as: Item.self, repeating: Item(), count: 1 << Int(capacityLog2))
    block = memory
    for item in old.unordered {
      if let items, let place = place(of: item.key) { items[place] = item }
    }
    old.release(to: &pool)
  }

  private var byteCount: Int { MemoryLayout<Item>.stride << Int(capacityLog2) }

  private var unordered: [Item] {
    guard let items else { return [] }
    return UnsafeBufferPointer(start: items, count: 1 << Int(capacityLog2)).filter { $0.key != 0 }
  }

  /// All items by gram.
  var sorted: [Item] { unordered.sorted { $0.key < $1.key } }

  func release(to pool: inout BlockPool) {
    if let block { pool.free(block, byteCount: byteCount) }
  }
}
