/// Finds the cells of one line of delimited text.
struct CellScanner {
  let delimiter: UInt8
  let quote: UInt8?
  /// Whether a run of delimiters counts as one, as in space-separated columns.
  let mergesDelimiters: Bool
  private(set) var cells: [Place] = []

  init(delimiter: UInt8, quote: UInt8?, mergesDelimiters: Bool) {
    self.delimiter = delimiter
    self.quote = quote
    self.mergesDelimiters = mergesDelimiters
  }

  /// Cuts a text; false where a quote is misplaced or not closed. Doubled quotes inside quotes
  /// stand for one.
  mutating func scan(_ text: Range<Int>, _ piece: PieceBuffer) -> Bool {
    cells.removeAll(keepingCapacity: true)
    let base = UnsafePointer(piece.base)
    let end = text.upperBound
    var position = text.lowerBound
    while true {
      if mergesDelimiters {
        while position < end, base[position] == delimiter { position += 1 }
        guard position < end else { return true }
      }
      if let quote, position < end, base[position] == quote {
        guard let next = takeQuoted(position, end, quote, piece) else { return false }
        position = next
      } else {
        let start = position
        while position < end, base[position] != delimiter { position += 1 }
        cells.append((start - 1, position))
      }
      guard position < end else { return true }
      position += 1
    }
  }

  /// Takes the quoted cell at `start`; returns where its delimiter is, nil where it is malformed.
  private mutating func takeQuoted(
    _ start: Int, _ end: Int, _ quote: UInt8, _ piece: PieceBuffer
  ) -> Int? {
    var position = start + 1
    var isDoubled = false
    while position < end {
      guard piece.base[position] == quote else {
        position += 1
        continue
      }
      guard position + 1 < end, piece.base[position + 1] == quote else { break }
      isDoubled = true
      position += 2
    }
    guard position < end else { return nil }
    guard position + 1 == end || piece.base[position + 1] == delimiter else { return nil }
    if isDoubled {
      var bytes: [UInt8] = []
      var index = start + 1
      while index < position {
        bytes.append(piece.base[index])
        index += piece.base[index] == quote ? 2 : 1
      }
      guard let place = piece.store(bytes) else { return nil }
      cells.append(place)
    } else {
      cells.append((start, position))
    }
    return position + 1
  }
}

/// Cuts delimited text of a single line into columns by their position. What the columns are may
/// depend on one of the first ones.
struct CellCutter: TextCutter {
  private var scanner: CellScanner
  /// By position: the field, -1 where the format does not read it.
  private let columns: [Int]
  private let layouts: [(position: Int, texts: TextSet, columns: [Int])]
  private let counts: ClosedRange<Int>

  init(
    _ names: FieldNames, columns: [String], layouts: [Format.Layout], counts: ClosedRange<Int>,
    scanner: CellScanner
  ) {
    self.scanner = scanner
    self.columns = columns.map { names.index(of: $0) }
    self.counts = counts
    self.layouts = layouts.flatMap { layout in
      layout.when.sorted { $0.key < $1.key }.compactMap { name, texts in
        columns.firstIndex(of: name).map {
          ($0, TextSet(texts), layout.columns.map { names.index(of: $0) })
        }
      }
    }
  }

  mutating func cut(_ text: Range<Int>, into table: FieldTable) -> RejectReason.Kind {
    guard scanner.scan(text, table.piece) else { return .malformedQuote }
    let cells = scanner.cells
    set(columns, cells[...], table)
    if !layouts.isEmpty, cells.count > columns.count {
      for layout in layouts where layout.position < cells.count {
        let cell = cells[layout.position]
        let text = FieldText(
          start: table.piece.base + cell.before + 1, count: cell.after - cell.before - 1)
        guard layout.texts.contains(text) else { continue }
        set(layout.columns, cells[columns.count...], table)
        break
      }
    }
    return cells.count < counts.lowerBound
      ? .tooFewFields : cells.count > counts.upperBound ? .tooManyFields : .none
  }

  private func set(_ columns: [Int], _ cells: ArraySlice<Place>, _ table: FieldTable) {
    for (column, cell) in zip(columns, cells) where column >= 0 {
      table.setField(column, before: cell.before, after: cell.after)
    }
  }
}
