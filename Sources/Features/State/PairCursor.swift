import Columnar
import Events

/// What identifies a pair, in the order of `pairs.arrow`.
package struct PairKey: Hashable, Comparable, Sendable {
  package let kind: PairKind
  package let originator: NamedEndpoint
  package let responder: NamedEndpoint
  package let port: UInt16
  package let ianaNumber: UInt8

  package static func < (a: PairKey, b: PairKey) -> Bool {
    if a.kind != b.kind { return a.kind < b.kind }
    if a.originator != b.originator { return a.originator < b.originator }
    if a.responder != b.responder { return a.responder < b.responder }
    return (a.port, a.ianaNumber) < (b.port, b.ianaNumber)
  }
}

/// A row of `pairs.arrow`.
package struct PairRow: Sendable {
  package var key: PairKey
  package var isExternal: Bool
  package var conversations: Int64
  package var failed: Int64
  package var bytesSent: Int64
  package var bytesReceived: Int64
  package var durationMicroseconds: Int64
  package var longestMicroseconds: Int64
  package var firstTime: Instant
  package var lastTime: Instant

  /// `203.0.113.7:443/tcp`, or the name that was asked for.
  package var peer: String {
    guard key.kind == .conversation else { return key.responder.text }
    let host = key.responder.text.contains(":") ? "[\(key.responder.text)]" : key.responder.text
    return "\(host):\(key.port)/\(protocolName(key.ianaNumber))"
  }
}

/// What `pairs.arrow` counts, in its order.
package enum PairKind: String, CaseIterable, Comparable, Sendable {
  case conversation, dns, http

  package static func < (a: PairKind, b: PairKind) -> Bool { a.order < b.order }

  private var order: Int {
    switch self {
    case .conversation: 0
    case .dns: 1
    case .http: 2
    }
  }
}

/// The views of one batch of `pairs.arrow` or `pair_history.arrow`.
package struct PairBatch {
  package let rowCount: Int
  package let kind: Coded<Strings>
  package let originator: Coded<Strings>
  package let responder: Strings
  package let isExternal: Flags
  package let port: Values<UInt16>
  package let ianaNumber: Values<UInt8>
  package let conversations: Values<Int64>
  package let failed: Values<Int64>
  package let bytesSent: Values<Int64>
  package let bytesReceived: Values<Int64>
  package let durationMicroseconds: Values<Int64>
  package let longestMicroseconds: Values<Int64>
  package let firstTime: Values<Instant>
  package let lastTime: Values<Instant>

  package init(_ batch: Batch) {
    rowCount = batch.rowCount
    kind = batch[Pair.kind]
    originator = batch[Pair.originator]
    responder = batch[Pair.responder]
    isExternal = batch[Pair.isExternal]
    port = batch[Pair.port]
    ianaNumber = batch[Pair.ianaNumber]
    conversations = batch[Pair.conversations]
    failed = batch[Pair.failed]
    bytesSent = batch[Pair.bytesSent]
    bytesReceived = batch[Pair.bytesReceived]
    durationMicroseconds = batch[Pair.durationMicroseconds]
    longestMicroseconds = batch[Pair.longestMicroseconds]
    firstTime = batch[Pair.firstTime]
    lastTime = batch[Pair.lastTime]
  }

  package func row(_ row: Int) -> PairRow {
    PairRow(
      key: PairKey(
        kind: kind[row].flatMap(PairKind.init(rawValue:)) ?? .conversation,
        originator: NamedEndpoint(originator.bytes(row)),
        responder: NamedEndpoint(responder.bytes(row)), port: port.value(row),
        ianaNumber: ianaNumber.value(row)),
      isExternal: isExternal[row] ?? false, conversations: conversations.value(row),
      failed: failed.value(row), bytesSent: bytesSent.value(row),
      bytesReceived: bytesReceived.value(row),
      durationMicroseconds: durationMicroseconds.value(row),
      longestMicroseconds: longestMicroseconds.value(row), firstTime: firstTime.value(row),
      lastTime: lastTime.value(row))
  }
}

/// How often a value was seen.
package struct ValueCount: Hashable, Sendable {
  package var measure: UInt8
  package var value: Int64
  package var count: UInt32

  package init(measure: UInt8, value: Int64, count: UInt32) {
    self.measure = measure
    self.value = value
    self.count = count
  }
}

/// Reads `pairs.arrow` row by row, with the values of those rows that are asked for; one batch of
/// each table is in memory.
package final class PairCursor {
  private let pairs: any BatchSource
  private let values: any BatchSource
  private let day: CivilDate
  private var batch: PairBatch?
  private var batchIndex = 0
  private var row = 0
  private var rowsBefore = 0
  private var valueBatchIndex = 0
  private var valueRow = 0
  private var valueRowCount = 0
  private var valueViews:
    (
      pair: Values<UInt32>, measure: Values<UInt8>, value: Values<Int64>, count: Values<UInt32>
    )?
  /// The row that the cursor is at; nil at the end.
  package private(set) var current: PairRow?

  /// - Parameter table: the table's name, for errors.
  package init(pairs: any BatchSource, values: any BatchSource, day: CivilDate) throws {
    self.pairs = pairs
    self.values = values
    self.day = day
    try load()
  }

  /// The number of the current row in its table.
  package var index: Int { rowsBefore + row }

  private func load() throws {
    while row == batch?.rowCount ?? 0 {
      guard batchIndex < pairs.batchCount else {
        current = nil
        return
      }
      rowsBefore += batch?.rowCount ?? 0
      batch = PairBatch(try pairs.batch(batchIndex))
      batchIndex += 1
      row = 0
    }
    current = batch?.row(row)
  }

  /// - Throws: `SummaryError` where the next row does not follow this one in the table's order.
  package func advance() throws {
    guard let before = current else { return }
    row += 1
    try load()
    if let next = current, !(before.key < next.key) {
      throw SummaryError(
        table: pairs.schema.name, day: day,
        problem: "expected rows in order, found \(next.key) after \(before.key)")
    }
  }

  /// The values of the current row. Rows must be asked for in ascending order.
  package func currentValues() throws -> [ValueCount] {
    let wanted = index
    var result: [ValueCount] = []
    while true {
      while valueRow == valueRowCount {
        guard valueBatchIndex < values.batchCount else { return result }
        let batch = try values.batch(valueBatchIndex)
        valueBatchIndex += 1
        (valueRow, valueRowCount) = (0, batch.rowCount)
        valueViews = (
          batch[PairValue.pair], batch[PairValue.measure], batch[PairValue.value],
          batch[PairValue.count]
        )
      }
      guard let views = valueViews else { return result }
      let pair = Int(views.pair.value(valueRow))
      if pair > wanted { return result }
      if pair == wanted {
        result.append(
          ValueCount(
            measure: views.measure.value(valueRow), value: views.value.value(valueRow),
            count: views.count.value(valueRow)))
      }
      valueRow += 1
    }
  }
}
