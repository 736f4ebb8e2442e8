/// The names of the fields that a format reads, looked up by their bytes.
struct FieldNames {
  let names: [String]
  private let entries: [Entry]

  private struct Entry {
    /// -1 where the slot is empty.
    var index = -1
    var first: UInt64 = 0
    var last: UInt64 = 0
    var bytes: [UInt8] = []
  }

  init(_ names: [String]) {
    self.names = names
    var slotCount = 8
    while slotCount < 4 * names.count { slotCount *= 2 }
    var entries = [Entry](repeating: Entry(), count: slotCount)
    for (index, name) in names.enumerated() {
      let bytes = Array(name.utf8)
      let padded = bytes + [UInt8](repeating: 0, count: 8)
      let (first, last) = padded.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map {
          FieldNames.key(FieldText(start: $0, count: bytes.count))
        } ?? (0, 0)
      }
      var slot = FieldNames.slot(first, last, bytes.count) & (slotCount - 1)
      while entries[slot].index >= 0 { slot = (slot + 1) & (slotCount - 1) }
      entries[slot] = Entry(index: index, first: first, last: last, bytes: bytes)
    }
    self.entries = entries
  }

  /// The first eight bytes and the last eight, which overlap in shorter names.
  @inline(__always) private static func key(_ name: FieldText) -> (UInt64, UInt64) {
    guard name.count > 8 else { return (name.word, 0) }
    return (name.word, FieldText(start: name.start + name.count - 8, count: 8).word)
  }

  @inline(__always) private static func slot(_ first: UInt64, _ last: UInt64, _ count: Int) -> Int {
    let mixed = (first ^ last &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(count)) &* 0xD6E8_FEB8_6659_FD93
    return Int(mixed >> 40)
  }

  /// The position of a name, -1 where the format does not read it.
  func index(of name: FieldText) -> Int {
    let (first, last) = FieldNames.key(name)
    return entries.withUnsafeBufferPointer { entries in
      var slot = FieldNames.slot(first, last, name.count) & (entries.count - 1)
      while entries[slot].index >= 0 {
        if entries[slot].first == first, entries[slot].last == last,
          entries[slot].bytes.count == name.count,
          name.count <= 16 || name.bytes.elementsEqual(entries[slot].bytes)
        {
          return entries[slot].index
        }
        slot = (slot + 1) & (entries.count - 1)
      }
      return -1
    }
  }

  func index(of name: String) -> Int { names.firstIndex(of: name) ?? -1 }
}
