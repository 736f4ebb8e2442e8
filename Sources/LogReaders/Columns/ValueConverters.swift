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
  func append(
    _ block: RowBlock, column: Int, _ numbers: UnsafeMutableBufferPointer<ParsedNumber>
  ) {
    var (union, intersection): (Int64, Int64) = (0, -1)
    for index in 0..<block.count {
      union |= numbers[index].raw
      intersection &= numbers[index].raw
    }
    // The greatest number has all bits set: where all of them together fit, each does.
    if union >= 0 && union <= Int64(Element.max) {
      return appendAll(block.count) { values, isValid in
        for index in 0..<block.count {
          values[index] = Element(truncatingIfNeeded: numbers[index].raw)
        }
        isValid.update(repeating: 1, count: block.count)
      }
    }
    if intersection == ParsedNumber.null.raw && union == intersection {
      return appendAll(block.count) { values, isValid in
        values.update(repeating: 0, count: block.count)
        isValid.update(repeating: 0, count: block.count)
      }
    }
    appendAll(block.count) { index in
      let number = numbers[index]
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
  private static let none = Address(high: 0, low: 0)
  private let storage = ColumnStorage<Address>(zero: none)
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
    guard !source.isConditional, let texts = source.numberColumn else {
      return storage.appendAll(block.count) { address(of: $0, in: block) }
    }
    let numbers = block.scratch.ipv4
    storage.appendAll(block.count) { values, isValid in
      texts.readIPv4(block.rows, numbers: numbers, isAddress: isValid)
      for index in 0..<block.count { values[index] = Address(ipv4: numbers[index]) }
      for index in 0..<block.count where isValid[index] == 0 {
        let address = address(of: index, in: block)
        values[index] = address ?? AddressConverter.none
        isValid[index] = address == nil ? 0 : 1
      }
    }
  }

  /// The address in a record of a block by way of all verbs; refused where its text is none.
  @inline(__always) private func address(of index: Int, in block: RowBlock) -> Address? {
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
    let (source, reader, qualities, earliest) = (source, reader, qualities, earliest)
    storage.appendAll(block.count) { index in
      // A record of another kind may have a time in another form, which asks for a year or zone.
      guard !block.reasons[index].kind.isLeftOut else {
        qualities?.append(0)
        return nil
      }
      let text = source.text(block.rows.lowerBound &+ index)
      let instant = text.flatMap { reader.instant($0) }
      qualities?.append(text == nil ? 0 : reader.assumed.rawValue)
      if let instant, instant.microseconds >= earliest { return instant }
      refuse(index, of: block, hasText: text != nil, isTime: instant != nil)
      return nil
    }
  }

  private func refuse(_ index: Int, of block: RowBlock, hasText: Bool, isTime: Bool) {
    if hasText {
      if !elseNull {
        block.reject(index, RejectReason(isTime ? .tooEarly : .notATime, column: column))
      }
    } else {
      if source.failed && !elseNull {
        block.reject(index, RejectReason(.noMatch, column: column))
      }
      if isRequired { block.reject(index, RejectReason(.missing, column: column)) }
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
  private var cache = ShortTextCache<ParsedNumber>()
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

  /// Nil where the column is narrower.
  var wideStorage: ColumnStorage<Int64>? {
    if case .int64(let storage) = storage { storage } else { nil }
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    parse(block)
    let numbers = block.scratch.numbers
    if elseNull {
      for index in 0..<block.count where numbers[index].failure != nil { numbers[index] = .null }
    }
    if divisor != nil || modulus != nil || nullIfZero { adjust(block) }
    switch storage {
    case .uint8(let storage): storage.append(block, column: column, numbers)
    case .uint16(let storage): storage.append(block, column: column, numbers)
    case .int64(let storage): storage.append(block, column: column, numbers)
    }
  }

  private func parse(_ block: RowBlock) {
    if lookup != nil { return lookUp(block) }
    let shift = shift
    let (column, plain) = (source.numberColumn, source.plainColumn)
    switch type {
    case .decimal: fill(block, column) { $0.decimal(shift: shift) }
    case .size: fill(block, column) { $0.size }
    case .hex: fill(block, column) { $0.prefixedNumber.map { Int64($0) } }
    case .flagsDotted: fill(block, plain) { $0.dottedFlags.map { Int64($0) } }
    case .hexDigits: fill(block, plain) { $0.hexadecimal.map { Int64($0) } }
    case .flagsLetters: fill(block, plain) { $0.letteredFlags.map { Int64($0) } }
    case .clock: fill(block, column) { $0.clockMicroseconds }
    default: fill(block, column) { $0.unsigned.map { Int64($0) } }
    }
  }

  /// - Parameter column: texts of it that are numbers as they stand are tried first.
  @inline(__always) private func fill(
    _ block: RowBlock, _ column: FieldColumn?, _ parse: (FieldText) -> Int64?
  ) {
    let (source, numbers) = (source, block.scratch.numbers)
    for index in 0..<block.count {
      let row = block.rows.lowerBound &+ index
      if let column {
        if source.isLeftNull(row) {
          numbers[index] = .null
          continue
        }
        if let text = column[row], let number = parse(text) {
          numbers[index] = ParsedNumber(number)
          continue
        }
      }
      guard let text = source.text(row) else {
        numbers[index] = source.failed ? ParsedNumber(.noMatch) : .null
        continue
      }
      numbers[index] = parse(text).map { ParsedNumber($0) } ?? bad(text)
    }
  }

  private func lookUp(_ block: RowBlock) {
    let (source, numbers) = (source, block.scratch.numbers)
    let column = source.onlyColumn
    for index in 0..<block.count {
      let row = block.rows.lowerBound &+ index
      guard !source.isLeftNull(row) else {
        numbers[index] = .null
        continue
      }
      let text = column?[row]
      if let text, let known = cache.value(text) {
        numbers[index] = known
        continue
      }
      numbers[index] = lookUp(source.text(row))
      if let text { cache.keep(numbers[index], for: text) }
    }
  }

  private func lookUp(_ text: FieldText?) -> ParsedNumber {
    guard let text else { return source.failed ? ParsedNumber(.noMatch) : .null }
    switch lookup?.number(text) {
    case .number(let number): return ParsedNumber(number)
    case .null: return .null
    case .unlisted, nil: return ParsedNumber(.unlistedValue)
    }
  }

  private func adjust(_ block: RowBlock) {
    let numbers = block.scratch.numbers
    for index in 0..<block.count where numbers[index].raw >= 0 {
      var number = numbers[index].raw
      if let divisor { number /= divisor }
      if let modulus { number %= modulus }
      numbers[index] = nullIfZero && number == 0 ? .null : ParsedNumber(number)
    }
  }

  @inline(never) private func bad(_ text: FieldText) -> ParsedNumber {
    if type == .flagsDotted || type == .flagsLetters { return ParsedNumber(.notFlags) }
    let isNumber = text.bytes.allSatisfy { $0 == UInt8(ascii: ".") || $0 &- 0x30 <= 9 }
    return ParsedNumber(isNumber && text.count > 15 ? .outOfRange : .notANumber)
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}
