/// Takes one JSON value after another from a line.
struct JSONLineParser {
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
    while position < end, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
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

  /// Goes past a value that nobody reads; false where it does not end.
  mutating func skipValue() -> Bool {
    skipSpace()
    guard position < end else { return false }
    guard byte != UInt8(ascii: "\"") else { return skipString() }
    guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else { return literal() != nil }
    var depth = 0
    repeat {
      guard position < end else { return false }
      switch byte {
      case UInt8(ascii: "\""):
        guard skipString() else { return false }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      position += 1
    } while depth > 0
    return true
  }

  private mutating func skipString() -> Bool {
    position += 1
    while position < end, byte != UInt8(ascii: "\"") {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    position += 1
    return position <= end
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
    while position < end, !",]} \t\r\n".utf8.contains(byte) { position += 1 }
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
    return skipValue() ? (before, position) : nil
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
    return piece.store(joined)
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
    return piece.store(bytes)
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
