import Columnar

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
    let source = source
    guard !source.isConditional, let texts = source.numberColumn else {
      return storage.appendAll(block.count) { address(of: $0, in: block, source) }
    }
    let numbers = block.scratch.ipv4
    storage.appendAll(block.count) { values, isValid in
      texts.readIPv4(block.rows, numbers: numbers, isAddress: isValid)
      for index in 0..<block.count { values[index] = Address(ipv4: numbers[index]) }
      for index in 0..<block.count where isValid[index] == 0 {
        let address = address(of: index, in: block, source)
        values[index] = address ?? AddressConverter.none
        isValid[index] = address == nil ? 0 : 1
      }
    }
  }

  /// The address in a record of a block by way of all verbs; refused where its text is none.
  @inline(__always) private func address(
    of index: Int, in block: RowBlock, _ source: TextSource
  ) -> Address? {
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
