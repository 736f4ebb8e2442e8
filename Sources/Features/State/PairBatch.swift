import Columnar
import Events

/// What identifies a pair, in the order of `pairs.arrow`.
package struct PairKey: Hashable, Comparable, Sendable {
  package let kind: PairKind
  package let originator: NamedEndpoint
  package let responder: NamedEndpoint
  package let port: UInt16
  package let ianaNumber: UInt8

  /// `203.0.113.7:443/tcp`, or the name that was asked for.
  package var peer: String {
    guard kind == .conversation else { return responder.text }
    let host = responder.text.contains(":") ? "[\(responder.text)]" : responder.text
    return "\(host):\(port)/\(protocolName(ianaNumber))"
  }

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
  package var peer: String { key.peer }
}

/// The views of one batch of `pairs.arrow` or `pair_history.arrow`; a class, since to copy so many
/// views for every row would cost more than reading it.
package final class PairBatch {
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
  /// By the codes of `kind`.
  private let kinds: [PairKind]

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
    kinds = kind.map { PairKind(rawValue: $0) ?? .conversation }
  }

  func kind(_ row: Int) -> PairKind { kind.codes[row].map { kinds[Int($0)] } ?? .conversation }

  package func key(_ row: Int) -> PairKey {
    let (kind, responder) = (kind(row), responder.bytes(row))
    return PairKey(
      kind: kind, originator: NamedEndpoint(originator.bytes(row)),
      responder: kind == .dns ? NamedEndpoint(name: responder) : NamedEndpoint(responder),
      port: port.value(row),
      ianaNumber: ianaNumber.value(row))
  }

  package func row(_ row: Int) -> PairRow { self.row(row, key: key(row)) }

  /// - Parameter key: the row's own.
  func row(_ row: Int, key: PairKey) -> PairRow {
    PairRow(
      key: key, isExternal: isExternal[row] ?? false, conversations: conversations.value(row),
      failed: failed.value(row), bytesSent: bytesSent.value(row),
      bytesReceived: bytesReceived.value(row),
      durationMicroseconds: durationMicroseconds.value(row),
      longestMicroseconds: longestMicroseconds.value(row), firstTime: firstTime.value(row),
      lastTime: lastTime.value(row))
  }
}

/// How often a value was seen.
package struct ValueCount: Hashable, Sendable {
  // In this order it takes 16 bytes.
  package var value: Int64
  package var count: UInt32
  package var measure: UInt8

  package init(measure: UInt8, value: Int64, count: UInt32) {
    self.measure = measure
    self.value = value
    self.count = count
  }
}
