import CKernels

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
  /// The next record, or one soon after, needs the other parser.
  case quote
}

/// Finds the fields of quote-free delimited text.
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
      layout.quote.map { Int32($0) } ?? -1, table.separators + 1,
      UInt32(table.capacity), &scan)
    let count = completeCount(piece, table, scan)
    table.separators[0] = UInt32(from - 1)
    let cause: IndexStop =
      scan.met_quote != 0 ? .quote : scan.end < piece.textEnd ? .table : .piece
    guard count > 0 else {
      table.setEmpty(stride: layout.keptCount, firstLine: counts.lines + 1)
      return cause
    }
    if takeRegular(piece, table, scan, count, &counts) { return cause }
    return takeOneByOne(piece, table, count, &counts) ?? cause
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

  /// Takes all records at once where each has the same number of fields and the same line end.
  private func takeRegular(
    _ piece: PieceBuffer, _ table: FieldTable, _ scan: field_scan, _ count: Int,
    _ counts: inout LineCounts
  ) -> Bool {
    let fieldCount = layout.keptCount
    let feeds = Int(scan.line_feeds)
    let returns = Int(scan.carriage_returns)
    guard fieldCount > 1, feeds == 0 || returns == 0 || feeds == returns else { return false }
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
        lineEndLength == 1 || base[Int(after)] == UInt8(ascii: "\n"),
        !rules.mayBeSpecial(base[Int(first) + 1])
      else { return false }
    }
    table.setRegular(
      rowCount: rowCount, fieldCount: fieldCount, stride: stride, firstLine: counts.lines + 1)
    counts.lines += rowCount
    piece.position = Int(separators[count]) + 1
    return true
  }

  private func takeOneByOne(
    _ piece: PieceBuffer, _ table: FieldTable, _ count: Int, _ counts: inout LineCounts
  ) -> IndexStop? {
    let firstLine = counts.lines + 1
    table.setEmpty(stride: layout.keptCount, firstLine: firstLine)
    var recordStart = piece.position
    var before = recordStart - 1
    var fieldCount = 0
    var index = 1
    while index <= count {
      let position = Int(table.separators[index])
      index += 1
      table.setField(fieldCount, before: before, after: position)
      fieldCount += 1
      before = position
      guard isLineEnd(piece.base[position]) else { continue }
      let kind = rules.kind(of: piece.text(recordStart..<position))
      switch kind {
      case .record:
        guard table.hasRoom else {
          table.clearNext()
          return .table
        }
        table.add(
          .init(
            start: UInt32(recordStart), end: UInt32(position),
            line: UInt32(counts.lines + 1 - firstLine), continuationLines: 0,
            reason: layout.reason(forCount: fieldCount)))
        counts.lines += 1
      case .stop, .directive:
        table.clearNext()
        return .special(kind)
      default:
        table.clearNext()
        counts.add(kind)
      }
      if let next = piece.lineEnd(at: position), next == position + 2 {
        index += 1
        before = position + 1
      }
      recordStart = before + 1
      piece.position = recordStart
      fieldCount = 0
    }
    return nil
  }
}
