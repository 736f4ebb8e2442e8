/// Where the fields of the columns that a format reads lie in a table's records.
struct ColumnBinding {
  /// Names of the columns that the format reads.
  let names: [String]
  /// By position in `names`: the field's position in a record, nil where the file lacks it.
  var positions: [Int?]

  func column(_ name: String, of table: FieldTable) -> FieldColumn? {
    guard let index = names.firstIndex(of: name) else { return nil }
    return positions[index].map { table.column($0) }
  }
}

/// Conditions on columns: all must hold one of their texts.
final class FieldCondition {
  private let wanted: [(column: String, texts: TextSet)]
  private var columns: [(FieldColumn?, TextSet)] = []
  private let trims: Bool

  /// Nil where there are no conditions.
  init?(_ conditions: [String: [String]], trims: Bool) {
    guard !conditions.isEmpty else { return nil }
    wanted = conditions.keys.sorted().map { ($0, TextSet(conditions[$0] ?? [])) }
    self.trims = trims
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) {
    columns = wanted.map { (binding.column($0.column, of: table), $0.texts) }
  }

  @inline(__always) func holds(_ row: Int) -> Bool {
    for (column, texts) in columns {
      guard var text = column?[row] else { return false }
      if trims { text = text.trimmed }
      guard texts.contains(text) else { return false }
    }
    return true
  }
}

/// The text that a mapping takes from a record, after its verbs in this order: `from` or
/// `first_of`, `when`, `trim`, `null`, `regex`, `split`, `lower`, `trim_end`.
final class TextSource {
  private let from: [String]
  private let condition: FieldCondition?
  private let trims: Bool
  private let nulls: TextSet
  private let trimEnd: [UInt8]
  private let lowercases: Bool
  private let regex: Pattern?
  private let split: (separator: String, part: Int)?
  /// Whether `\x2d` and the like stand for bytes, as in Zeek's logs.
  private let unescapes: Bool
  private var columns: [FieldColumn] = []
  /// Where changed texts stay; two, so that one can be made from the other.
  private var scratches = (ScratchText(), ScratchText())
  /// What `regex` and `split` made of short texts.
  private var parts = ShortTextCache<[UInt8]?>()
  /// Whether the last text failed `regex`.
  private(set) var failed = false

  init(_ mapping: ColumnMapping, _ read: Format.Read) throws {
    from = mapping.from
    trims = mapping.trims || read.trims
    condition = FieldCondition(mapping.when, trims: trims)
    nulls = TextSet(mapping.null + (read.shape == .zeek ? ["-", "(empty)"] : []))
    trimEnd = Array((mapping.trimEnd ?? "").utf8)
    lowercases = mapping.lowercases
    regex = try mapping.regex.map { try Pattern($0) }
    split = mapping.split
    unescapes = read.shape == .zeek && mapping.type == .text
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) {
    columns = from.compactMap { binding.column($0, of: table) }
    condition?.bind(binding, table)
  }

  /// The text for a record; nil for null. Valid until the next call.
  @inline(__always) func text(_ row: Int) -> FieldText? {
    failed = false
    if let condition, !condition.holds(row) { return nil }
    var found: FieldText?
    for column in columns {
      guard var text = column[row] else { continue }
      if trims { text = text.trimmed }
      if nulls.contains(text) { continue }
      found = text
      break
    }
    guard let text = found else { return nil }
    return regex == nil && split == nil && !lowercases && trimEnd.isEmpty && !unescapes
      ? text : transformed(text)
  }

  private func transformed(_ text: FieldText) -> FieldText? {
    var text = text
    if unescapes, text.bytes.contains(UInt8(ascii: "\\")) { text = unescaped(text) }
    if regex != nil || split != nil {
      guard let part = cachedPart(text) else {
        failed = regex != nil
        return nil
      }
      text = store(part)
    }
    if lowercases {
      text = store(text.bytes.lazy.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    }
    if !trimEnd.isEmpty, text.count >= trimEnd.count,
      text.bytes.suffix(trimEnd.count).elementsEqual(trimEnd)
    {
      text = FieldText(start: text.start, count: text.count - trimEnd.count)
    }
    return text
  }

  private func cachedPart(_ text: FieldText) -> [UInt8]? {
    if let known = parts.value(text) { return known }
    let part = part(String(decoding: text.bytes, as: UTF8.self)).map { Array($0.utf8) }
    parts.keep(part, for: text)
    return part
  }

  private func part(_ text: String) -> Substring? {
    var part = text[...]
    if let regex {
      guard let match = regex.capture(text) else { return nil }
      part = match
    }
    guard let split else { return part }
    var rest = part
    for _ in 0..<split.part {
      guard let range = rest.firstRange(of: split.separator) else { return nil }
      rest = rest[range.upperBound...]
    }
    return rest[..<(rest.firstRange(of: split.separator)?.lowerBound ?? rest.endIndex)]
  }

  private func unescaped(_ text: FieldText) -> FieldText {
    var bytes: [UInt8] = []
    var index = 0
    while index < text.count {
      if text.start[index] == UInt8(ascii: "\\"), index + 3 < text.count,
        text.start[index + 1] == UInt8(ascii: "x"),
        let value = FieldText(start: text.start + index + 2, count: 2).hexadecimal
      {
        bytes.append(UInt8(value))
        index += 4
      } else {
        bytes.append(text.start[index])
        index += 1
      }
    }
    return store(bytes)
  }

  /// Copies bytes to where they stay until the next call; they may come from the last copy.
  private func store(_ bytes: some Collection<UInt8>) -> FieldText {
    scratches = (scratches.1, scratches.0)
    return scratches.0.store(bytes)
  }
}

/// Room for one text.
private final class ScratchText {
  private var memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 256)

  init() { memory.initialize(repeating: 0) }
  deinit { memory.deallocate() }

  func store(_ bytes: some Collection<UInt8>) -> FieldText {
    let count = bytes.count
    if count + 64 > memory.count {
      memory.deallocate()
      memory = .allocate(capacity: 2 * count + 64)
      memory.initialize(repeating: 0)
    }
    guard let start = memory.baseAddress else { preconditionFailure("no room for a text") }
    _ = memory.update(fromContentsOf: bytes)
    return FieldText(start: UnsafePointer(start), count: count)
  }
}
