import Glibc

/// Matches texts against templates. A capture takes as little as it can; where what follows it does
/// not fit, it takes more. The bytes that are looked at again are limited, so that no line costs
/// much more than a few passes over it.
struct TemplateMatcher {
  /// Fields of the last match, by position in the format's names.
  private(set) var captures: [(field: Int, from: Int, to: Int)] = []
  private var base: UnsafePointer<UInt8>
  private var end = 0
  /// Bytes that may still be looked at before a template counts as not matching.
  private var budget = 0

  init(_ piece: PieceBuffer) { base = UnsafePointer(piece.base) }

  /// Whether a template matches a whole text.
  mutating func matches(_ template: LineTemplate, _ text: Range<Int>) -> Bool {
    captures.removeAll(keepingCapacity: true)
    end = text.upperBound
    budget = 65_536 + 8 * text.count
    return template.steps.withUnsafeBufferPointer { match($0, from: 0, at: text.lowerBound) }
  }

  private mutating func match(
    _ steps: UnsafeBufferPointer<LineTemplate.Step>, from first: Int, at start: Int
  ) -> Bool {
    var position = start
    var index = first
    while index < steps.count {
      switch steps[index] {
      case .literal(let bytes):
        guard holds(bytes, at: position) else { return false }
        position += bytes.count
        index += 1
      case .optional(let optionalEnd):
        let count = captures.count
        if match(steps, from: index + 1, at: position) { return true }
        captures.removeSubrange(count...)
        index = optionalEnd
      case .capture(let field, let kind):
        return capture(field, kind, steps, next: index + 1, at: position)
      }
    }
    return position == end
  }

  private func holds(_ bytes: [UInt8], at position: Int) -> Bool {
    guard end - position >= bytes.count else { return false }
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { memcmp(base + position, $0, bytes.count) == 0 } ?? true
    }
  }

  /// Tries the ends that a capture can have, nearest first.
  private mutating func capture(
    _ field: Int, _ kind: LineTemplate.Kind, _ steps: UnsafeBufferPointer<LineTemplate.Step>,
    next: Int, at start: Int
  ) -> Bool {
    var furthest = end
    if kind != .any {
      furthest = start
      while furthest < end, kind.allows(base[furthest]) { furthest += 1 }
      guard furthest > start else { return false }
    }
    let count = captures.count
    captures.append((field, start, start))
    let least = kind == .any ? start : start + 1
    if next == steps.count {
      captures[count].to = end
      return furthest == end
    }
    if case .literal(let bytes) = steps[next] {
      var from = least
      while budget > 0, let found = find(bytes, from: from, to: furthest) {
        captures[count].to = found
        if match(steps, from: next + 1, at: found + bytes.count) { return true }
        captures.removeSubrange((count + 1)...)
        from = found + 1
      }
    } else if kind != .any {
      // What follows may be missing: all bytes of the kind belong to the capture.
      captures[count].to = furthest
      if match(steps, from: next, at: furthest) { return true }
    } else {
      var to = least
      while to <= furthest, budget > 0 {
        budget -= 16
        captures[count].to = to
        if match(steps, from: next, at: to) { return true }
        captures.removeSubrange((count + 1)...)
        to += 1
      }
    }
    captures.removeSubrange(count...)
    return false
  }

  /// The first place from `from` to `last` at which bytes stand.
  private mutating func find(_ bytes: [UInt8], from: Int, to last: Int) -> Int? {
    var position = from
    defer { budget -= position - from + 16 }
    while position <= last, position < end,
      let found = memchr(base + position, Int32(bytes[0]), min(last + 1, end) - position)
    {
      position = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      if holds(bytes, at: position) { return position }
      position += 1
    }
    position = max(position, min(last + 1, end))
    return nil
  }
}

/// Cuts texts by the first of several templates that matches.
struct PatternCutter: TextCutter {
  private struct Entry {
    let template: LineTemplate
    /// Fields that hold the same in all texts of this kind.
    let constants: [(field: Int, place: Place)]
    let outcome: Format.LinePattern.Outcome
  }

  private let entries: [Entry]
  private var matcher: TemplateMatcher
  private let unmatched: RejectReason.Kind

  /// - Parameter unmatched: what a text is that no template matches.
  init(
    _ patterns: [Format.LinePattern], _ names: FieldNames, piece: PieceBuffer, path: String,
    unmatched: RejectReason.Kind
  ) throws {
    entries = try patterns.map { pattern in
      Entry(
        template: try LineTemplate(pattern.text, path: path) { names.index(of: $0) },
        constants: try pattern.constants.sorted { $0.key < $1.key }.compactMap { name, text in
          let field = names.index(of: name)
          guard field >= 0 else { return nil }
          guard let place = piece.keep(Array(text.utf8)) else {
            throw FormatError(path: path, problem: "[[pattern]] set: too much text in all")
          }
          return (field, place)
        },
        outcome: pattern.outcome)
    }
    matcher = TemplateMatcher(piece)
    self.unmatched = unmatched
  }

  mutating func cut(_ text: Range<Int>, into table: FieldTable) -> RejectReason.Kind {
    for entry in entries where matcher.matches(entry.template, text) {
      switch entry.outcome {
      case .record: break
      case .skip: return .skipped
      case .reject: return .unknownLine
      }
      for (field, from, to) in matcher.captures where field >= 0 {
        table.setField(field, before: from - 1, after: to)
      }
      for (field, place) in entry.constants {
        table.setField(field, before: place.before, after: place.after)
      }
      return .none
    }
    return unmatched
  }
}
