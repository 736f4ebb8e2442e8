/// Takes the records of one section of a status file, and the values that other lines state for all
/// of them. Every other line is left out.
///
/// A section is either a block between two lines, with a header of its own, or all lines that start
/// with its name, after a header line that names it too.
struct SectionCutter: TextCutter {
  private let names: FieldNames
  private let section: Format.Section
  private let delimiters: [UInt8]
  /// By position of a record's cells: the field.
  private var columns: [Int] = []
  private var isInside = false
  private var values: [(field: Int, text: [UInt8])] = []

  init(_ names: FieldNames, _ read: Format.Read) {
    self.names = names
    section = read.section ?? Format.Section()
    delimiters = read.delimiters
  }

  mutating func cut(_ text: Range<Int>, into table: FieldTable) -> RejectReason.Kind {
    let piece = table.piece
    let bytes = piece.text(text)
    let delimiter = delimiters.first { bytes.contains($0) } ?? delimiters[0]
    var scanner = CellScanner(delimiter: delimiter, quote: nil, mergesDelimiters: false)
    guard scanner.scan(text, piece) else { return .malformedQuote }
    let cells = scanner.cells
    func string(_ cell: Place) -> String {
      String(decoding: piece.text(cell.before + 1..<cell.after), as: UTF8.self)
    }
    let first = string(cells[0])
    if let value = section.values.first(where: { $0 == first }), let last = cells.last {
      let field = names.index(of: value)
      values.removeAll { $0.field == field }
      if field >= 0 { values.append((field, Array(string(last).utf8))) }
      return .skipped
    }
    if let tag = section.tag {
      if first == section.headerTag, cells.count > 2, string(cells[1]) == tag {
        columns = cells.dropFirst(2).map { names.index(of: string($0)) }
        return .skipped
      }
      if first == tag { return set(cells.dropFirst(), table) }
    }
    guard section.begin != nil else { return .skipped }
    let line = String(decoding: bytes, as: UTF8.self)
    if line == section.begin || section.end.contains(line) {
      isInside = line == section.begin
      columns = []
      return .skipped
    }
    guard isInside else { return .skipped }
    if let header = section.header, line.hasPrefix(header) {
      columns = cells.map { names.index(of: string($0)) }
      return .skipped
    }
    return set(cells[...], table)
  }

  private func set(_ cells: ArraySlice<Place>, _ table: FieldTable) -> RejectReason.Kind {
    for (column, cell) in zip(columns, cells) where column >= 0 {
      table.setField(column, before: cell.before, after: cell.after)
    }
    for (field, text) in values {
      guard let place = table.piece.store(text) else { continue }
      table.setField(field, before: place.before, after: place.after)
    }
    return cells.count < columns.count || columns.isEmpty ? .tooFewFields : .none
  }
}
