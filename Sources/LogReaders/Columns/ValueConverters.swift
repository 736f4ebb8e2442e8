import Columnar

/// A number of at least 0, null, or why there is none: one word, for the loops that fill columns.
struct ParsedNumber {
  let raw: Int64

  @inline(__always) private init(raw: Int64) { self.raw = raw }

  /// - Precondition: `number` is not negative.
  @inline(__always) init(_ number: Int64) { raw = number }
  @inline(__always) init(_ failure: RejectReason.Kind) { raw = -2 - Int64(failure.rawValue) }

  static let null = ParsedNumber(raw: -1)

  @inline(__always) var failure: RejectReason.Kind? {
    raw < -1 ? RejectReason.Kind(rawValue: UInt8(truncatingIfNeeded: -2 - raw)) : nil
  }
}

extension ColumnStorage where Element: FixedWidthInteger {
  /// Appends a number for each of a block's records; those that don't fit are null and refused.
  @inline(__always) func append(
    _ block: RowBlock, column: Int, _ number: (_ index: Int) -> ParsedNumber
  ) {
    appendAll(block.count) { index in
      let number = number(index)
      if number.raw >= 0, let value = Element(exactly: number.raw) { return value }
      if number.raw != ParsedNumber.null.raw {
        block.reject(index, RejectReason(number.failure ?? .outOfRange, column: column))
      }
      return nil
    }
  }
}

final class AddressConverter: ColumnConverter {
  private var source: TextSource
  private let column: Int
  private let elseNull: Bool
  private let storage = ColumnStorage<Address>(zero: Address(high: 0, low: 0))
  var isText: Bool { false }

  /// - Parameters:
  ///   - column: position in the schema of the rows.
  ///   - elseNull: whether a text that is no address is null.
  init(source: TextSource, column: Int, elseNull: Bool) {
    self.source = source
    self.column = column
    self.elseNull = elseNull
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    let (source, elseNull) = (source, elseNull)
    storage.appendAll(block.count) { index in
      guard let text = source.text(block.rows.lowerBound &+ index) else {
        if source.failed && !elseNull {
          block.reject(index, RejectReason(.noMatch, column: column))
        }
        return nil
      }
      if let address = text.address { return address }
      if !elseNull { block.reject(index, RejectReason(.notAnAddress, column: column)) }
      return nil
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}

final class TimeConverter: ColumnConverter {
  private var source: TextSource
  private let column: Int
  private let isRequired: Bool
  private let reader: TimeReader
  private let earliest: Int64
  private let elseNull: Bool
  /// What each time took from the site; nil where that is the same for all.
  var qualities: ColumnStorage<UInt8>?
  let storage = ColumnStorage<Instant>(zero: Instant(microseconds: 0))
  var isText: Bool { false }

  /// - Parameter isRequired: whether a record without a time is rejected.
  init(
    source: TextSource, column: Int, isRequired: Bool, reader: TimeReader, earliest: Instant,
    elseNull: Bool
  ) {
    self.source = source
    self.column = column
    self.isRequired = isRequired
    self.reader = reader
    self.earliest = earliest.microseconds
    self.elseNull = elseNull
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    let source = source
    for index in 0..<block.count {
      if block.reasons[index].kind.isLeftOut {
        storage.appendNull()
        qualities?.append(0)
        continue
      }
      guard let text = source.text(block.rows.lowerBound &+ index) else {
        storage.appendNull()
        qualities?.append(0)
        if source.failed && !elseNull {
          block.reject(index, RejectReason(.noMatch, column: column))
        }
        if isRequired { block.reject(index, RejectReason(.missing, column: column)) }
        continue
      }
      let instant = reader.instant(text)
      qualities?.append(reader.assumed.rawValue)
      if let instant, instant.microseconds >= earliest {
        storage.append(instant)
        continue
      }
      storage.appendNull()
      if !elseNull {
        block.reject(index, RejectReason(instant == nil ? .notATime : .tooEarly, column: column))
      }
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}

/// Whole numbers: counts, ports, scaled decimals, flags, and numbers that texts stand for.
final class NumberConverter: ColumnConverter {
  private var source: TextSource
  private let column: Int
  private let type: ColumnMapping.ValueType
  private let divisor: Int64?
  private let modulus: Int64?
  private let nullIfZero: Bool
  private let elseNull: Bool
  private let shift: Int
  private let lookup: NumberTable?
  private let storage: NumberStorage
  private var cache = ShortTextCache<Int64>()
  private let numbers = UnsafeMutableBufferPointer<ParsedNumber>.allocate(
    capacity: maximumBatchRowCount)
  var isText: Bool { false }

  /// - Parameter lookup: the numbers that texts stand for, where they are not numbers themselves.
  init(
    source: TextSource, column: Int, type: ColumnType, mapping: ColumnMapping, lookup: NumberTable?
  ) {
    self.source = source
    self.column = column
    self.lookup = lookup
    self.type = mapping.type
    divisor = mapping.div.map { Int64($0) }
    modulus = mapping.mod.map { Int64($0) }
    nullIfZero = mapping.nullIfZero
    elseNull = mapping.elseNull
    shift = mapping.unit?.digitsToMicroseconds ?? 0
    storage = NumberStorage(type)
  }

  deinit { numbers.deallocate() }

  /// Nil where the column is narrower.
  var wideStorage: ColumnStorage<Int64>? {
    if case .int64(let storage) = storage { storage } else { nil }
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    parse(block)
    if elseNull {
      for index in 0..<block.count where numbers[index].failure != nil { numbers[index] = .null }
    }
    if divisor != nil || modulus != nil || nullIfZero { adjust(block) }
    let numbers = numbers
    switch storage {
    case .uint8(let storage): storage.append(block, column: column) { numbers[$0] }
    case .uint16(let storage): storage.append(block, column: column) { numbers[$0] }
    case .int64(let storage): storage.append(block, column: column) { numbers[$0] }
    }
  }

  private func parse(_ block: RowBlock) {
    let shift = shift
    if lookup != nil { return fill(block) { look(up: $0) } }
    switch type {
    case .decimal: fill(block) { $0.decimal(shift: shift).map { .init($0) } ?? bad($0) }
    case .size: fill(block) { $0.size.map { .init($0) } ?? bad($0) }
    case .hex: fill(block) { $0.prefixedNumber.map { .init(Int64($0)) } ?? bad($0) }
    case .flagsDotted:
      fill(block) { $0.dottedFlags.map { .init(Int64($0)) } ?? ParsedNumber(.notFlags) }
    case .hexDigits: fill(block) { $0.hexadecimal.map { .init(Int64($0)) } ?? bad($0) }
    case .flagsLetters:
      fill(block) { $0.letteredFlags.map { .init(Int64($0)) } ?? ParsedNumber(.notFlags) }
    case .clock: fill(block) { $0.clockMicroseconds.map { .init($0) } ?? bad($0) }
    default: fill(block) { $0.unsigned.map { .init(Int64($0)) } ?? bad($0) }
    }
  }

  @inline(__always) private func fill(_ block: RowBlock, _ parse: (FieldText) -> ParsedNumber) {
    let source = source
    let numbers = numbers
    for index in 0..<block.count {
      if let text = source.text(block.rows.lowerBound &+ index) {
        numbers[index] = parse(text)
      } else {
        numbers[index] = source.failed ? ParsedNumber(.noMatch) : .null
      }
    }
  }

  private func adjust(_ block: RowBlock) {
    for index in 0..<block.count where numbers[index].raw >= 0 {
      var number = numbers[index].raw
      if let divisor { number /= divisor }
      if let modulus { number %= modulus }
      numbers[index] = nullIfZero && number == 0 ? .null : ParsedNumber(number)
    }
  }

  @inline(__always) private func look(up text: FieldText) -> ParsedNumber {
    cache.value(text).map { ParsedNumber($0) } ?? search(text)
  }

  private func search(_ text: FieldText) -> ParsedNumber {
    switch lookup?.number(text) {
    case .number(let number):
      cache.keep(number, for: text)
      return ParsedNumber(number)
    case .null: return .null
    case .unlisted, nil: return ParsedNumber(.unlistedValue)
    }
  }

  @inline(never) private func bad(_ text: FieldText) -> ParsedNumber {
    let isNumber = text.bytes.allSatisfy { $0 == UInt8(ascii: ".") || $0 &- 0x30 <= 9 }
    return ParsedNumber(isNumber && text.count > 15 ? .outOfRange : .notANumber)
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}
