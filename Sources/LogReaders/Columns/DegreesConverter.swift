import Columnar

/// Fills a column of latitudes or longitudes.
final class DegreesConverter: ColumnConverter {
  private var source: TextSource
  private let column: Int
  private let limit: Double
  private let elseNull: Bool
  private let storage = ColumnStorage<Double>(zero: 0)
  var isText: Bool { false }

  /// - Parameters:
  ///   - column: position in the schema of the rows.
  ///   - limit: the greatest degree, on either side of 0.
  ///   - elseNull: whether a text that is no such degree is null.
  init(source: TextSource, column: Int, limit: Double, elseNull: Bool) {
    self.source = source
    self.column = column
    self.limit = limit
    self.elseNull = elseNull
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    guard !source.leavesAllNull else { return storage.appendNulls(block.count) }
    storage.appendAll(block.count) { index in
      guard let text = source.text(block.rows.lowerBound &+ index) else {
        if source.failed { refuse(index, .noMatch, in: block) }
        return nil
      }
      guard let degrees = text.signedDecimal, degrees.magnitude <= limit else {
        refuse(index, .notDegrees, in: block)
        return nil
      }
      return degrees
    }
  }

  private func refuse(_ index: Int, _ kind: RejectReason.Kind, in block: RowBlock) {
    if !elseNull { block.reject(index, RejectReason(kind, column: column)) }
  }

  func keep(_ kept: [Int], ofLast count: Int) { storage.keep(kept, ofLast: count) }
  func finish() -> Column { storage.takeColumn() }
}

extension FieldText {
  /// A decimal number that may have a sign; nil for anything else, exponents among it. Of more than
  /// fifteen digits those behind the point are dropped, so that digits and power of ten are exact
  /// and the number is the double nearest to them.
  var signedDecimal: Double? {
    let sign = bytes.first
    let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    var digits: Int64 = 0
    var divisor = 1.0
    var (hasDigit, isBehindPoint) = (false, false)
    for byte in bytes.dropFirst(isSigned ? 1 : 0) {
      if byte == UInt8(ascii: "."), !isBehindPoint {
        isBehindPoint = true
        continue
      }
      let digit = byte &- 0x30
      guard digit <= 9 else { return nil }
      hasDigit = true
      guard digits < 100_000_000_000_000, divisor < 1e22 else {
        guard isBehindPoint else { return nil }
        continue
      }
      digits = digits * 10 + Int64(digit)
      if isBehindPoint { divisor *= 10 }
    }
    guard hasDigit else { return nil }
    let number = Double(digits) / divisor
    return sign == UInt8(ascii: "-") ? -number : number
  }
}
