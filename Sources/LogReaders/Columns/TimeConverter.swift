import Columnar

final class TimeConverter: ColumnConverter {
  private var source: TextSource
  private let column: Int
  private let isRequired: Bool
  private let reader: TimeReader
  private let earliest: Int64
  private let elseNull: Bool
  /// What each time took from the site; nil where that is the same for all.
  var qualities: ColumnStorage<UInt8>?
  private static let none = Instant(microseconds: 0)
  let storage = ColumnStorage<Instant>(zero: none)
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
    guard !source.isConditional, let column = source.numberColumn else {
      return storage.appendAll(block.count) { instant(of: $0, in: block) }
    }
    let (reader, qualities, earliest) = (reader, qualities, earliest)
    let assumed = reader.assumedOfKnownMinutes.rawValue
    storage.appendAll(block.count) { values, isValid in
      column.forEach(block.rows) { index, text in
        if let known = text.flatMap({ reader.instantInKnownMinute($0) }),
          known.microseconds >= earliest
        {
          qualities?.append(assumed)
          values[index] = known
          isValid[index] = 1
        } else {
          let instant = instant(of: index, in: block)
          values[index] = instant ?? TimeConverter.none
          isValid[index] = instant == nil ? 0 : 1
        }
      }
    }
  }

  /// The time of a record of a block by way of all verbs; refused where its text is none. Notes
  /// what it took from the site.
  private func instant(of index: Int, in block: RowBlock) -> Instant? {
    // A record of another kind may have a time in another form, which asks for a year or zone.
    guard !block.reasons[index].kind.isLeftOut else {
      qualities?.append(0)
      return nil
    }
    let row = block.rows.lowerBound &+ index
    let text = source.text(row)
    let instant = text.flatMap { reader.instant($0, row: row) }
    qualities?.append(text == nil ? 0 : reader.assumed.rawValue)
    if let instant, instant.microseconds >= earliest { return instant }
    refuse(index, of: block, hasText: text != nil, isTime: instant != nil)
    return nil
  }

  /// Notes the months of a table's times without a year, of records that have none yet.
  func noteMonths(of table: FieldTable, in years: YearSequence) {
    // Conditions are looked at block by block, after this.
    guard !source.isConditional else { return }
    for row in 0..<table.rowCount where !years.hasMonth(row) {
      guard let month = source.text(row).flatMap({ reader.monthWithoutYear($0) }) else { continue }
      years.note(month: month, ofRow: row)
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
