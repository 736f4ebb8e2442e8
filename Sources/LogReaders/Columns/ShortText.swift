/// Texts to compare fields with: by their first eight bytes where that is all of them.
struct TextSet {
  private struct Entry {
    let word: UInt64
    let bytes: [UInt8]
  }

  private let entries: [Entry]

  init(_ texts: [String]) {
    entries = texts.map { text in
      let bytes = Array(text.utf8)
      let word = bytes.prefix(8).enumerated().reduce(UInt64(0)) {
        $0 | UInt64($1.element) << UInt64(8 * $1.offset)
      }
      return Entry(word: word, bytes: bytes)
    }
  }

  var isEmpty: Bool { entries.isEmpty }

  @inline(__always) func contains(_ text: FieldText) -> Bool {
    guard !entries.isEmpty else { return false }
    let word = text.word
    for entry in entries where entry.word == word && entry.bytes.count == text.count {
      if text.count <= 8 || text.bytes.elementsEqual(entry.bytes) { return true }
    }
    return false
  }
}

/// What short texts were found to stand for; a small cache by the text's first 16 bytes.
struct ShortTextCache<Value> {
  private struct Entry {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var count = -1
    var value: Value?
  }

  private var entries = [Entry](repeating: Entry(), count: 256)

  private static func key(_ text: FieldText) -> (UInt64, UInt64, slot: Int) {
    let first = text.word
    let second = text.count <= 8 ? 0 : FieldText(start: text.start + 8, count: text.count - 8).word
    let hash = (first ^ second &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    return (first, second, Int(hash >> 56))
  }

  /// The value kept for a text of at most 16 bytes.
  @inline(__always) func value(_ text: FieldText) -> Value? {
    guard text.count <= 16 else { return nil }
    let (first, second, slot) = ShortTextCache.key(text)
    return entries.withUnsafeBufferPointer { entries in
      let entry = entries[slot]
      return entry.first == first && entry.second == second && entry.count == text.count
        ? entry.value : nil
    }
  }

  mutating func keep(_ value: Value, for text: FieldText) {
    guard text.count <= 16 else { return }
    let (first, second, slot) = ShortTextCache.key(text)
    entries[slot] = Entry(first: first, second: second, count: text.count, value: value)
  }
}
