/// A regular expression on a line or a field: literal ones (`^Summary$`, `^#`) are compared byte by
/// byte, others by Swift's `Regex`.
struct Pattern {
  private enum Form {
    case equals([UInt8])
    case startsWith([UInt8])
    case regex(Regex<AnyRegexOutput>)
  }

  private let form: Form

  init(_ text: String) throws {
    let special = Set("\\^$.|?*+()[]{}")
    var body = Substring(text)
    guard body.first == "^" else {
      form = .regex(try Regex(text))
      return
    }
    body.removeFirst()
    let isWhole = body.last == "$"
    if isWhole { body.removeLast() }
    if body.isEmpty || body.contains(where: special.contains) {
      form = .regex(try Regex(text))
    } else {
      form = isWhole ? .equals(Array(body.utf8)) : .startsWith(Array(body.utf8))
    }
  }

  /// The only byte with which a match can start; nil where that isn't known.
  var firstByte: UInt8? {
    switch form {
    case .equals(let bytes), .startsWith(let bytes): bytes.first
    case .regex: nil
    }
  }

  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    switch form {
    case .equals(let bytes): text.elementsEqual(bytes)
    case .startsWith(let bytes): text.starts(with: bytes)
    case .regex(let regex): String(decoding: text, as: UTF8.self).firstMatch(of: regex) != nil
    }
  }

  func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  /// What the first group of a match holds, or the whole match where there are no groups; nil
  /// without a match.
  func capture(_ text: String) -> Substring? {
    switch form {
    case .equals(let bytes): text.utf8.elementsEqual(bytes) ? text[...] : nil
    case .startsWith(let bytes):
      text.utf8.starts(with: bytes)
        ? text[..<text.utf8.index(text.startIndex, offsetBy: bytes.count)] : nil
    case .regex(let regex):
      text.firstMatch(of: regex).flatMap { match in
        match.output.count > 1 ? match.output[1].substring : match.output[0].substring
      }
    }
  }
}
