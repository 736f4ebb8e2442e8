import CLibCSV

/// Cuts delimited text into fields with libcsv: the reference parser, and the one that takes quoted
/// text. Fields are copied to the piece's arena.
///
/// libcsv runs in strict mode: a quote inside an unquoted field, or text after a closing quote, is
/// an error. Parsing goes on at the next line end, so that one bad record costs only itself.
final class QuotedIndexer {
  var layout: FieldLayout
  var rules: LineRules
  private let parser = UnsafeMutablePointer<csv_parser>.allocate(capacity: 1)

  /// What libcsv's callbacks write to.
  fileprivate final class Output {
    let piece: PieceBuffer
    let table: FieldTable
    var fieldCount = 0
    var hasRecord = false

    init(_ piece: PieceBuffer, _ table: FieldTable) {
      self.piece = piece
      self.table = table
    }
  }

  init(layout: FieldLayout, rules: LineRules) {
    self.layout = layout
    self.rules = rules
    csv_init(parser, UInt8(CSV_STRICT | CSV_REPALL_NL))
    csv_set_space_func(parser) { _ in 0 }
  }

  deinit {
    csv_free(parser)
    parser.deallocate()
  }

  /// Fills `table` with records from `piece.position` on and moves the position behind them.
  func index(
    _ piece: PieceBuffer, into table: FieldTable, counts: inout LineCounts
  ) -> IndexStop {
    let firstLine = counts.lines + 1
    table.setEmpty(stride: layout.keptCount, firstLine: firstLine)
    csv_set_delim(parser, layout.delimiter)
    if let quote = layout.quote { csv_set_quote(parser, quote) }
    let output = Output(piece, table)
    while table.hasRoom {
      guard let line = piece.line(from: piece.position) else { return .piece }
      let kind = rules.kind(of: piece.text(piece.position..<line.end))
      guard case .record = kind else {
        if case .stop = kind { return .special(kind) }
        if case .directive = kind { return .special(kind) }
        counts.add(kind)
        piece.position = line.next
        continue
      }
      guard let record = parse(piece, firstLine: line, output) else { return .piece }
      table.add(
        .init(
          start: UInt32(piece.position), end: UInt32(record.end),
          line: UInt32(counts.lines + 1 - firstLine),
          continuationLines: UInt32(record.lineCount - 1), reason: record.reason))
      counts.lines += record.lineCount
      counts.continuations += record.lineCount - 1
      piece.position = record.next
    }
    return .table
  }

  private typealias ParsedRecord = (end: Int, next: Int, lineCount: Int, reason: RejectReason)

  /// Parses the record that starts with a line; nil where the piece ends inside it.
  private func parse(
    _ piece: PieceBuffer, firstLine: (end: Int, next: Int), _ output: Output
  ) -> ParsedRecord? {
    if layout.quote == nil {
      csv_set_quote(parser, absentByte(in: piece.text(piece.position..<firstLine.end)))
    }
    output.fieldCount = 0
    output.hasRecord = false
    let arenaStart = piece.arenaEnd
    var line = firstLine
    var lineStart = piece.position
    var lineCount = 1
    while true {
      // Past a carriage return only inside quotes: outside, the record is complete there.
      for part in [lineStart..<line.end + 1, line.end + 1..<line.next] where !output.hasRecord {
        let taken = csv_parse(
          parser, piece.base + part.lowerBound, part.count, takeField, takeRecord,
          Unmanaged.passUnretained(output).toOpaque())
        if taken != part.count {
          reset()
          output.table.clearNext()
          return (line.end, line.next, lineCount, RejectReason(.malformedQuote))
        }
      }
      if output.hasRecord {
        return (line.end, line.next, lineCount, layout.reason(forCount: output.fieldCount))
      }
      let isTooLong = line.next - piece.position > PieceBuffer.maximumRecordLength
      lineStart = line.next
      guard !isTooLong, let nextLine = piece.line(from: line.next) else {
        reset()
        output.table.clearNext()
        piece.arenaEnd = arenaStart
        guard isTooLong || piece.isLast else { return nil }
        return (firstLine.end, firstLine.next, 1, RejectReason(.tooLong))
      }
      line = nextLine
      lineCount += 1
    }
  }

  /// Forgets a record that is not complete.
  private func reset() {
    csv_fini(parser, nil, nil, nil)
  }

  /// A control byte that a line does not hold, to stand for quotes where there are none.
  private func absentByte(in line: UnsafeRawBufferPointer) -> UInt8 {
    let candidates = (UInt8(0)..<32).filter { $0 != layout.delimiter && !isLineEnd($0) }
    return candidates.first { !line.contains($0) } ?? 0
  }
}

private func takeField(
  _ text: UnsafeMutableRawPointer?, _ count: Int, _ context: UnsafeMutableRawPointer?
) {
  guard let context else { return }
  Unmanaged<QuotedIndexer.Output>.fromOpaque(context)._withUnsafeGuaranteedRef { output in
    let piece = output.piece
    let before = piece.arenaEnd
    precondition(before + count + 2 <= piece.limit)
    if let text {
      UnsafeMutableRawPointer(piece.base + before + 1).copyMemory(from: text, byteCount: count)
    }
    piece.arenaEnd = before + 1 + count
    piece.base[piece.arenaEnd] = UInt8(ascii: "\n")
    output.table.setField(output.fieldCount, before: before, after: piece.arenaEnd)
    output.fieldCount += 1
  }
}

private func takeRecord(_: Int32, _ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<QuotedIndexer.Output>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.hasRecord = true
  }
}
