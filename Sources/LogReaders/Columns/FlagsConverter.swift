import Columnar

/// Fills a column of truth values.
final class FlagsConverter: ColumnConverter {
  private let source: TextSource
  private let values: ValueTable?
  private let column: Int
  private let storage = ColumnStorage<UInt8>(zero: 0)
  var isText: Bool { false }

  init(source: TextSource, column: Int, values: ValueTable?) {
    self.source = source
    self.column = column
    self.values = values
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    for index in 0..<block.count {
      guard let text = source.text(block.rows.lowerBound + index) else {
        storage.appendNull()
        continue
      }
      switch value(text) {
      case .success(.some(let value)): storage.append(value ? 1 : 0)
      case .success(nil): storage.appendNull()
      case .failure(let failure):
        storage.appendNull()
        block.reject(index, RejectReason(failure.kind, column: column))
      }
    }
  }

  private func value(_ text: FieldText) -> Result<Bool?, ParseFailure> {
    guard let values else {
      return text.bool.map { .success($0) } ?? .failure(ParseFailure(kind: .notABool))
    }
    switch values.texts[String(decoding: text.bytes, as: UTF8.self)] ?? values.other {
    case "true": return .success(true)
    case "false": return .success(false)
    case "": return .success(nil)
    default: return .failure(ParseFailure(kind: .unlistedValue))
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }

  func finish() -> Column {
    let builder = FlagsBuilder()
    for row in 0..<storage.count { builder.append(storage[row].map { $0 == 1 }) }
    _ = storage.take()
    return builder.finish()
  }
}
