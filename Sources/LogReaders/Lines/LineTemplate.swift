/// A line written as literal text with captures, compiled.
///
/// `{name}` takes text up to what follows it, `{name:kind}` only bytes of a kind, `{}` forgets what
/// it takes, `{? …}` may be missing, and `{{` and `}}` stand for braces.
final class LineTemplate: Sendable {
  static let maximumCaptureCount = 64

  /// Bytes that a capture may take.
  enum Kind: String, CaseIterable, Sendable {
    case any, int, word, ip
    /// Letters, digits, `.`, `-`, `_`
    case host

    @inline(__always) func allows(_ byte: UInt8) -> Bool {
      switch self {
      case .any: true
      case .int: byte &- 0x30 <= 9
      case .word: byte != 0x20 && byte != 0x09
      case .ip:
        byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 6 || byte == UInt8(ascii: ":")
          || byte == UInt8(ascii: ".")
      case .host:
        byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: ".")
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte >= 0x80
      }
    }
  }

  enum Step: Sendable {
    /// A part of the template's `literals`.
    case literal(start: Int, count: Int)
    /// Field -1: what is taken is forgotten.
    case capture(field: Int, Kind)
    /// The steps up to `end` may be missing.
    case optional(end: Int)
  }

  let steps: [Step]
  /// Literal text, one piece after another.
  let literals: [UInt8]
  /// Names of the captures.
  let names: [String]

  /// - Parameter field: the position of a name among the fields that the format reads.
  init(_ text: String, path: String, field: (String) -> Int) throws {
    var parser = TemplateParser(text: text, path: path)
    try parser.parse(Array(text.utf8)[...])
    guard parser.captureCount <= LineTemplate.maximumCaptureCount else {
      throw FormatError(path: path, problem: "pattern \"\(text)\": too many captures")
    }
    steps = parser.steps.map { step in
      guard case .capture(let index, let kind) = step else { return step }
      return .capture(field: index < 0 ? -1 : field(parser.names[index]), kind)
    }
    literals = parser.literals
    names = parser.names
  }
}

/// Compiles a template; captures hold positions in `names`.
private struct TemplateParser {
  let text: String
  let path: String
  var steps: [LineTemplate.Step] = []
  var names: [String] = []
  var literals: [UInt8] = []
  private(set) var captureCount = 0
  /// Where the literal at hand starts.
  private var literalStart = 0

  init(text: String, path: String) {
    self.text = text
    self.path = path
  }

  private func error(_ problem: String) -> FormatError {
    FormatError(path: path, problem: "pattern \"\(text)\": \(problem)")
  }

  mutating func parse(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    while let byte = rest.popFirst() {
      let isBrace = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
      guard isBrace else {
        literals.append(byte)
        continue
      }
      if rest.first == byte {
        rest.removeFirst()
        literals.append(byte)
        continue
      }
      guard byte == UInt8(ascii: "{") else {
        throw error("expected }} for a brace, found }")
      }
      let body = try takeBody(&rest)
      endLiteral()
      if body.first == UInt8(ascii: "?") {
        let place = steps.count
        steps.append(.optional(end: 0))
        try parse(body.dropFirst())
        steps[place] = .optional(end: steps.count)
      } else {
        try addCapture(String(decoding: body, as: UTF8.self))
      }
    }
    endLiteral()
  }

  /// What stands between a brace that was taken and the one that closes it.
  private func takeBody(_ rest: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
    var depth = 1
    for index in rest.indices {
      if rest[index] == UInt8(ascii: "{") { depth += 1 }
      if rest[index] == UInt8(ascii: "}") { depth -= 1 }
      guard depth == 0 else { continue }
      defer { rest = rest[(index + 1)...] }
      return rest[..<index]
    }
    throw error("a brace is not closed")
  }

  private mutating func endLiteral() {
    let count = literals.count - literalStart
    if count > 0 { steps.append(.literal(start: literalStart, count: count)) }
    literalStart = literals.count
  }

  private mutating func addCapture(_ body: String) throws {
    if case .capture(_, .any) = steps.last {
      throw error("text is needed between {\(body)} and the capture before it")
    }
    let parts = body.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2,
      let kind = LineTemplate.Kind(rawValue: parts.count == 2 ? parts[1] : "any")
    else {
      let known = LineTemplate.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("{\(body)}: expected a name, and after a colon one of \(known)")
    }
    captureCount += 1
    if parts[0].isEmpty {
      steps.append(.capture(field: -1, kind))
    } else {
      names.append(parts[0])
      steps.append(.capture(field: names.count - 1, kind))
    }
  }
}
