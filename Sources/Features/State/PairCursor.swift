import Columnar
import Events

/// Reads `pairs.arrow` row by row, with the values of those rows that are asked for; one batch of
/// each table is in memory.
package final class PairCursor {
  /// A row, and its place among pairs, of which the names lie in the batch.
  struct Place {
    let batch: PairBatch
    let row: Int
    let order: PairTable.Key
  }

  private let pairs: any BatchSource
  private let day: CivilDate
  private var batch: PairBatch?
  private var nextBatch = 0
  private var row = 0
  private var rowsBefore = 0
  private var values: PairValueCursor
  private var originator: (code: UInt32, endpoint: Endpoint)?
  private var whole: PairRow?

  /// Where the cursor is at; nil at the end.
  private(set) var place: Place?

  /// - Parameter day: of the tables, for errors.
  package init(pairs: any BatchSource, values: any BatchSource, day: CivilDate) throws {
    self.pairs = pairs
    self.day = day
    self.values = PairValueCursor(values)
    try load()
  }

  /// The row that the cursor is at; nil at the end.
  package var current: PairRow? {
    if whole == nil { whole = place.map { $0.batch.row($0.row) } }
    return whole
  }

  package var isAtEnd: Bool { place == nil }

  /// Conversations of the current row, without making the row; 0 at the end.
  package var conversations: Int64 { place.map { $0.batch.conversations.value($0.row) } ?? 0 }

  /// Whether the current row counts conversations, which come first, without making the row.
  package var isConversation: Bool { place?.order.kind == .conversation }

  /// Whether the current row's responder is outside, without making the row.
  package var isExternal: Bool {
    guard let place else { return false }
    return place.batch.isExternal[place.row] ?? false
  }

  /// Moves on to the pair that another cursor is at, or past its place where this table lacks it.
  /// - Returns: whether both are at the same pair.
  package func advance(to other: PairCursor) throws -> Bool {
    guard let wanted = other.place else { return false }
    while let place, place.order < wanted.order { try advance() }
    return place.map { $0.order == wanted.order } ?? false
  }

  /// The number of the current row in its table.
  package var index: Int { rowsBefore + row }

  private func load() throws {
    whole = nil
    place = nil
    while row == batch?.rowCount ?? 0 {
      guard nextBatch < pairs.batchCount else { return }
      rowsBefore += row
      batch = PairBatch(try pairs.batch(nextBatch))
      originator = nil
      nextBatch += 1
      row = 0
    }
    guard let batch else { return }
    let kind = PairTable.Kind(batch.kind(row))
    let responder = batch.responder.bytes(row)
    let order = PairTable.Key(
      kind, from: originator(batch),
      to: kind == .dns ? Endpoint(name: responder) : Endpoint(text: responder),
      port: batch.port.value(row), ianaNumber: batch.ianaNumber.value(row))
    place = Place(batch: batch, row: row, order: order)
  }

  /// Rows of an originator are neighbours, so that few texts need be read.
  private func originator(_ batch: PairBatch) -> Endpoint {
    let code = batch.originator.codes.value(row)
    if let originator, originator.code == code { return originator.endpoint }
    let endpoint = Endpoint(text: batch.originator.bytes(row))
    originator = (code, endpoint)
    return endpoint
  }

  /// - Throws: `SummaryError` where the next row does not follow this one in the table's order.
  package func advance() throws {
    guard let before = place else { return }
    row += 1
    try load()
    try withExtendedLifetime(before.batch) {
      guard let place, !(before.order < place.order) else { return }
      let (key, keyBefore) = (place.batch.key(row), before.batch.key(before.row))
      throw SummaryError(
        table: pairs.schema.name, day: day,
        problem: "expected rows in order, found \(key) after \(keyBefore)")
    }
  }

  /// The values of the current row. Rows must be asked for in ascending order.
  package func currentValues() throws -> [ValueCount] {
    var result: [ValueCount] = []
    try appendCurrentValues(from: .gapSeconds, to: &result)
    return result
  }

  /// Appends what `currentValues` gives, but measures before `least`.
  func appendCurrentValues(
    from least: PairValue.Measure, to result: inout [ValueCount]
  ) throws {
    try values.append(pair: index, from: least.rawValue, to: &result)
  }
}

/// Reads `pair_values.arrow`, pair by pair.
private struct PairValueCursor {
  private final class Views {
    let pair: Values<UInt32>
    let measure: Values<UInt8>
    let value: Values<Int64>
    let count: Values<UInt32>

    init(_ batch: Batch) {
      pair = batch[PairValue.pair]
      measure = batch[PairValue.measure]
      value = batch[PairValue.value]
      count = batch[PairValue.count]
    }
  }

  private let source: any BatchSource
  private var views: Views?
  private var nextBatch = 0
  private var row = 0

  init(_ source: any BatchSource) { self.source = source }

  /// - Parameter pair: not less than the one asked for before.
  mutating func append(
    pair wanted: Int, from least: UInt8, to result: inout [ValueCount]
  ) throws {
    while true {
      if let views {
        while row < views.pair.count {
          let pair = Int(views.pair.value(row))
          if pair > wanted { return }
          if pair == wanted, views.measure.value(row) >= least {
            result.append(
              ValueCount(
                measure: views.measure.value(row), value: views.value.value(row),
                count: views.count.value(row)))
          }
          row += 1
        }
      }
      guard nextBatch < source.batchCount else { return }
      views = Views(try source.batch(nextBatch))
      nextBatch += 1
      row = 0
    }
  }
}
