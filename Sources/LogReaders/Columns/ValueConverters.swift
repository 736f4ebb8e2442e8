import Columnar

/// Fills a column of fixed width: `parse` turns a record's text to a value.
class ValueConverter<Element: ColumnElement>: ColumnConverter {
  let source: TextSource
  let storage: ColumnStorage<Element>
  let column: Int
  let isRequired: Bool
  var isText: Bool { false }

  /// - Parameters:
  ///   - column: position in the schema of the rows.
  ///   - isRequired: whether a record without a value is rejected.
  init(source: TextSource, column: Int, isRequired: Bool, zero: Element) {
    self.source = source
    self.column = column
    self.isRequired = isRequired
    storage = ColumnStorage(zero: zero)
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    preconditionFailure("each kind of value has its own loop")
  }

  /// The loop that each kind of value runs: `parse` gives a value, nil for null, or notes why not.
  @inline(__always) final func fill(
    _ block: RowBlock, _ parse: (FieldText) -> Result<Element?, ParseFailure>
  ) {
    for index in 0..<block.count {
      guard let text = source.text(block.rows.lowerBound &+ index) else {
        storage.appendNull()
        if source.failed { block.reject(index, RejectReason(.noMatch, column: column)) }
        if isRequired { block.reject(index, RejectReason(.missing, column: column)) }
        continue
      }
      switch parse(text) {
      case .success(.some(let value)): storage.append(value)
      case .success(nil): storage.appendNull()
      case .failure(let failure):
        storage.appendNull()
        block.reject(index, RejectReason(failure.kind, column: column))
      }
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}

struct ParseFailure: Error {
  let kind: RejectReason.Kind
}

final class AddressConverter: ValueConverter<Address> {
  init(source: TextSource, column: Int) {
    super.init(source: source, column: column, isRequired: false, zero: Address(high: 0, low: 0))
  }

  override func convert(_ block: RowBlock, kept: [Int]?) {
    fill(block) { text in
      text.address.map { .success($0) } ?? .failure(ParseFailure(kind: .notAnAddress))
    }
  }
}

final class TimeConverter: ValueConverter<Instant> {
  private let reader: TimeReader
  private let earliest: Instant

  init(source: TextSource, column: Int, isRequired: Bool, reader: TimeReader, earliest: Instant) {
    self.reader = reader
    self.earliest = earliest
    super.init(
      source: source, column: column, isRequired: isRequired, zero: Instant(microseconds: 0))
  }

  override func convert(_ block: RowBlock, kept: [Int]?) {
    fill(block) { text in
      guard let instant = reader.instant(text) else {
        return .failure(ParseFailure(kind: .notATime))
      }
      return instant < earliest ? .failure(ParseFailure(kind: .tooEarly)) : .success(instant)
    }
  }
}

/// Whole numbers: counts, ports, scaled decimals, flags, and numbers that texts stand for.
final class NumberConverter<Element: ColumnElement & FixedWidthInteger>: ValueConverter<Element> {
  private let mapping: ColumnMapping
  private let lookup: NumberTable?
  private let shift: Int
  private var cache = ShortTextCache<Element?>()

  init(source: TextSource, column: Int, mapping: ColumnMapping, lookup: NumberTable?) {
    self.mapping = mapping
    self.lookup = lookup
    shift = mapping.unit?.digitsToMicroseconds ?? 0
    super.init(source: source, column: column, isRequired: false, zero: 0)
  }

  override func convert(_ block: RowBlock, kept: [Int]?) {
    if let lookup {
      fill(block) { text in
        if let known = cache.value(text) { return .success(known) }
        switch lookup.number(text) {
        case .number(let number):
          let result = limited(number)
          if case .success(let value) = result { cache.keep(value, for: text) }
          return result
        case .null: return .success(nil)
        case .unlisted: return .failure(ParseFailure(kind: .unlistedValue))
        }
      }
      return
    }
    switch mapping.type {
    case .decimal: fill(block) { limited($0.decimal(shift: shift), $0) }
    case .size: fill(block) { limited($0.size, $0) }
    case .hex: fill(block) { limited($0.hexadecimal.map { Int64($0) }, $0) }
    case .flagsDotted:
      fill(block) { text in
        text.dottedFlags.map { .success(Element(truncatingIfNeeded: $0)) }
          ?? .failure(ParseFailure(kind: .notFlags))
      }
    default: fill(block) { limited($0.unsigned.map { Int64($0) }, $0) }
    }
  }

  @inline(__always) private func limited(
    _ number: Int64?, _ text: FieldText
  ) -> Result<Element?, ParseFailure> {
    guard let number else {
      let isNumber = text.count > 0 && text.bytes.allSatisfy { $0 == 0x2E || $0 &- 0x30 <= 9 }
      return .failure(ParseFailure(kind: isNumber && text.count > 15 ? .outOfRange : .notANumber))
    }
    return limited(number)
  }

  @inline(__always) private func limited(_ number: Int64) -> Result<Element?, ParseFailure> {
    var number = number
    if let divisor = mapping.div { number /= Int64(divisor) }
    if let divisor = mapping.mod { number %= Int64(divisor) }
    if mapping.nullIfZero && number == 0 { return .success(nil) }
    guard let value = Element(exactly: number) else {
      return .failure(ParseFailure(kind: .outOfRange))
    }
    return .success(value)
  }
}
