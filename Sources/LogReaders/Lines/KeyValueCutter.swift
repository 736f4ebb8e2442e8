import Glibc

/// How pairs of key and value are written.
struct PairSyntax: Sendable, Equatable {
  /// Between pairs; spaces may follow it.
  var separator = UInt8(ascii: " ")
  var assign = UInt8(ascii: "=")
  var quotes = [UInt8(ascii: "\"")]
  /// Before a quote inside quotes.
  var escape: UInt8? = UInt8(ascii: "\\")
  /// Where pairs are the cells of delimited text.
  var cellDelimiter: UInt8?
  /// Whether a value without quotes may hold separators, and runs to the next key.
  var runsOn = false
}

/// Cuts `key=value` pairs. The first of equal keys counts; a word without a value is a field that
/// holds the word itself.
struct KeyValueCutter: TextCutter {
  private let names: FieldNames
  private let syntax: PairSyntax
  /// Nil where pairs are not cells.
  private let cells: CellScanner?

  init(_ names: FieldNames, _ syntax: PairSyntax) {
    self.names = names
    self.syntax = syntax
    cells = syntax.cellDelimiter.map {
      CellScanner(delimiter: $0, quote: UInt8(ascii: "\""), mergesDelimiters: false)
    }
  }

  func cut(_ text: Range<Int>, into table: FieldTable) -> RejectReason.Kind {
    guard var scanner = cells else { return cutPairs(text, table) }
    guard scanner.scan(text, table.piece) else { return .malformedQuote }
    for cell in scanner.cells where cell.after > cell.before + 1 {
      cutCell(cell.before + 1..<cell.after, table)
    }
    return .none
  }

  /// Takes the one pair that a cell holds; its value may hold anything.
  private func cutCell(_ cell: Range<Int>, _ table: FieldTable) {
    let base = UnsafePointer(table.piece.base)
    guard let assign = position(of: syntax.assign, in: cell, table.piece) else { return }
    var value = assign + 1..<cell.upperBound
    if value.count > 1, syntax.quotes.contains(base[value.lowerBound]),
      base[value.upperBound - 1] == base[value.lowerBound]
    {
      value = value.lowerBound + 1..<value.upperBound - 1
    }
    set(cell.lowerBound..<assign, value, table)
  }

  private func position(of byte: UInt8, in range: Range<Int>, _ piece: PieceBuffer) -> Int? {
    memchr(piece.base + range.lowerBound, Int32(byte), range.count).map {
      UnsafeRawPointer($0) - UnsafeRawPointer(piece.base)
    }
  }

  private func set(_ key: Range<Int>, _ value: Range<Int>, _ table: FieldTable) {
    let name = FieldText(start: table.piece.base + key.lowerBound, count: key.count)
    let column = names.index(of: name)
    guard column >= 0, table.nextField(column) == nil else { return }
    table.setField(column, before: value.lowerBound - 1, after: value.upperBound)
  }

  private func cutPairs(_ text: Range<Int>, _ table: FieldTable) -> RejectReason.Kind {
    let base = UnsafePointer(table.piece.base)
    let (separator, assign) = (syntax.separator, syntax.assign)
    var position = text.lowerBound
    let end = text.upperBound
    while position < end {
      if base[position] == separator || base[position] == 0x20 {
        position += 1
        continue
      }
      let keyStart = position
      while position < end, base[position] != assign, base[position] != separator { position += 1 }
      let key = keyStart..<position
      guard position < end, base[position] == assign else {
        set(key, key, table)
        continue
      }
      position += 1
      if position < end, base[position] == assign { position += 1 }
      let value: Range<Int>
      if position < end, syntax.quotes.contains(base[position]) {
        guard let quoted = quotedValue(from: position, to: end, table.piece) else {
          return .malformedQuote
        }
        position = quoted.next
        value = quoted.hasEscape ? unescaped(key, quoted.inside, table) : quoted.inside
      } else {
        let start = position
        position =
          syntax.runsOn
          ? endOfRun(from: position, to: end, base)
          : self.position(of: separator, in: position..<end, table.piece) ?? end
        value = start..<position
      }
      set(key, value, table)
    }
    return .none
  }

  /// A value in quotes that starts at `start`; nil where they are not closed.
  private func quotedValue(
    from start: Int, to end: Int, _ piece: PieceBuffer
  ) -> (inside: Range<Int>, next: Int, hasEscape: Bool)? {
    let quote = piece.base[start]
    var from = start + 1
    var hasEscape = false
    while let found = position(of: quote, in: from..<end, piece) {
      var escapes = 0
      if let escape = syntax.escape {
        while found - escapes - 1 > start, piece.base[found - escapes - 1] == escape {
          escapes += 1
        }
      }
      if escapes > 0 { hasEscape = true }
      if escapes % 2 == 0 { return (start + 1..<found, found + 1, hasEscape) }
      from = found + 1
    }
    return nil
  }

  /// A value without the bytes that escape others; the value as it stands where nobody reads it.
  private func unescaped(_ key: Range<Int>, _ value: Range<Int>, _ table: FieldTable) -> Range<Int>
  {
    let piece = table.piece
    let name = FieldText(start: piece.base + key.lowerBound, count: key.count)
    guard names.index(of: name) >= 0 else { return value }
    var bytes: [UInt8] = []
    var index = value.lowerBound
    while index < value.upperBound {
      if piece.base[index] == syntax.escape, index + 1 < value.upperBound { index += 1 }
      bytes.append(piece.base[index])
      index += 1
    }
    return piece.store(bytes).map { $0.before + 1..<$0.after } ?? value
  }

  /// The end of a value that runs to the separator before the next key.
  private func endOfRun(from start: Int, to end: Int, _ base: UnsafePointer<UInt8>) -> Int {
    var lastSeparator: Int?
    var index = start
    while index < end {
      if base[index] == syntax.escape {
        index += 2
        continue
      }
      if base[index] == syntax.separator { lastSeparator = index }
      if base[index] == syntax.assign, let lastSeparator { return lastSeparator }
      index += 1
    }
    return end
  }
}
