/// Takes text line by line, a record a line: opens the envelope that a line lies in, and cuts what
/// it holds into fields.
struct LineIndexer {
  var rules: LineRules
  private let envelope: SyslogEnvelope?
  private var cutter: any TextCutter
  private let names: FieldNames
  /// A field that lines before the records state for all of them.
  private var constant: (field: Int, text: [UInt8])?

  init(rules: LineRules, names: FieldNames, envelope: SyslogEnvelope?, cutter: any TextCutter) {
    self.rules = rules
    self.names = names
    self.envelope = envelope
    self.cutter = cutter
  }

  /// Sets what a field holds in all records from here on.
  mutating func setConstant(_ name: String, _ text: [UInt8]) {
    let field = names.index(of: name)
    constant = field >= 0 && !text.isEmpty ? (field, text) : nil
  }

  /// Fills `table` with records from `piece.position` on and moves the position behind them.
  mutating func index(
    _ piece: PieceBuffer, into table: FieldTable, counts: inout LineCounts
  ) -> IndexStop {
    let firstLine = counts.lines + 1
    table.setEmpty(stride: names.names.count, firstLine: firstLine)
    let constantPlace = constant.flatMap { piece.store($0.text) }
    let rules = rules
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
      let text =
        envelope?.open(piece.position..<line.end, into: table)
        ?? piece.position..<line.end
      if let constant, let constantPlace {
        table.setField(
          constant.field, before: constantPlace.before, after: constantPlace.after)
      }
      let fault = cutter.cut(text, into: table)
      if fault != .none && !fault.keepsFields { table.clearNext() }
      table.add(
        .init(
          start: UInt32(piece.position), end: UInt32(line.end),
          line: UInt32(counts.lines + 1 - firstLine), continuationLines: 0,
          reason: RejectReason(fault)))
      counts.lines += 1
      piece.position = line.next
    }
    return .table
  }
}
