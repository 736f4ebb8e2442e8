/// Cuts the text of a file into fields: line by line, or delimited text by the fast indexer, and by
/// libcsv where that gives up.
final class FieldCutter {
  private enum Form {
    case lines(LineIndexer)
    case document(DocumentIndexer)
    case delimited(fast: FieldIndexer?, quoted: QuotedIndexer)
  }

  private var form: Form
  /// Text up to here goes to libcsv.
  private var quotedEnd = 0

  init(lines: LineIndexer) { form = .lines(lines) }
  init(document: DocumentIndexer) { form = .document(document) }

  init(layout: FieldLayout, rules: LineRules, forcesLibCSV: Bool) {
    form = .delimited(
      fast: forcesLibCSV ? nil : FieldIndexer(layout: layout, rules: rules),
      quoted: QuotedIndexer(layout: layout, rules: rules))
  }

  /// Sets what a field holds in all records from here on, where lines are cut one by one.
  func setConstant(_ name: String, _ text: [UInt8]) {
    guard case .lines(var indexer) = form else { return }
    indexer.setConstant(name, text)
    form = .lines(indexer)
  }

  /// Fills `table` with records from the piece's position on and moves the position behind them.
  func index(
    _ piece: PieceBuffer, into table: FieldTable, counts: inout LineCounts
  ) -> IndexStop {
    switch form {
    case .lines(var indexer):
      defer { form = .lines(indexer) }
      return indexer.index(piece, counts: &counts)
    case .document(var indexer):
      defer { form = .document(indexer) }
      return indexer.index(piece, into: table, counts: &counts)
    case .delimited(let fast, let quoted):
      guard let fast, piece.position > quotedEnd else {
        let stop = quoted.index(piece, into: table, counts: &counts)
        if case .piece = stop { quotedEnd = 0 }
        return stop
      }
      let stop = fast.index(piece, into: table, counts: &counts)
      if case .reference = stop { quotedEnd = piece.textEnd }
      return stop
    }
  }
}

/// The names in a header line.
struct HeaderLine {
  let names: [String]
  let delimiter: UInt8

  init(_ text: UnsafeRawBufferPointer, _ read: Format.Read) {
    delimiter = read.delimiters.first { text.contains($0) } ?? read.delimiters[0]
    var names: [[UInt8]] = [[]]
    var isQuoted = false
    for byte in text {
      if byte == read.quote {
        isQuoted.toggle()
      } else if byte == delimiter && !isQuoted {
        names.append([])
      } else {
        names[names.count - 1].append(byte)
      }
    }
    self.names = names.map { name in
      let text = String(decoding: name, as: UTF8.self)
      guard read.trims else { return text }
      return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }
}
