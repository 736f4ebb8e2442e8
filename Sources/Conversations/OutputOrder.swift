import Columnar
import Events

/// The stored order of rows: event_time, then the ends, ports and protocol as written, log file and
/// line. Nulls come first.
struct OutputOrder {
  let files: InputFiles

  /// Sorts conversations that start in one slice of time.
  func sort(_ rows: inout [Conversation], sliceStart: Int64) throws {
    var order = rows.enumerated().map { index, row in
      UInt64(row.start - sliceStart) << TimeOrder.indexBits | UInt64(index)
    }
    TimeOrder.sort(&order)
    let mask: UInt64 = 1 << TimeOrder.indexBits - 1
    var sorted = order.map { rows[Int($0 & mask)] }
    var from = 0
    while from < sorted.count {
      var to = from + 1
      while to < sorted.count, sorted[to].start == sorted[from].start { to += 1 }
      if to - from > 1 { try sortTies(&sorted, from..<to) }
      from = to
    }
    rows = sorted
  }

  private func sortTies(_ rows: inout [Conversation], _ range: Range<Int>) throws {
    var keyed: [(key: Key, row: Conversation)] = []
    keyed.reserveCapacity(range.count)
    for row in rows[range] { keyed.append((try key(of: row), row)) }
    keyed.sort { $0.key < $1.key }
    for (place, entry) in zip(range, keyed) { rows[place] = entry.row }
  }

  /// What orders conversations of one start.
  private struct Key: Comparable {
    var source: Address?
    var destination: Address?
    var names: [UInt8]
    var ports: UInt64
    var place: RowReference

    static func < (a: Key, b: Key) -> Bool {
      if a.source != b.source { return isLess(a.source, b.source) }
      if a.destination != b.destination { return isLess(a.destination, b.destination) }
      if a.names != b.names { return a.names.lexicographicallyPrecedes(b.names) }
      if a.ports != b.ports { return a.ports < b.ports }
      return (a.place.batch, a.place.row) < (b.place.batch, b.place.row)
    }

    private static func isLess(_ a: Address?, _ b: Address?) -> Bool {
      guard let b else { return false }
      guard let a else { return true }
      return a < b
    }
  }

  private func key(of row: Conversation) throws -> Key {
    let batch = try files.batch(Int(row.first.batch))
    let place = Int(row.first.row)
    let isTurned = row.marks.contains(.isTurned)
    let turnsPorts = isTurned && !row.marks.contains(.isICMP)
    return withExtendedLifetime(batch) {
      let ends = (
        FixedRows(batch, Event.sourceAddress)[place],
        FixedRows(batch, Event.destinationAddress)[place]
      )
      let hosts = (
        name(batch, Event.sourceHost, place), name(batch, Event.destinationHost, place)
      )
      let ports = (
        number(FixedRows(batch, Event.sourcePort)[place]),
        number(FixedRows(batch, Event.destinationPort)[place])
      )
      let protocolNumber = number(FixedRows(batch, Event.ianaNumber)[place].map { UInt16($0) })
      let orderedPorts = turnsPorts ? (ports.1, ports.0) : ports
      let names =
        hosts.0.isEmpty && hosts.1.isEmpty
        ? [] : isTurned ? hosts.1 + [0] + hosts.0 : hosts.0 + [0] + hosts.1
      return Key(
        source: isTurned ? ends.1 : ends.0, destination: isTurned ? ends.0 : ends.1, names: names,
        ports: orderedPorts.0 << 40 | orderedPorts.1 << 20 | protocolNumber, place: row.first)
    }
  }

  /// Null before any number.
  private func number(_ value: UInt16?) -> UInt64 { value.map { UInt64($0) + 1 } ?? 0 }

  private func name(
    _ batch: Batch, _ key: ColumnKey<Coded<Strings>>, _ row: Int
  ) -> [UInt8] {
    batch.hasColumn(key) ? Array(batch[key].bytes(row)) : []
  }
}
