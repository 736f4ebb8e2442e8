/// What a `RangedTable` is keyed by.
protocol RangedKey: BitwiseCopyable, Comparable {
  var hash: UInt64 { get }
  /// Copies names that the key points to into the pool.
  mutating func adopt(in pool: inout BlockPool)
  func release(to pool: inout BlockPool)
}

/// What a `RangedTable` keeps for a key.
protocol RangedEntry: BitwiseCopyable {
  init()
  /// Frees the blocks that the entry holds.
  func release(to pool: inout BlockPool)
}

/// Entries by key within a fixed amount of memory, however many keys there are.
///
/// When the table is full, it cuts its keys in their order to as many ranges as the scan's rows
/// will fill, keeps the lowest and takes no more of the others. What remains at the end of a scan
/// is complete for its range of keys; the next scan takes the keys above. So ranges come out in
/// the order of keys, each key in exactly one scan, and neither the limits nor hashes show in the
/// result.
struct RangedTable<Key: RangedKey, Entry: RangedEntry>: ~Copyable {
  private let slotLimit: Int
  private let byteLimit: Int
  private let keys: UnsafeMutablePointer<Key>
  let entries: UnsafeMutablePointer<Entry>
  /// Upper half of the hash, and slot + 1; 0 where free.
  private let cells: UnsafeMutablePointer<UInt64>
  private let mask: Int
  private(set) var count = 0
  var pool = BlockPool()

  private var lower: Key?
  private var upper: Key?
  /// Where scans were cut short, the latest and least last: `upper`, and borders between the keys
  /// that are still to come, which spare the next scans the search for them.
  private var uppers: [Key] = []
  /// Where names of the borders lie.
  private var bounds = BlockPool()
  /// Share of the scan's rows that came so far, 0 … 1; 1 where it is not known.
  var progress = 1.0
  private static var mostRanges: Int { 16 }
  /// By how much ranges are smaller than would just fit, as they are not alike.
  private static var room: Double { 1.15 }
  /// Whether all keys have been taken.
  private(set) var isDone = false
  /// Whether this scan takes only some of the keys.
  var isNarrowed: Bool { lower != nil || upper != nil }

  /// - Parameter slotLimit: keys at a time, at least 2.
  /// - Parameter byteLimit: bytes of blocks at a time; a single key may pass it.
  init(slotLimit: Int, byteLimit: Int) {
    precondition(slotLimit >= 2)
    self.slotLimit = slotLimit
    self.byteLimit = byteLimit
    keys = RangedTable.allocate(slotLimit)
    entries = RangedTable.allocate(slotLimit)
    // At most three cells of four are taken.
    let cellCount = 1 << (Int.bitWidth - (slotLimit * 4 / 3).leadingZeroBitCount)
    cells = RangedTable.allocate(cellCount)
    mask = cellCount - 1
  }

  deinit {
    RangedTable.deallocate(keys, slotLimit)
    RangedTable.deallocate(entries, slotLimit)
    RangedTable.deallocate(cells, mask + 1)
  }

  private static func allocate<Item: BitwiseCopyable>(
    _ count: Int
  ) -> UnsafeMutablePointer<Item> {
    Pages.allocate(count * MemoryLayout<Item>.stride).bindMemory(to: Item.self, capacity: count)
  }

  private static func deallocate<Item: BitwiseCopyable>(
    _ items: UnsafeMutablePointer<Item>, _ count: Int
  ) {
    Pages.deallocate(items, count * MemoryLayout<Item>.stride)
  }

  func key(_ slot: Int) -> Key { keys[slot] }

  /// The slot of a key, new where it was not there; nil where the key is not of this scan's range.
  /// Slots hold until the next call.
  @inline(__always) mutating func slot(for key: Key) -> Int? {
    if pool.bytesInUse > byteLimit { narrow() }
    if isNarrowed, !isInRange(key) { return nil }
    let hash = key.hash
    var position = Int(truncatingIfNeeded: hash) & mask
    while cells[position] != 0 {
      let cell = cells[position]
      let slot = Int(truncatingIfNeeded: cell & 0xFFFF_FFFF) - 1
      if (cell ^ hash) >> 32 == 0 && keys[slot] == key { return slot }
      position = (position + 1) & mask
    }
    return insert(key, hash: hash, position: position)
  }

  private func isInRange(_ key: Key) -> Bool {
    if let upper, !(key < upper) { return false }
    if let lower, key < lower { return false }
    return true
  }

  /// Whether keys of this scan's range may have `leading` as the most significant part of their
  /// order, which `part` picks; a cheap look before the rest of a row is read.
  @inline(__always)
  func mayTake<Part: Comparable>(_ leading: Part, _ part: (Key) -> Part) -> Bool {
    if isDone { return false }
    if let upper, part(upper) < leading { return false }
    if let lower, leading < part(lower) { return false }
    return true
  }

  private mutating func insert(_ key: Key, hash: UInt64, position: Int) -> Int? {
    if count == slotLimit {
      narrow()
      return slot(for: key)
    }
    var key = key
    key.adopt(in: &pool)
    (keys + count).initialize(to: key)
    (entries + count).initialize(to: Entry())
    count += 1
    cells[position] = hash & ~0xFFFF_FFFF | UInt64(count)
    return count - 1
  }

  /// Gives up the keys above the lowest range, until the blocks of the others fit. Rows to come are
  /// taken to fill as much as those that came. A range too many costs a scan; with too few, the
  /// table fills again, and what it counted of the keys that it then gives up was for nothing.
  private mutating func narrow() {
    repeat {
      guard count >= 2 else { return }
      let step = max(1, count / 1024)
      let sample = stride(from: 0, to: count, by: step).map { keys[$0] }.sorted()
      let rangeCount = min(
        max(2, Int((RangedTable.room / max(progress, 0.001)).rounded(.up))), RangedTable.mostRanges,
        sample.count)
      for range in (1..<rangeCount).reversed() {
        var border = sample[sample.count * range / rangeCount]
        border.adopt(in: &bounds)
        uppers.append(border)
        upper = border
      }
      if let upper { dropKeys(notBelow: upper) }
    } while pool.bytesInUse > byteLimit
  }

  private mutating func dropKeys(notBelow limit: Key) {
    cells.update(repeating: 0, count: mask + 1)
    var kept = 0
    for slot in 0..<count {
      guard keys[slot] < limit else {
        keys[slot].release(to: &pool)
        entries[slot].release(to: &pool)
        continue
      }
      keys[kept] = keys[slot]
      entries[kept] = entries[slot]
      kept += 1
      let hash = keys[kept - 1].hash
      var position = Int(truncatingIfNeeded: hash) & mask
      while cells[position] != 0 { position = (position + 1) & mask }
      cells[position] = hash & ~0xFFFF_FFFF | UInt64(kept)
    }
    count = kept
  }

  /// The slots in the order of their keys.
  func sortedSlots() -> [Int] {
    (0..<count).sorted { keys[$0] < keys[$1] }
  }

  /// Forgets all entries and turns to the keys above them; where there are none, the table is done.
  mutating func finishScan() {
    lower = uppers.popLast()
    upper = uppers.last
    isDone = lower == nil
    count = 0
    cells.update(repeating: 0, count: mask + 1)
    pool.reset()
  }
}
