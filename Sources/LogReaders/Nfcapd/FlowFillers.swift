import Columnar

/// Flows that are turned to rows together, and what is wrong with them.
struct FlowBlock {
  let columns: FlowColumns
  let rows: Range<Int>
  /// By position in the block.
  let reasons: UnsafeMutableBufferPointer<RejectReason>

  var count: Int { rows.count }

  /// Notes what is wrong with a flow; the first reason counts.
  @inline(never) func reject(_ index: Int, _ reason: RejectReason) {
    if reasons[index].kind == .none { reasons[index] = reason }
  }
}

/// Fills one column of the rows with what flows have in one of theirs.
protocol FlowFiller: AnyObject {
  func fill(_ block: FlowBlock)
  /// Removes those of the last `count` values whose position is not in `kept`, which ascends.
  func keep(_ kept: [Int], ofLast count: Int)
  /// The values so far, as a column; the filler starts again, empty.
  func finish() -> Column
}

final class FlowAddressFiller: FlowFiller {
  private let address: FlowAddress
  private let condition: FlowCondition?
  /// Addresses that stand for none.
  private let nulls: [Address]
  private let storage = ColumnStorage<Address>(zero: Address(high: 0, low: 0))

  init(_ address: FlowAddress, condition: FlowCondition?, nulls: [Address]) {
    self.address = address
    self.condition = condition
    self.nulls = nulls
  }

  func fill(_ block: FlowBlock) {
    let values = block.columns.values(address) + block.rows.lowerBound
    if condition != nil || !nulls.isEmpty {
      let (condition, nulls) = (condition, nulls)
      storage.appendAll(block.count) {
        condition?.holds($0) == false || nulls.contains(values[$0]) ? nil : values[$0]
      }
    } else {
      storage.appendAll(block.count) { values[$0] }
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}

/// Times in milliseconds since 1970.
final class FlowTimeFiller: FlowFiller {
  private let number: FlowNumber
  private let condition: FlowCondition?
  private let column: Int
  private let earliest: Int64
  let storage = ColumnStorage<Instant>(zero: Instant(microseconds: 0))

  /// - Parameter column: position in the schema of the rows.
  init(_ number: FlowNumber, condition: FlowCondition?, column: Int, earliest: Instant) {
    self.number = number
    self.condition = condition
    self.column = column
    self.earliest = earliest.microseconds
  }

  func fill(_ block: FlowBlock) {
    let values = block.columns.values(number) + block.rows.lowerBound
    storage.appendAll(block.count) { index in
      if let condition, !condition.holds(index) { return nil }
      guard values[index] <= UInt64(Int64.max / 1000) else {
        block.reject(index, RejectReason(.outOfRange, column: column))
        return nil
      }
      let microseconds = Int64(values[index]) &* 1000
      if microseconds >= earliest { return Instant(microseconds: microseconds) }
      block.reject(index, RejectReason(.tooEarly, column: column))
      return nil
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}

/// Whole numbers.
final class FlowNumberFiller: FlowFiller {
  private let number: FlowNumber
  private let rule: FlowNumberRule
  private let condition: FlowCondition?
  private let column: Int
  private let storage: NumberStorage

  /// - Parameter column: position in the schema of the rows.
  init(
    _ number: FlowNumber, _ rule: FlowNumberRule, condition: FlowCondition?, type: ColumnType,
    column: Int
  ) {
    self.number = number
    self.rule = rule
    self.condition = condition
    self.column = column
    storage = NumberStorage(type)
  }

  func fill(_ block: FlowBlock) {
    switch storage {
    case .uint8(let storage): fill(storage, block)
    case .uint16(let storage): fill(storage, block)
    case .int64(let storage): fill(storage, block)
    }
  }

  @inline(__always) private func fill(
    _ storage: ColumnStorage<some FixedWidthInteger>, _ block: FlowBlock
  ) {
    let values = block.columns.values(number) + block.rows.lowerBound
    let (rule, column) = (rule, column)
    if condition == nil, rule.isPlain {
      return storage.append(block, column: column) { index in
        values[index] <= UInt64(Int64.max)
          ? ParsedNumber(Int64(truncatingIfNeeded: values[index])) : ParsedNumber(.outOfRange)
      }
    }
    let protocols = block.columns.values(.protocolNumber) + block.rows.lowerBound
    storage.append(block, column: column) { index in
      if let condition, !condition.holds(index) { return .null }
      return rule.apply(values[index], protocolNumber: protocols[index])
    }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}

extension ColumnStorage where Element: FixedWidthInteger {
  /// Appends a number for each flow of a block; those that don't fit are null and refused.
  @inline(__always) fileprivate func append(
    _ block: FlowBlock, column: Int, _ number: (_ index: Int) -> ParsedNumber
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

/// Whole numbers that are names, such as an interface's, in text.
final class FlowNameFiller: FlowFiller {
  private let number: FlowNumber
  private let condition: FlowCondition?
  /// Texts that stand for none.
  private let nulls: [String]
  private let codes = ColumnStorage<UInt32>(zero: 0)
  private let symbols = CodedBuilder<Strings>()
  /// By number: the code, nil for null.
  private var known: [UInt64: UInt32?] = [:]

  init(_ number: FlowNumber, condition: FlowCondition?, nulls: [String]) {
    self.number = number
    self.condition = condition
    self.nulls = nulls
  }

  func fill(_ block: FlowBlock) {
    let values = block.columns.values(number) + block.rows.lowerBound
    var last: (number: UInt64, code: UInt32?)?
    codes.appendAll(block.count) { index in
      if let condition, !condition.holds(index) { return nil }
      if let last, last.number == values[index] { return last.code }
      let code = code(of: values[index])
      last = (values[index], code)
      return code
    }
  }

  private func code(of value: UInt64) -> UInt32? {
    if let code = known[value] { return code }
    let code = nulls.contains("\(value)") ? nil : symbols.code(of: "\(value)")
    known[value] = .some(code)
    return code
  }

  func keep(_ kept: [Int], ofLast count: Int) { codes.keep(kept, ofLast: count) }

  func finish() -> Column {
    let (values, validity, count, nullCount) = codes.take()
    return Column(
      type: .dictionaryOfStrings, rowCount: count, nullCount: nullCount, validity: validity,
      values: values, dictionary: symbols.finish().dictionary)
  }
}

/// What a mapping makes of a flow's number.
struct FlowNumberRule {
  /// Of a port, which holds type and code where the protocol is ICMP: nfdump prints `8.0`.
  enum Port { case whole, first, second }

  var port: Port?
  var factor: Int64 = 1
  var divisor: Int64?
  var modulus: Int64?
  var nullIfZero = false

  var isPlain: Bool {
    port == nil && factor == 1 && divisor == nil && modulus == nil && !nullIfZero
  }

  @inline(__always) func apply(_ value: UInt64, protocolNumber: UInt64) -> ParsedNumber {
    guard var number = Int64(exactly: value) else { return ParsedNumber(.outOfRange) }
    if let port {
      let isICMP = protocolNumber == 1 || protocolNumber == 58
      switch port {
      case .whole: if isICMP { return ParsedNumber(.notANumber) }
      case .first: if isICMP { number >>= 8 }
      case .second:
        guard isICMP else { return .null }
        number &= 0xFF
      }
    }
    let (scaled, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow else { return ParsedNumber(.outOfRange) }
    number = scaled
    if let divisor { number /= divisor }
    if let modulus { number %= modulus }
    return nullIfZero && number == 0 ? .null : ParsedNumber(number)
  }
}

/// Fills a column that does not depend on the flow.
final class FlowConstantFiller: FlowFiller {
  private let constant: any RowIndependentConverter
  private var count = 0

  init(_ constant: any RowIndependentConverter) { self.constant = constant }

  func fill(_ block: FlowBlock) { count += block.count }
  func keep(_ kept: [Int], ofLast count: Int) { self.count += kept.count - count }

  func finish() -> Column {
    constant.append(count)
    count = 0
    return constant.finish()
  }
}

/// Fills `log_line` with a flow's number among the file's flows, which is its line in what nfdump
/// prints.
final class FlowOrdinalFiller: FlowFiller {
  private let storage = ColumnStorage<Int64>(zero: 0)

  func fill(_ block: FlowBlock) {
    for row in block.rows { storage.append(block.columns.place(row).ordinal) }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}
