/// Takes text line by line, a record a line, in one way or in several at once.
struct LineIndexer {
  private let rules: LineRules
  /// At least one; their tables hold the same lines.
  private var lanes: [LineLane]
  /// The lane whose table is full first.
  private let tightest: Int

  init(rules: LineRules, lanes: [LineLane]) {
    self.rules = rules
    self.lanes = lanes
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
      for index in lanes.indices {
        lanes[index].take(piece.position..<line.end, number: counts.lines + 1 - firstLine)
      }
      counts.lines += 1
      piece.position = line.next
    }
    return .table
  }
}
