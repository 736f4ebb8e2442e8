/// Texts to compare fields with: by their first eight bytes where that is all of them. A text that
/// ends with `*` stands for all that start with the rest.
struct TextSet {
  private let prefixes: [[UInt8]]
  private let words: [UInt64]
  private let counts: [Int]
  private let texts: [[UInt8]]

  init(_ texts: [String]) {
    prefixes = texts.filter { $0.hasSuffix("*") }.map { Array($0.utf8.dropLast()) }
    self.texts = texts.filter { !$0.hasSuffix("*") }.map { Array($0.utf8) }
    counts = self.texts.map(\.count)
    words = self.texts.map { bytes in
      bytes.prefix(8).enumerated().reduce(0) {
        $0 | UInt64($1.element) << UInt64(8 * $1.offset)
      }
    }
  }

  var isEmpty: Bool { words.isEmpty && prefixes.isEmpty }

  /// Whether a text may be one of these that is a number, or an address, too.
  var mayHoldNumbers: Bool {
    !prefixes.isEmpty || texts.contains { ($0.first ?? 0) &- 0x30 <= 9 }
  }

  @inline(__always) func contains(_ text: FieldText) -> Bool {
    let word = text.word
    for index in 0..<words.count where words[index] == word && counts[index] == text.count {
      if text.count <= 8 || text.bytes.elementsEqual(texts[index]) { return true }
    }
    return !prefixes.isEmpty && prefixes.contains { text.bytes.starts(with: $0) }
  }
}

/// What short texts were found to stand for; a small cache by the text's first 16 bytes.
final class ShortTextCache<Value> {
  private struct Entry {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var count = -1
    var value: Value?
  }

  private static var entryCount: Int { 256 }
  private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: entryCount)

  init() { entries.initialize(repeating: Entry(), count: ShortTextCache.entryCount) }

  deinit {
    entries.deinitialize(count: ShortTextCache.entryCount)
    entries.deallocate()
  }

  @inline(__always) private static func key(_ text: FieldText) -> (UInt64, UInt64, slot: Int) {
    let first = text.word
    let second = text.count <= 8 ? 0 : FieldText(start: text.start + 8, count: text.count - 8).word
    let hash = (first ^ second &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    return (first, second, Int(hash >> 56))
  }

  /// The value kept for a text of at most 16 bytes.
  @inline(__always) func value(_ text: FieldText) -> Value? {
    guard text.count <= 16 else { return nil }
    let (first, second, slot) = ShortTextCache.key(text)
    let entry = entries + slot
    return entry.pointee.first == first && entry.pointee.second == second
      && entry.pointee.count == text.count ? entry.pointee.value : nil
  }

  func keep(_ value: Value, for text: FieldText) {
    guard text.count <= 16 else { return }
    let (first, second, slot) = ShortTextCache.key(text)
    entries[slot] = Entry(first: first, second: second, count: text.count, value: value)
  }
}
