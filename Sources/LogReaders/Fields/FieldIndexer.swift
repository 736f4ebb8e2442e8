import CKernels
import Glibc

/// How records are cut into fields.
struct FieldLayout {
  var delimiter: UInt8
  /// Nil where text is never quoted.
  var quote: UInt8?
  /// Fields that a record has at least, and at most.
  var fieldCounts: ClosedRange<Int>
  /// Fields of which the place is kept.
  var keptCount: Int

  /// What is wrong with a record of `count` fields.
  @inline(__always) func reason(forCount count: Int) -> RejectReason {
    count < fieldCounts.lowerBound
      ? RejectReason(.tooFewFields)
      : count > fieldCounts.upperBound ? RejectReason(.tooManyFields) : .none
  }
}

/// Why an indexer stopped.
enum IndexStop {
  /// All complete records of the piece are done.
  case piece
  /// The table is full.
  case table
  /// The next line is a directive or the format's stop line.
  case special(LineKind)
  /// The next record, or one soon after, needs the reference parser.
  case reference
}

/// Finds the fields of delimited text by a vector scan. What it can't be sure to take as libcsv
/// does, such as misplaced quotes, it leaves to libcsv.
struct FieldIndexer {
  var layout: FieldLayout
  var rules: LineRules

  /// Fills `table` with records from `piece.position` on and moves the position behind them.
  func index(
    _ piece: PieceBuffer, into table: FieldTable, counts: inout LineCounts
  ) -> IndexStop {
    var scan = field_scan()
    let from = piece.position
    scan_fields(
      piece.base, UInt32(from), UInt32(piece.textEnd), layout.delimiter,
      layout.quote.map { Int32($0) } ?? -1, table.separators + 1, UInt32(table.capacity), &scan)
    table.separators[0] = UInt32(from - 1)
    let count = scan.is_malformed != 0 ? 0 : completeCount(piece, table, scan)
    guard count > 0 else {
      table.setEmpty(stride: layout.keptCount, firstLine: counts.lines + 1)
      let isUnclosed =
        scan.has_quotes != 0
        && (piece.isLast || piece.textEnd - from > PieceBuffer.maximumRecordLength)
      return scan.is_malformed != 0 || isUnclosed
        ? .reference : scan.end < piece.textEnd ? .table : .piece
    }
    let cause: IndexStop = scan.end < piece.textEnd ? .table : .piece
    if takeRegular(piece, table, scan, count, &counts) { return cause }
    return takeOneByOne(piece, table, scan, count, &counts) ?? cause
  }

  /// Separators up to the last line end of which it is known where the next line starts.
  private func completeCount(_ piece: PieceBuffer, _ table: FieldTable, _ scan: field_scan) -> Int {
    var count = Int(scan.count)
    while count > 0 {
      let position = Int(table.separators[count])
      if isLineEnd(piece.base[position]), let next = piece.lineEnd(at: position),
        next <= Int(scan.end)
      {
        return count
      }
      count -= 1
    }
    return 0
  }

  /// Takes all records at once where each has the same number of fields and the same line end, and
  /// quotes stand around fields only.
  private func takeRegular(
    _ piece: PieceBuffer, _ table: FieldTable, _ scan: field_scan, _ count: Int,
    _ counts: inout LineCounts
  ) -> Bool {
    let fieldCount = layout.keptCount
    let feeds = Int(scan.line_feeds)
    let returns = Int(scan.carriage_returns)
    guard fieldCount > 1, feeds == 0 || returns == 0 || feeds == returns,
      scan.quoted_line_ends == 0, scan.has_doubled_quotes == 0
    else { return false }
    let rowCount = max(feeds, returns)
    let lineEndLength = feeds == returns ? 2 : 1
    let stride = fieldCount + lineEndLength - 1
    guard rowCount * stride == count else { return false }
    let base = UnsafePointer(piece.base)
    let separators = UnsafePointer(table.separators)
    for row in 0..<rowCount {
      let first = separators[row &* stride]
      let last = separators[row &* stride &+ fieldCount]
      let after = separators[row &* stride &+ stride]
      guard isLineEnd(base[Int(last)]), after == last + UInt32(lineEndLength - 1),
        lineEndLength == 1 || base[Int(after)] == UInt8(ascii: "\n")
      else { return false }
      guard rules.mayBeSpecial(base[Int(first) + 1]) else { continue }
      guard rules.kind(of: piece.text(Int(first) + 1..<Int(last))) == .record else { return false }
    }
    table.setRegular(
      rowCount: rowCount, fieldCount: fieldCount, stride: stride,
      quote: scan.has_quotes == 0 ? nil : layout.quote, firstLine: counts.lines + 1)
    counts.lines += rowCount
    piece.position = Int(separators[count]) + 1
    return true
  }

  private func takeOneByOne(
    _ piece: PieceBuffer, _ table: FieldTable, _ scan: field_scan, _ count: Int,
    _ counts: inout LineCounts
  ) -> IndexStop? {
    let firstLine = counts.lines + 1
    table.setEmpty(stride: layout.keptCount, firstLine: firstLine)
    var before = piece.position - 1
    var fieldCount = 0
    var index = 1
    while index <= count {
      let position = Int(table.separators[index])
      index += 1
      if fieldCount < layout.keptCount {
        let field = scan.has_quotes == 0 ? (before, position) : unquoted(piece, before, position)
        table.setField(fieldCount, before: field.0, after: field.1)
      }
      fieldCount += 1
      before = position
      guard isLineEnd(piece.base[position]) else { continue }
      let stop = takeRecord(
        piece, table, scan, end: position, fieldCount: fieldCount, firstLine: firstLine, &counts)
      if let stop {
        table.clearNext()
        return stop
      }
      if let next = piece.lineEnd(at: position), next == position + 2 {
        index += 1
        before = position + 1
      }
      piece.position = before + 1
      fieldCount = 0
    }
    return nil
  }

  /// Takes the record from the piece's position to the line end at `end`; nil where that is done.
  private func takeRecord(
    _ piece: PieceBuffer, _ table: FieldTable, _ scan: field_scan, end: Int, fieldCount: Int,
    firstLine: Int, _ counts: inout LineCounts
  ) -> IndexStop? {
    let record = piece.position..<end
    let isSpecial = rules.mayBeSpecial(piece.base[record.lowerBound])
    var continuations = 0
    if scan.quoted_line_ends != 0 {
      continuations = piece.lineEndCount(in: record)
      // libcsv sees lines first: it takes a comment's quotes for text, and limits a record's lines.
      if continuations > 0, isSpecial || record.count > PieceBuffer.maximumRecordLength {
        return .reference
      }
    }
    let kind = isSpecial ? rules.kind(of: piece.text(record)) : .record
    switch kind {
    case .record:
      guard table.hasRoom else { return .table }
      table.add(
        .init(
          start: UInt32(record.lowerBound), end: UInt32(end),
          line: UInt32(counts.lines + 1 - firstLine), continuationLines: UInt32(continuations),
          reason: layout.reason(forCount: fieldCount)))
      counts.lines += 1 + continuations
      counts.continuations += continuations
    case .stop, .directive:
      return .special(kind)
    default:
      table.clearNext()
      counts.add(kind)
    }
    return nil
  }

  /// The place of a field's text without its quotes; text with doubled quotes is copied to the
  /// arena.
  @inline(__always) private func unquoted(
    _ piece: PieceBuffer, _ before: Int, _ after: Int
  ) -> (Int, Int) {
    guard piece.base[before + 1] == layout.quote, after - before > 2 else { return (before, after) }
    return withoutDoubled(piece, before + 1, after - 1)
  }

  private func withoutDoubled(
    _ piece: PieceBuffer, _ before: Int, _ after: Int
  ) -> (Int, Int) {
    guard let quote = layout.quote, after > before + 1,
      memchr(piece.base + before + 1, Int32(quote), after - before - 1) != nil
    else { return (before, after) }
    let start = piece.arenaEnd
    var target = start + 1
    var source = before + 1
    precondition(start + after - before < piece.limit)
    while source < after {
      piece.base[target] = piece.base[source]
      target += 1
      source += piece.base[source] == quote ? 2 : 1
    }
    piece.base[target] = UInt8(ascii: "\n")
    piece.arenaEnd = target
    return (start, target)
  }
}
