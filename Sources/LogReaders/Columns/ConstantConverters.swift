import Columnar

/// Fills a column that does not depend on the record.
protocol RowIndependentConverter: ColumnConverter {
  func append(_ rowCount: Int)
}

/// Fills a dictionary column that holds the same text in every row.
final class ConstantConverter: RowIndependentConverter {
  private let dictionary: ColumnDictionary?
  /// Codes of the only text, for all such columns.
  private static let zeros = Buffer.zeros(byteCount: 4 * maximumBatchRowCount)
  private var count = 0
  var isText: Bool { true }

  init(_ text: String) {
    let symbols = CodedBuilder<Strings>()
    symbols.append(text)
    dictionary = symbols.finish().dictionary
  }

  func bind(_: ColumnBinding, _: FieldTable) {}
  func convert(_ block: RowBlock, kept: [Int]?) { append(kept?.count ?? block.count) }
  func append(_ rowCount: Int) { count += rowCount }
  func keep(_: [Int], ofLast _: Int) {}

  func finish() -> Column {
    defer { count = 0 }
    let zeros = ConstantConverter.zeros
    return Column(
      type: .dictionaryOfStrings, rowCount: count,
      values: Buffer(base: zeros.base, byteCount: 4 * count, owner: zeros), dictionary: dictionary)
  }
}

/// Fills a number column that holds the same number in every row.
final class ConstantNumberConverter<Element: ColumnElement>: RowIndependentConverter {
  private let storage: ColumnStorage<Element>
  private let value: Element
  var isText: Bool { true }

  init(_ value: Element) {
    self.value = value
    storage = ColumnStorage(zero: value)
  }

  func bind(_: ColumnBinding, _: FieldTable) {}
  func convert(_ block: RowBlock, kept: [Int]?) { append(kept?.count ?? block.count) }
  func append(_ rowCount: Int) {
    let value = value
    storage.appendAll(rowCount) { _ in value }
  }
  func keep(_: [Int], ofLast _: Int) {}
  func finish() -> Column { storage.takeColumn() }
}

/// Fills `log_line`.
final class LineConverter: ColumnConverter {
  private let storage = ColumnStorage<Int64>(zero: 0)
  var isText: Bool { true }

  func bind(_: ColumnBinding, _: FieldTable) {}
  func convert(_ block: RowBlock, kept: [Int]?) {
    if let kept {
      for index in kept { storage.append(block.table.line(block.rows.lowerBound + index)) }
    } else if block.table.isRegular {
      let first = block.table.line(block.rows.lowerBound)
      storage.appendAll(block.count) { first &+ Int64($0) }
    } else {
      for row in block.rows { storage.append(block.table.line(row)) }
    }
  }
  func keep(_: [Int], ofLast _: Int) {}
  func finish() -> Column { storage.takeColumn() }
}

/// Fills `time_quality` where it depends on the row.
final class QualityConverter: ColumnConverter {
  /// What each time took from the site, filled with the times.
  private let assumed: ColumnStorage<UInt8>
  private let codes = ColumnStorage<UInt32>(zero: 0)
  private let dictionary: ColumnDictionary?
  var isText: Bool { false }

  init(_ assumed: ColumnStorage<UInt8>) {
    self.assumed = assumed
    let symbols = CodedBuilder<Strings>()
    for code in UInt8(0)..<4 { symbols.append(TimeReader.Assumed(rawValue: code).text) }
    dictionary = symbols.finish().dictionary
  }

  func bind(_: ColumnBinding, _: FieldTable) {}
  func convert(_: RowBlock, kept _: [Int]?) {}
  func keep(_ kept: [Int], ofLast count: Int) { assumed.keep(kept, ofLast: count) }

  func finish() -> Column {
    for row in 0..<assumed.count { codes.append(UInt32(assumed.value(row))) }
    _ = assumed.take()
    let (values, _, count, _) = codes.take()
    return Column(
      type: .dictionaryOfStrings, rowCount: count, values: values, dictionary: dictionary)
  }
}
