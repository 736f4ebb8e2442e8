import Glibc

/// Matches texts against templates. A capture takes as little as it can; where what follows it does
/// not fit, it takes more. The bytes that are looked at again are limited, so that no line costs
/// much more than a few passes over it.
final class TemplateMatcher {
  /// A field of the last match, by position in the format's names, and its text.
  struct Capture {
    var field: Int
    var from: Int
    var to: Int
  }

  private(set) var captureCount = 0
  private let captures = UnsafeMutablePointer<Capture>.allocate(
    capacity: LineTemplate.maximumCaptureCount)
  private let base: UnsafePointer<UInt8>
  private var end = 0
  /// Bytes that may still be looked at before a template counts as not matching.
  private var budget = 0

  private typealias Steps = UnsafeBufferPointer<LineTemplate.Step>
  private typealias Literal = UnsafeBufferPointer<UInt8>

  init(_ piece: PieceBuffer) { base = UnsafePointer(piece.base) }
  deinit { captures.deallocate() }

  subscript(index: Int) -> Capture {
    precondition(index >= 0 && index < captureCount)
    return captures[index]
  }

  /// Whether a template matches a whole text.
  func matches(_ template: LineTemplate, _ text: Range<Int>) -> Bool {
    captureCount = 0
    end = text.upperBound
    budget = 65_536 + 8 * text.count
    return template.steps.withUnsafeBufferPointer { steps in
      template.literals.withUnsafeBufferPointer { literals in
        match(steps, literals, from: 0, at: text.lowerBound)
      }
    }
  }

  private func match(
    _ steps: Steps, _ literals: Literal, from first: Int, at start: Int
  ) -> Bool {
    var position = start
    var index = first
    while index < steps.count {
      switch steps[index] {
      case .literal(let start, let count):
        guard holds(Literal(rebasing: literals[start..<start + count]), at: position) else {
          return false
        }
        position += count
        index += 1
      case .optional(let optionalEnd):
        let count = captureCount
        if match(steps, literals, from: index + 1, at: position) { return true }
        captureCount = count
        index = optionalEnd
      case .capture(let field, let kind):
        return capture(field, kind, steps, literals, next: index + 1, at: position)
      }
    }
    return position == end
  }

  @inline(__always) private func holds(_ bytes: Literal, at position: Int) -> Bool {
    guard end - position >= bytes.count, let start = bytes.baseAddress else { return false }
    return memcmp(base + position, start, bytes.count) == 0
  }

  /// Tries the ends that a capture can have, nearest first.
  private func capture(
    _ field: Int, _ kind: LineTemplate.Kind, _ steps: Steps, _ literals: Literal, next: Int,
    at start: Int
  ) -> Bool {
    var furthest = end
    if kind != .any {
      furthest = start
      while furthest < end, kind.allows(base[furthest]) { furthest += 1 }
      guard furthest > start else { return false }
    }
    let count = captureCount
    precondition(count < LineTemplate.maximumCaptureCount)
    captures[count] = Capture(field: field, from: start, to: start)
    captureCount += 1
    let least = kind == .any ? start : start + 1
    if next == steps.count {
      captures[count].to = end
      return furthest == end
    }
    if case .literal(let start, let length) = steps[next] {
      let bytes = Literal(rebasing: literals[start..<start + length])
      var from = least
      while budget > 0, let found = find(bytes, from: from, to: furthest) {
        captures[count].to = found
        if match(steps, literals, from: next + 1, at: found + length) { return true }
        captureCount = count + 1
        from = found + 1
      }
    } else if kind != .any {
      // What follows may be missing: all bytes of the kind belong to the capture.
      captures[count].to = furthest
      if match(steps, literals, from: next, at: furthest) { return true }
    } else {
      var to = least
      while to <= furthest, budget > 0 {
        budget -= 16
        captures[count].to = to
        if match(steps, literals, from: next, at: to) { return true }
        captureCount = count + 1
        to += 1
      }
    }
    captureCount = count
    return false
  }

  /// The first place from `from` to `last` at which bytes stand.
  private func find(_ bytes: Literal, from: Int, to last: Int) -> Int? {
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
  private let matcher: TemplateMatcher
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

  func cut(_ text: Range<Int>, into table: FieldTable) -> RejectReason.Kind {
    for index in entries.indices where matcher.matches(entries[index].template, text) {
      let entry = entries[index]
      switch entry.outcome {
      case .record: break
      case .skip: return .skipped
      case .reject: return .unknownLine
      }
      for index in 0..<matcher.captureCount {
        let capture = matcher[index]
        guard capture.field >= 0 else { continue }
        table.setField(capture.field, before: capture.from - 1, after: capture.to)
      }
      for (field, place) in entry.constants {
        table.setField(field, before: place.before, after: place.after)
      }
      return .none
    }
    return unmatched
  }
}
