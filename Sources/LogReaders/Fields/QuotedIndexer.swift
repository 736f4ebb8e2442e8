import CLibCSV
import Glibc

/// Cuts delimited text into fields with libcsv: the reference parser, and the one that takes quoted
/// text. Fields are copied to the piece's arena.
///
/// libcsv runs in strict mode: a quote inside an unquoted field, or text after a closing quote, is
/// an error. Parsing goes on at the next line end, so that one bad record costs only itself.
final class QuotedIndexer {
  var layout: FieldLayout
  var rules: LineRules
  private let parser = UnsafeMutablePointer<csv_parser>.allocate(capacity: 1)

  /// Where there are no quotes: a control byte to stand for one, which the lines so far lack.
  private var unusedQuote: UInt8 = 0

  /// What libcsv's callbacks write to.
  fileprivate final class Output {
    let base: UnsafeMutablePointer<UInt8>
    let limit: Int
    let table: FieldTable
    /// Where the fields of the record at hand go.
    @exclusivity(unchecked) var places: FieldPlaces
    // Unchecked: libcsv calls back on the thread that called it, and a check for every field would
    // cost as much as the field.
    @exclusivity(unchecked) var arenaEnd: Int
    @exclusivity(unchecked) var fieldCount = 0
    @exclusivity(unchecked) var hasRecord = false

    init(_ piece: PieceBuffer, _ table: FieldTable) {
      base = piece.base
      limit = piece.limit
      arenaEnd = piece.arenaEnd
      self.table = table
      places = table.nextPlaces
    }
  }

  init(layout: FieldLayout, rules: LineRules) {
    self.layout = layout
    self.rules = rules
    csv_init(parser, UInt8(CSV_STRICT | CSV_REPALL_NL))
    csv_set_space_func(parser, csv_no_space)
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
    defer { piece.arenaEnd = output.arenaEnd }
    let rules = rules
    while table.hasRoom {
      guard let line = piece.line(from: piece.position) else { return .piece }
      let kind =
        rules.mayBeSpecial(piece.base[piece.position])
        ? rules.kind(of: piece.text(piece.position..<line.end)) : .record
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
      setUnusedQuote(piece.text(piece.position..<firstLine.end))
    }
    output.places = output.table.nextPlaces
    output.fieldCount = 0
    output.hasRecord = false
    let arenaStart = output.arenaEnd
    var line = firstLine
    var lineStart = piece.position
    var lineCount = 1
    while true {
      // Past a carriage return only inside quotes: outside, the record is complete there.
      let isTaken =
        take(lineStart..<line.end + 1, output)
        && (output.hasRecord || take(line.end + 1..<line.next, output))
      guard isTaken else {
        reset()
        output.table.clearNext()
        return (line.end, line.next, lineCount, RejectReason(.malformedQuote))
      }
      if output.hasRecord {
        return (line.end, line.next, lineCount, layout.reason(forCount: output.fieldCount))
      }
      let isTooLong = line.next - piece.position > PieceBuffer.maximumRecordLength
      lineStart = line.next
      guard !isTooLong, let nextLine = piece.line(from: line.next) else {
        reset()
        output.table.clearNext()
        output.arenaEnd = arenaStart
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

  /// Hands text to libcsv; false where that finds a misplaced quote.
  private func take(_ part: Range<Int>, _ output: Output) -> Bool {
    csv_parse(
      parser, output.base + part.lowerBound, part.count, takeField, takeRecord,
      Unmanaged.passUnretained(output).toOpaque()) == part.count
  }

  /// Sets a control byte that a line does not hold to stand for quotes, since there are none.
  private func setUnusedQuote(_ line: UnsafeRawBufferPointer) {
    guard let start = line.baseAddress else { return }
    func isUnused(_ byte: UInt8) -> Bool {
      byte != layout.delimiter && !isLineEnd(byte) && memchr(start, Int32(byte), line.count) == nil
    }
    if isUnused(unusedQuote) { return csv_set_quote(parser, unusedQuote) }
    unusedQuote = (UInt8(0)..<32).first(where: isUnused) ?? 0
    csv_set_quote(parser, unusedQuote)
  }
}

private func takeField(
  _ text: UnsafeMutableRawPointer?, _ count: Int, _ context: UnsafeMutableRawPointer?
) {
  guard let context else { return }
  Unmanaged<QuotedIndexer.Output>.fromOpaque(context)._withUnsafeGuaranteedRef { output in
    let before = output.arenaEnd
    let end = before + 1 + count
    precondition(end < output.limit)
    if let text, count > 0 { memcpy(output.base + before + 1, text, count) }
    output.base[end] = UInt8(ascii: "\n")
    output.arenaEnd = end
    output.places.set(output.fieldCount, before: before, after: end)
    output.fieldCount += 1
  }
}

private func takeRecord(_: Int32, _ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<QuotedIndexer.Output>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.hasRecord = true
  }
}
