/// The text that a mapping takes from a record, after its verbs in this order: `from` or
/// `first_of`, `when`, `trim`, `null`, `not_ip`, `plus_is_space`, `dns_labels`, `regex`, `split`,
/// `lower`, `trim_chars`, `trim_end`.
struct TextSource {
  private let condition: FieldCondition?
  private let trims: Bool
  private let nulls: TextSet
  private let hasNulls: Bool
  private let mayNullNumbers: Bool
  private let takesShortcuts: Bool
  private let transform: TextTransform?
  /// The parts that each element of `from` joins.
  private let parts: [[String]]
  private var column: FieldColumn?
  /// What is looked at where the first column is null: other columns, or several joined.
  private var others: [[FieldColumn]] = []
  private let joined = ScratchText()

  /// - Parameter condition: what `when` says; shared by all mappings that say the same.
  init(
    _ mapping: ColumnMapping, _ read: Format.Read, condition: FieldCondition?,
    _ settings: ReaderSettings
  ) throws {
    takesShortcuts = settings.takesShortcuts
    self.condition = condition
    trims = mapping.trims || read.trims
    nulls = TextSet(mapping.null + read.nulls + (read.shape == .zeek ? ["-", "(empty)"] : []))
    hasNulls = !nulls.isEmpty
    mayNullNumbers = nulls.mayHoldNumbers
    parts = mapping.from.map { ColumnMapping.parts(of: $0) }
    transform = try TextTransform(mapping, read)
  }

  mutating func bind(_ binding: ColumnBinding, _ table: FieldTable) {
    others = parts.compactMap { parts in
      let columns = parts.compactMap { binding.column($0, of: table) }
      return columns.count == parts.count ? columns : nil
    }
    column = others.first.flatMap { $0.count == 1 ? $0[0] : nil }
    if column != nil { others.removeFirst() }
  }

  /// The column of which a text that is a number or an address as it stands is what `text` gives:
  /// no verb but `when`, `trim` and `null` may change it, and the last two leave such texts alone.
  /// What is no number goes through `text`.
  var numberColumn: FieldColumn? {
    takesShortcuts && transform == nil && !mayNullNumbers ? column : nil
  }

  /// The column whose texts `text` gives as they stand, but for spaces around them.
  var plainColumn: FieldColumn? {
    takesShortcuts && transform == nil && !hasNulls ? column : nil
  }

  /// The only column of which the texts decide, by whatever verbs: the same text gives the same.
  var onlyColumn: FieldColumn? { takesShortcuts && others.isEmpty ? column : nil }

  /// Whether `when` may leave a record null.
  var isConditional: Bool { condition != nil }

  /// Whether `when` leaves each record of the block at hand null.
  var leavesAllNull: Bool { condition.map { $0.heldCount == 0 } ?? false }

  /// Whether `when` leaves a record of the block at hand null.
  var leavesSomeNull: Bool { condition.map { $0.heldCount < $0.rows.count } ?? false }

  /// Whether `when` leaves a record null.
  @inline(__always) func isLeftNull(_ row: Int) -> Bool {
    condition.map { !$0.holds(row) } ?? false
  }

  /// Whether the text of the last record failed `regex`.
  var failed: Bool { transform?.failed ?? false }

  /// The text for a record; nil for null. Valid until the next call.
  @inline(__always) func text(_ row: Int) -> FieldText? {
    if let condition, !condition.holds(row) {
      transform?.failed = false
      return nil
    }
    guard let text = plainText(column, row) ?? textOfOthers(row) else {
      transform?.failed = false
      return nil
    }
    guard let transform else { return text }
    return transform.apply(text)
  }

  @inline(__always) private func plainText(_ column: FieldColumn?, _ row: Int) -> FieldText? {
    guard var text = column?[row] else { return nil }
    if trims { text = text.trimmed }
    return hasNulls && nulls.contains(text) ? nil : text
  }

  @inline(__always) private func textOfOthers(_ row: Int) -> FieldText? {
    for columns in others {
      if let text = columns.count == 1 ? plainText(columns[0], row) : joinedText(columns, row) {
        return text
      }
    }
    return nil
  }

  private func joinedText(_ columns: [FieldColumn], _ row: Int) -> FieldText? {
    var bytes: [UInt8] = []
    for column in columns {
      guard let text = plainText(column, row), text.count > 0 else { return nil }
      if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
      bytes += text.bytes
    }
    return joined.store(bytes)
  }
}

/// The verbs that make another text.
final class TextTransform {
  private let trimEnd: [UInt8]
  private let trimmedCharacters: [UInt8]
  private let lowercases: Bool
  private let plusIsSpace: Bool
  private let readsLabels: Bool
  private let excludesAddresses: Bool
  private let regex: Pattern?
  private let split: (separator: String, part: Int)?
  /// Whether `\x2d` and the like stand for bytes, as in Zeek's logs.
  private let unescapes: Bool
  /// Where changed texts stay; two, so that one can be made from the other.
  private var scratches = (ScratchText(), ScratchText())
  /// What `regex` and `split` made of short texts.
  private let parts = ShortTextCache<[UInt8]?>()
  /// Whether the last text did not match `regex`.
  var failed = false

  /// Nil where a mapping has no such verbs.
  init?(_ mapping: ColumnMapping, _ read: Format.Read) throws {
    trimEnd = Array((mapping.trimEnd ?? "").utf8)
    trimmedCharacters = Array((mapping.trimmedCharacters ?? "").utf8)
    lowercases = mapping.lowercases
    plusIsSpace = mapping.plusIsSpace
    readsLabels = mapping.readsLabels
    excludesAddresses = mapping.excludesAddresses
    regex = try mapping.regex.map { try Pattern($0) }
    split = mapping.split
    unescapes = read.shape == .zeek && mapping.type == .text
    guard
      !trimEnd.isEmpty || !trimmedCharacters.isEmpty || lowercases || plusIsSpace || readsLabels
        || excludesAddresses
        || regex != nil
        || split != nil
        || unescapes
    else {
      return nil
    }
  }

  func apply(_ text: FieldText) -> FieldText? {
    var text = text
    failed = false
    if excludesAddresses, text.address != nil { return nil }
    if unescapes, text.bytes.contains(UInt8(ascii: "\\")) { text = unescaped(text) }
    if plusIsSpace, text.bytes.contains(UInt8(ascii: "+")) {
      text = store(text.bytes.lazy.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
    }
    if readsLabels { text = joinedLabels(text) }
    if regex != nil || split != nil {
      guard let part = cachedPart(text) else {
        failed = regex != nil
        return nil
      }
      text = store(part)
    }
    if lowercases, text.bytes.contains(where: { $0 &- 0x41 < 26 }) {
      text = store(text.bytes.lazy.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 })
    }
    if !trimmedCharacters.isEmpty { text = withoutTrimmed(text) }
    if !trimEnd.isEmpty, text.count >= trimEnd.count,
      text.bytes.suffix(trimEnd.count).elementsEqual(trimEnd)
    {
      text = FieldText(start: text.start, count: text.count - trimEnd.count)
    }
    return text
  }

  /// `(3)www(7)example(3)com(0)` as `www.example.com`.
  private func joinedLabels(_ text: FieldText) -> FieldText {
    var bytes: [UInt8] = []
    // The first bracket may belong to a pattern's text.
    var isInside = text.bytes.first != UInt8(ascii: "(")
    for byte in text.bytes {
      if byte == UInt8(ascii: "(") {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ".")) }
        isInside = true
      } else if byte == UInt8(ascii: ")") {
        isInside = false
      } else if !isInside {
        bytes.append(byte)
      }
    }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    return store(bytes)
  }

  private func withoutTrimmed(_ text: FieldText) -> FieldText {
    var (from, to) = (0, text.count)
    while from < to, trimmedCharacters.contains(text.start[from]) { from += 1 }
    while to > from, trimmedCharacters.contains(text.start[to - 1]) { to -= 1 }
    return FieldText(start: text.start + from, count: to - from)
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
final class ScratchText {
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
