/// Takes records from a JSON document, or several in a row, of any size: the elements at one of the
/// format's paths, be they objects or delimited strings. Arrays on a path are gone through.
///
/// A value outside the elements is a field of all records that come after it in its object. Only
/// one element, and one such value, is held in memory at a time.
struct DocumentIndexer {
  private let names: FieldNames
  private let recordPaths: [[UInt8]]
  private var cells: CellCutter?
  private let object: JSONCutter
  private var levels: [Level] = []
  /// Keys from the document's start, joined by dots.
  private var path: [UInt8] = []
  private var outer: [OuterValue] = []
  /// Whether the rest of the file can't be read.
  private var isFailed = false

  /// Bytes of a text that can't be read that its reject holds.
  private static let shownByteCount = 1024

  private struct Level {
    let isArray: Bool
    let pathCount: Int
    let outerCount: Int
  }

  private struct OuterValue {
    let field: Int
    let text: [UInt8]
    /// Where the text lies for the records of the table at hand.
    var place: Place?
  }

  /// Why no further token is taken.
  private enum Stop: Error {
    /// The piece ends inside a token.
    case incomplete
    case malformed
    case tableFull
  }

  /// - Parameter cells: cuts elements that are strings; nil where there are none.
  init(_ names: FieldNames, recordPaths: [String], cells: CellCutter?) {
    self.names = names
    self.recordPaths = recordPaths.map { Array($0.utf8) }
    self.cells = cells
    object = JSONCutter(names)
  }

  /// Fills `table` with records from `piece.position` on and moves the position behind them.
  mutating func index(
    _ piece: PieceBuffer, into table: FieldTable, counts: inout LineCounts
  ) -> IndexStop {
    let firstLine = counts.lines + 1
    table.setEmpty(stride: names.names.count, firstLine: firstLine)
    for index in outer.indices { outer[index].place = nil }
    while piece.position < piece.textEnd, !isFailed {
      do throws(Stop) {
        try takeToken(piece, into: table, counts: &counts)
      } catch {
        let isWhole = piece.isLast || piece.textEnd - piece.position >= piece.capacity - 1
        switch error {
        case .tableFull: return .table
        case .incomplete where !isWhole: return .piece
        case .incomplete, .malformed: isFailed = true
        }
      }
    }
    guard isFailed || (piece.isLast && !levels.isEmpty) else { return .piece }
    if !levels.isEmpty || piece.position < piece.textEnd, counts.documentFaults == 0 {
      guard table.hasRoom else { return .table }
      // What is shown of the text must not depend on where the piece ends.
      let hasMore = !piece.isLast && piece.position > 1
      if hasMore, piece.textEnd - piece.position <= DocumentIndexer.shownByteCount { return .piece }
      table.clearNext()
      let start = min(piece.position, piece.textEnd - 1)
      let end = min(piece.textEnd - 1, start + DocumentIndexer.shownByteCount)
      add(start..<end, RejectReason(.malformedJSON), table, &counts)
      counts.documentFaults += 1
    }
    levels = []
    isFailed = true
    move(piece, to: piece.textEnd, &counts)
    return .piece
  }

  /// Moves on and counts the lines that end on the way.
  private func move(_ piece: PieceBuffer, to position: Int, _ counts: inout LineCounts) {
    let lineCount = piece.lineEndCount(in: piece.position..<position)
    counts.lines += lineCount
    counts.documentLines += lineCount
    piece.position = position
  }

  private func add(
    _ text: Range<Int>, _ reason: RejectReason, _ table: FieldTable, _ counts: inout LineCounts
  ) {
    table.add(
      .init(
        start: UInt32(text.lowerBound), end: UInt32(text.upperBound),
        line: UInt32(counts.lines + 1 - table.firstLine), continuationLines: 0, reason: reason))
    counts.documentRecords += 1
  }

  /// Takes a bracket, a key with what follows it, or a value.
  private mutating func takeToken(
    _ piece: PieceBuffer, into table: FieldTable, counts: inout LineCounts
  ) throws(Stop) {
    let byte = piece.base[piece.position]
    switch byte {
    case UInt8(ascii: "\r") where piece.position + 1 == piece.textEnd && !piece.isLast:
      throw .incomplete
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","):
      move(piece, to: piece.position + 1, &counts)
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      guard let level = levels.popLast(), level.isArray == (byte == UInt8(ascii: "]")) else {
        throw .malformed
      }
      outer.removeSubrange(level.outerCount...)
      path.removeSubrange(level.pathCount...)
      move(piece, to: piece.position + 1, &counts)
    default:
      if let level = levels.last, !level.isArray {
        try takePair(piece, table, &counts)
      } else {
        let value = piece.position
        try takeValue(at: value, pathCount: path.count, piece, table, &counts)
      }
    }
  }

  /// Takes `"key":` and its value, or the bracket with which that starts.
  private mutating func takePair(
    _ piece: PieceBuffer, _ table: FieldTable, _ counts: inout LineCounts
  ) throws(Stop) {
    var parser = JSONLineParser(piece: piece, position: piece.position, end: piece.textEnd)
    guard parser.byte == UInt8(ascii: "\"") else { throw .malformed }
    guard let key = parser.string() else { throw .incomplete }
    guard parser.take(UInt8(ascii: ":")) else {
      throw parser.isAtEnd ? .incomplete : .malformed
    }
    parser.skipSpace()
    guard !parser.isAtEnd else { throw .incomplete }
    let pathCount = path.count
    if !path.isEmpty { path.append(UInt8(ascii: ".")) }
    path += piece.text(key.before + 1..<key.after)
    do throws(Stop) {
      try takeValue(at: parser.position, pathCount: pathCount, piece, table, &counts)
    } catch {
      path.removeSubrange(pathCount...)
      throw error
    }
  }

  private mutating func takeValue(
    at start: Int, pathCount: Int, _ piece: PieceBuffer, _ table: FieldTable,
    _ counts: inout LineCounts
  ) throws(Stop) {
    let byte = piece.base[start]
    let isRecord = recordPaths.contains(path)
    let isArray = byte == UInt8(ascii: "[")
    if isArray || (byte == UInt8(ascii: "{") && !isRecord), leadsToRecords(orIsOne: isArray) {
      guard levels.count < 32 else { throw .malformed }
      levels.append(Level(isArray: isArray, pathCount: pathCount, outerCount: outer.count))
      return move(piece, to: start + 1, &counts)
    }
    var parser = JSONLineParser(piece: piece, position: start, end: piece.textEnd)
    guard parser.skipValue(), parser.position < piece.textEnd || piece.isLast else {
      throw .incomplete
    }
    let text = start..<parser.position
    if isRecord {
      try takeRecord(text, piece, table, &counts)
    } else {
      takeOuter(text, piece)
    }
    move(piece, to: text.upperBound, &counts)
    path.removeSubrange(pathCount...)
  }

  /// Whether records lie below the path at hand.
  private func leadsToRecords(orIsOne: Bool) -> Bool {
    recordPaths.contains { record in
      if path.isEmpty { return orIsOne || !record.isEmpty }
      return record.starts(with: path)
        && (record.count == path.count ? orIsOne : record[path.count] == UInt8(ascii: "."))
    }
  }

  private mutating func takeRecord(
    _ text: Range<Int>, _ piece: PieceBuffer, _ table: FieldTable, _ counts: inout LineCounts
  ) throws(Stop) {
    guard table.hasRoom, piece.hasArenaRoom || table.rowCount == 0 else { throw .tableFull }
    for index in outer.indices {
      if outer[index].place == nil { outer[index].place = piece.store(outer[index].text) }
      guard let place = outer[index].place else { continue }
      table.setField(outer[index].field, before: place.before, after: place.after)
    }
    var kind = RejectReason.Kind.malformedJSON
    if piece.base[text.lowerBound] == UInt8(ascii: "{") {
      kind = object.cut(text, into: table)
    } else if cells != nil {
      var parser = JSONLineParser(piece: piece, position: text.lowerBound, end: text.upperBound)
      if let string = parser.string() {
        kind = cells?.cut(string.before + 1..<string.after, into: table) ?? kind
      }
    }
    if kind != .none && !kind.keepsFields { table.clearNext() }
    add(text, RejectReason(kind), table, &counts)
  }

  /// Keeps a value for the records that come after it in its object.
  private mutating func takeOuter(_ text: Range<Int>, _ piece: PieceBuffer) {
    let padded = path + [UInt8](repeating: 0, count: 8)
    let field = padded.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { names.index(of: FieldText(start: $0, count: path.count)) } ?? -1
    }
    var parser = JSONLineParser(piece: piece, position: text.lowerBound, end: text.upperBound)
    guard field >= 0, case .text(let place) = parser.value() else { return }
    let value = OuterValue(
      field: field, text: Array(piece.text(place.before + 1..<place.after)))
    // The last value of a key counts.
    let own = outer.indices.suffix(from: levels.last?.outerCount ?? 0)
    if let known = own.last(where: { outer[$0].field == field }) {
      outer[known] = value
    } else {
      outer.append(value)
    }
  }
}
