import Columnar

/// A number of at least 0, null, or why there is none: one word, for the loops that fill columns.
struct ParsedNumber {
  let raw: Int64

  @inline(__always) private init(raw: Int64) { self.raw = raw }

  /// - Precondition: `number` is not negative.
  @inline(__always) init(_ number: Int64) { raw = number }
  @inline(__always) init(_ failure: RejectReason.Kind) { raw = -2 - Int64(failure.rawValue) }

  static let null = ParsedNumber(raw: -1)

  /// The number, 0 where there is none.
  @inline(__always) var orZero: Int64 { raw & ~(raw >> 63) }

  @inline(__always) var failure: RejectReason.Kind? {
    raw < -1 ? RejectReason.Kind(rawValue: UInt8(truncatingIfNeeded: -2 - raw)) : nil
  }
}

extension ColumnStorage where Element: FixedWidthInteger {
  /// Appends a number for each of a block's records; those that don't fit are null and refused.
  func append(
    _ block: RowBlock, column: Int, _ numbers: UnsafeMutableBufferPointer<ParsedNumber>
  ) {
    var union: Int64 = 0
    for index in 0..<block.count { union |= numbers[index].raw }
    // The greatest number has all bits set: where all of them together fit, each does.
    if union >= 0 && union <= Int64(Element.max) {
      return appendAll(block.count) { values, isValid in
        for index in 0..<block.count {
          values[index] = Element(truncatingIfNeeded: numbers[index].raw)
        }
        isValid.update(repeating: 1, count: block.count)
      }
    }
    var failures: Int64 = 0
    union = 0
    for index in 0..<block.count {
      union |= numbers[index].orZero
      // Negative where this is neither a number nor null.
      failures |= numbers[index].raw &+ 1
    }
    if failures >= 0 && union <= Int64(Element.max) {
      return appendAll(block.count) { values, isValid in
        for index in 0..<block.count {
          values[index] = Element(truncatingIfNeeded: numbers[index].orZero)
        }
        for index in 0..<block.count { isValid[index] = numbers[index].raw < 0 ? 0 : 1 }
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
  private let cache = ShortTextCache<ParsedNumber>()
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
    guard !source.leavesAllNull else { return storage.appendNulls(block.count) }
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
    default: readWhole(block)
    }
  }

  /// Whole numbers: all at once where they have few digits, as most do.
  private func readWhole(_ block: RowBlock) {
    guard let column = source.numberColumn else {
      return fill(block, nil) { $0.unsigned.map { Int64($0) } }
    }
    let (source, numbers) = (source, block.scratch.numbers)
    guard let start = numbers.baseAddress else { return }
    let areAll = column.readNumbers(block.rows, into: start, other: ParsedNumber(.notANumber))
    if source.leavesSomeNull {
      for index in 0..<block.count where source.isLeftNull(block.rows.lowerBound &+ index) {
        numbers[index] = .null
      }
    }
    guard !areAll else { return }
    for index in 0..<block.count where numbers[index].failure != nil {
      numbers[index] = number(block.rows.lowerBound &+ index) { $0.unsigned.map { Int64($0) } }
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
      numbers[index] = number(row, parse)
    }
  }

  /// The number in a record by way of all verbs.
  @inline(__always) private func number(_ row: Int, _ parse: (FieldText) -> Int64?) -> ParsedNumber
  {
    guard let text = source.text(row) else {
      return source.failed ? ParsedNumber(.noMatch) : .null
    }
    return parse(text).map { ParsedNumber($0) } ?? bad(text)
  }

  private func lookUp(_ block: RowBlock) {
    let (source, numbers, cache) = (source, block.scratch.numbers, cache)
    @inline(__always) func look(at index: Int, _ text: FieldText?) -> ParsedNumber {
      let row = block.rows.lowerBound &+ index
      guard !source.isLeftNull(row) else { return .null }
      if let text, let known = cache.value(text) { return known }
      let found = lookUp(source.text(row))
      if let text { cache.keep(found, for: text) }
      return found
    }
    guard let column = source.onlyColumn else {
      for index in 0..<block.count { numbers[index] = look(at: index, nil) }
      return
    }
    column.forEach(block.rows) { index, text in numbers[index] = look(at: index, text) }
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
    if divisor != nil || modulus != nil {
      for index in 0..<block.count where numbers[index].raw >= 0 {
        var number = numbers[index].raw
        if let divisor { number /= divisor }
        if let modulus { number %= modulus }
        numbers[index] = ParsedNumber(number)
      }
    }
    guard nullIfZero else { return }
    for index in 0..<block.count {
      numbers[index] = numbers[index].raw == 0 ? .null : numbers[index]
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
