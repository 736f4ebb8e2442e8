/// What a line is for.
enum LineKind {
  case record
  case blank
  case comment
  /// A header line that comes again.
  case header
  /// Left out by the format's `[skip] lines`.
  case skipped
  /// The format's `[skip] stop_at`: from here on nothing is a record.
  case stop
  /// A `#` line of Zeek's or W3C's logs, which says what follows.
  case directive
}

/// Tells records from other lines by a format's rules.
struct LineRules {
  private let comment: [UInt8]
  private let hasDirectives: Bool
  /// What lines that match are, in this order.
  private let patterns: [(Pattern, LineKind)]
  private var header: [UInt8] = []
  /// Whether a line with this first byte may be other than a record.
  private var isSpecial = [Bool](repeating: false, count: 256)

  init(_ format: Format) throws {
    comment = Array(format.skip.comment.utf8)
    hasDirectives = format.read.shape == .zeek || format.read.shape == .elff
    let stops = try format.skip.stopAt.map { [(try Pattern($0), LineKind.stop)] } ?? []
    patterns = try stops + format.skip.lines.map { (try Pattern($0), .skipped) }
    for end in [UInt8(ascii: "\n"), UInt8(ascii: "\r")] { isSpecial[Int(end)] = true }
    if let first = comment.first { isSpecial[Int(first)] = true }
    if hasDirectives { isSpecial[Int(UInt8(ascii: "#"))] = true }
    for (pattern, _) in patterns {
      if let first = pattern.firstByte {
        isSpecial[Int(first)] = true
      } else {
        isSpecial = [Bool](repeating: true, count: 256)
      }
    }
  }

  /// Lines equal to `line` are headers from now on.
  mutating func setHeader(_ line: UnsafeRawBufferPointer) {
    header = Array(line)
    if let first = line.first { isSpecial[Int(first)] = true }
  }

  @inline(__always) func mayBeSpecial(_ firstByte: UInt8) -> Bool {
    isSpecial.withUnsafeBufferPointer { $0[Int(firstByte)] }
  }

  /// - Parameter line: without its line end.
  func kind(of line: UnsafeRawBufferPointer) -> LineKind {
    guard let first = line.first else { return .blank }
    guard mayBeSpecial(first) else { return .record }
    if hasDirectives && first == UInt8(ascii: "#") { return .directive }
    if !comment.isEmpty && line.starts(with: comment) { return .comment }
    if !header.isEmpty && line.elementsEqual(header) { return .header }
    for (pattern, kind) in patterns where pattern.matches(line) { return kind }
    return .record
  }
}

/// Physical lines by what became of them. `lines` is the sum of all others, but that records of a
/// document may share a line or take several.
package struct LineCounts: Hashable, Sendable {
  package internal(set) var lines = 0
  /// Records that became rows.
  package internal(set) var rows = 0
  package internal(set) var rejects = 0
  /// Records left out by the format's `[skip] when`.
  package internal(set) var skippedRecords = 0
  package internal(set) var skippedLines = 0
  /// From the line that `[skip] stop_at` names to the end.
  package internal(set) var footer = 0
  package internal(set) var headers = 0
  package internal(set) var comments = 0
  package internal(set) var blanks = 0
  /// Lines of a record after its first: quoted fields may hold line ends.
  package internal(set) var continuations = 0
  /// Lines of a JSON document, and records found in it.
  package internal(set) var documentLines = 0
  package internal(set) var documentRecords = 0
  /// 1 where a document could not be read to its end.
  var documentFaults = 0

  package init() {}

  /// Whether every line is accounted for.
  package var isBalanced: Bool {
    lines + documentRecords == rows + rejects + skippedRecords + skippedLines + footer + headers
      + comments + blanks + continuations + documentLines
  }

  mutating func add(_ kind: LineKind) {
    lines += 1
    switch kind {
    case .blank: blanks += 1
    case .comment: comments += 1
    case .header, .directive: headers += 1
    case .skipped: skippedLines += 1
    case .stop: footer += 1
    case .record: break
    }
  }
}
