/// Finds the fields of JSON lines: one object a line, fields by key. A nested object's fields are
/// reached by `outer.inner`; an array's elements are joined by commas.
struct JSONIndexer {
  var rules: LineRules
  private let columnOfPath: [[UInt8]: Int]
  private let columnCount: Int
  /// What the keys of the record before were, in order: most records have the same.
  private var expected: [(path: [UInt8], column: Int)] = []

  init(paths: [String], rules: LineRules) {
    self.rules = rules
    columnCount = paths.count
    columnOfPath = Dictionary(
      paths.enumerated().map { (Array($0.element.utf8), $0.offset) },
      uniquingKeysWith: { a, _ in a })
  }

  /// Fills `table` with records from `piece.position` on and moves the position behind them.
  mutating func index(
    _ piece: PieceBuffer, into table: FieldTable, counts: inout LineCounts
  ) -> IndexStop {
    let firstLine = counts.lines + 1
    table.setEmpty(stride: columnCount, firstLine: firstLine)
    while table.hasRoom {
      guard let line = piece.line(from: piece.position) else { return .piece }
      let kind = rules.kind(of: piece.text(piece.position..<line.end))
      guard case .record = kind else {
        if case .stop = kind { return .special(kind) }
        counts.add(kind)
        piece.position = line.next
        continue
      }
      var parser = JSONLineParser(piece: piece, position: piece.position, end: line.end)
      var reason = RejectReason.none
      if !takeRecord(&parser, into: table) {
        reason = RejectReason(.malformedJSON)
        table.clearNext()
      }
      table.add(
        .init(
          start: UInt32(piece.position), end: UInt32(line.end),
          line: UInt32(counts.lines + 1 - firstLine), continuationLines: 0, reason: reason))
      counts.lines += 1
      piece.position = line.next
    }
    return .table
  }

  private mutating func takeRecord(_ parser: inout JSONLineParser, into table: FieldTable) -> Bool {
    var keyNumber = 0
    guard takeObject(&parser, prefix: [], &keyNumber, into: table, depth: 0) else { return false }
    parser.skipSpace()
    return parser.isAtEnd
  }

  private mutating func takeObject(
    _ parser: inout JSONLineParser, prefix: [UInt8], _ keyNumber: inout Int,
    into table: FieldTable, depth: Int
  ) -> Bool {
    guard depth < 16, parser.take(UInt8(ascii: "{")) else { return false }
    if parser.take(UInt8(ascii: "}")) { return true }
    repeat {
      guard let key = parser.string(), parser.take(UInt8(ascii: ":")) else { return false }
      parser.skipSpace()
      if parser.byte == UInt8(ascii: "{") {
        let path = prefix + Array(parser.text(key)) + [UInt8(ascii: ".")]
        guard takeObject(&parser, prefix: path, &keyNumber, into: table, depth: depth + 1) else {
          return false
        }
      } else {
        let column = column(of: parser.text(key), prefix: prefix, keyNumber: keyNumber)
        keyNumber += 1
        guard let value = parser.value() else { return false }
        if column >= 0, case .text(let field) = value {
          table.setField(column, before: field.before, after: field.after)
        }
      }
    } while parser.take(UInt8(ascii: ","))
    return parser.take(UInt8(ascii: "}"))
  }

  /// The column of a key, -1 where it has none.
  private mutating func column(
    of key: UnsafeRawBufferPointer, prefix: [UInt8], keyNumber: Int
  ) -> Int {
    if keyNumber < expected.count {
      let path = expected[keyNumber].path
      if path.count == prefix.count + key.count, path.starts(with: prefix),
        path[prefix.count...].elementsEqual(key)
      {
        return expected[keyNumber].column
      }
    }
    let path = prefix + Array(key)
    let column = columnOfPath[path] ?? -1
    if keyNumber < expected.count {
      expected[keyNumber] = (path, column)
    } else if keyNumber == expected.count, keyNumber < 256 {
      expected.append((path, column))
    }
    return column
  }
}

/// Takes one JSON value after another from a line.
struct JSONLineParser {
  /// A text's place: positions of the byte before and the byte after.
  typealias Place = (before: Int, after: Int)
  enum Value {
    case null
    case text(Place)
  }

  let piece: PieceBuffer
  var position: Int
  let end: Int

  var isAtEnd: Bool { position == end }
  /// The next byte; a line end at the end of the line.
  @inline(__always) var byte: UInt8 { piece.base[position] }

  func text(_ place: Place) -> UnsafeRawBufferPointer { piece.text(place.before + 1..<place.after) }

  @inline(__always) mutating func skipSpace() {
    while position < end && (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) {
      position += 1
    }
  }

  /// Skips space and takes `expected`, if it comes next.
  @inline(__always) mutating func take(_ expected: UInt8) -> Bool {
    skipSpace()
    guard position < end, byte == expected else { return false }
    position += 1
    return true
  }

  mutating func string() -> Place? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let before = position - 1
    var hasEscape = false
    while position < end && byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        hasEscape = true
        position += 1
      }
      position += 1
    }
    guard position < end else { return nil }
    let after = position
    position += 1
    return hasEscape ? unescaped((before, after)) : (before, after)
  }

  mutating func value() -> Value? {
    skipSpace()
    guard position < end else { return nil }
    switch byte {
    case UInt8(ascii: "\""): return string().map { .text($0) }
    case UInt8(ascii: "["): return array().map { .text($0) }
    case UInt8(ascii: "{"): return rawObject().map { .text($0) }
    default: return literal()
    }
  }

  /// A number, `true`, `false` or `null`.
  private mutating func literal() -> Value? {
    let start = position
    while position < end, !",]} \t".utf8.contains(byte) { position += 1 }
    let text = piece.text(start..<position)
    guard let first = text.first else { return nil }
    if text.elementsEqual("null".utf8) { return .null }
    let isNumber = first == UInt8(ascii: "-") || (0x30...0x39).contains(first)
    guard isNumber || text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) else {
      return nil
    }
    return .text((start - 1, position))
  }

  /// An object inside an array: its text as it stands.
  private mutating func rawObject() -> Place? {
    let before = position - 1
    var depth = 0
    repeat {
      guard position < end else { return nil }
      if byte == UInt8(ascii: "\"") {
        guard string() != nil else { return nil }
        continue
      }
      if byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "}") { depth -= 1 }
      position += 1
    } while depth > 0
    return (before, position)
  }

  /// The elements, joined by commas; those of nested arrays too.
  private mutating func array() -> Place? {
    var joined: [UInt8] = []
    var depth = 0
    repeat {
      skipSpace()
      guard position < end, depth < 16 else { return nil }
      if take(UInt8(ascii: "[")) {
        depth += 1
      } else if take(UInt8(ascii: "]")) {
        depth -= 1
      } else if !take(UInt8(ascii: ",")) {
        guard let element = value() else { return nil }
        if !joined.isEmpty { joined.append(UInt8(ascii: ",")) }
        if case .text(let place) = element { joined += text(place) }
      }
    } while depth > 0
    return store(joined)
  }

  private func store(_ bytes: [UInt8]) -> Place? {
    let before = piece.arenaEnd
    guard before + bytes.count + 2 <= piece.limit else { return nil }
    bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: piece.base + before + 1, count: bytes.count)
        .copyMemory(from: $0)
    }
    piece.arenaEnd = before + 1 + bytes.count
    piece.base[piece.arenaEnd] = UInt8(ascii: "\n")
    return (before, piece.arenaEnd)
  }

  private func unescaped(_ place: Place) -> Place? {
    var bytes: [UInt8] = []
    var source = text(place)[...]
    while let byte = source.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch source.popFirst() {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "b"): bytes.append(0x08)
      case UInt8(ascii: "f"): bytes.append(0x0C)
      case UInt8(ascii: "u"):
        guard let scalar = escapedScalar(&source) else { return nil }
        bytes += Array(String(scalar).utf8)
      case .some(let other) where "\"\\/".utf8.contains(other): bytes.append(other)
      default: return nil
      }
    }
    return store(bytes)
  }

  /// What follows `\u`: four hexadecimal digits, or a surrogate pair; half a pair becomes U+FFFD.
  private func escapedScalar(_ source: inout Slice<UnsafeRawBufferPointer>) -> Unicode.Scalar? {
    func unit() -> UInt32? {
      guard source.count >= 4 else { return nil }
      let digits = source.prefix(4)
      source = source.dropFirst(4)
      return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
    guard let high = unit() else { return nil }
    guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
    guard source.starts(with: "\\u".utf8) else { return "\u{FFFD}" }
    let rest = source
    source = source.dropFirst(2)
    guard let low = unit() else { return nil }
    guard (0xDC00..<0xE000).contains(low) else {
      source = rest
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
  }
}
