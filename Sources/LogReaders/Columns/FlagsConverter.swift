import Columnar

/// Fills a column of truth values.
final class FlagsConverter: ColumnConverter {
  private var source: TextSource
  private let values: ValueTable?
  private let column: Int
  private let storage = ColumnStorage<UInt8>(zero: 0)
  private let cache = ShortTextCache<Int64>()
  var isText: Bool { false }

  init(source: TextSource, column: Int, values: ValueTable?) {
    self.source = source
    self.column = column
    self.values = values
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    storage.appendAll(block.count) { index in
      let flag = source.text(block.rows.lowerBound + index).map { value($0) } ?? .null
      if let failure = flag.failure { block.reject(index, RejectReason(failure, column: column)) }
      return flag.raw >= 0 ? UInt8(flag.raw) : nil
    }
  }

  private func value(_ text: FieldText) -> ParsedNumber {
    guard let values else {
      return text.bool.map { ParsedNumber($0 ? 1 : 0) } ?? ParsedNumber(.notABool)
    }
    if let known = cache.value(text) { return ParsedNumber(known) }
    let value: Int64
    switch values.texts[String(decoding: text.bytes, as: UTF8.self)] ?? values.other {
    case "true": value = 1
    case "false": value = 0
    case "": return .null
    default: return ParsedNumber(.unlistedValue)
    }
    cache.keep(value, for: text)
    return ParsedNumber(value)
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }

  func finish() -> Column {
    let builder = FlagsBuilder()
    for row in 0..<storage.count { builder.append(storage[row].map { $0 == 1 }) }
    _ = storage.take()
    return builder.finish()
  }
}
