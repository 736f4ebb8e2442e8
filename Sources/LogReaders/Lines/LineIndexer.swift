/// Takes text line by line, a record a line, in one way or in several at once.
struct LineIndexer {
  private let rules: LineRules
  /// Whether a record is all lines up to a blank one.
  private let takesParagraphs: Bool
  /// At least one; their tables hold the same lines.
  private var lanes: [LineLane]
  private let isEnveloped: Bool
  /// The lane whose table is full first.
  private let tightest: Int

  /// A paragraph ends before a line that makes it longer: text that is none must not fill the
  /// memory.
  private static let longestParagraph = 32 << 10

  init(rules: LineRules, lanes: [LineLane], takesParagraphs: Bool = false) {
    self.rules = rules
    self.takesParagraphs = takesParagraphs
    self.lanes = lanes
    isEnveloped = lanes.contains { $0.envelope != nil }
    tightest =
      lanes.indices.max { lanes[$0].names.names.count < lanes[$1].names.names.count } ?? 0
  }

  /// Sets what a field holds in all records from here on.
  mutating func setConstant(_ name: String, _ text: [UInt8]) {
    for index in lanes.indices { lanes[index].setConstant(name, text) }
  }

  /// Fills the lanes' tables with records from `piece.position` on and moves the position behind
  /// them.
  mutating func index(_ piece: PieceBuffer, counts: inout LineCounts) -> IndexStop {
    let firstLine = counts.lines + 1
    let rules = rules
    for index in lanes.indices { lanes[index].begin(piece, firstLine: firstLine) }
    let table = lanes[tightest].table
    while table.hasRoom, piece.hasArenaRoom || table.rowCount == 0 {
      guard let line = piece.line(from: piece.position) else { return .piece }
      let kind = rules.kind(of: piece.text(piece.position..<line.end))
      switch kind {
      case .record: break
      case .stop, .directive: return .special(kind)
      default:
        counts.add(kind)
        piece.position = line.next
        continue
      }
      var record = (end: line.end, next: line.next, lineCount: 1)
      if takesParagraphs {
        guard let paragraph = LineIndexer.paragraph(piece, line) else { return .piece }
        record = paragraph
      }
      let opened = isEnveloped ? SyslogLine(piece, piece.position..<record.end) : nil
      for index in lanes.indices {
        lanes[index].take(
          piece.position..<record.end, opened: opened, number: counts.lines + 1 - firstLine,
          continuationLines: record.lineCount - 1)
      }
      counts.lines += record.lineCount
      counts.continuations += record.lineCount - 1
      piece.position = record.next
    }
    return .table
  }

  /// The paragraph that begins with a line; nil where the text ends before that is known.
  private static func paragraph(
    _ piece: PieceBuffer, _ first: (end: Int, next: Int)
  ) -> (end: Int, next: Int, lineCount: Int)? {
    let limit = min(longestParagraph, piece.capacity / 2)
    var found = (end: first.end, next: first.next, lineCount: 1)
    while true {
      guard let line = piece.line(from: found.next) else {
        return piece.isLast || piece.textEnd - piece.position >= limit ? found : nil
      }
      if line.end == found.next || line.next - piece.position > limit { return found }
      found = (line.end, line.next, found.lineCount + 1)
    }
  }
}
