import Columnar
import Events

/// Gathers `handshakes.arrow`: with what, and to whom, hosts speak TLS.
struct HandshakeTable: ~Copyable, ClassTable {
  static let eventClasses = [EventClass.tls]
  static var schema: Schema { Handshake.schema }

  private struct Key: RangedKey {
    var host: Endpoint
    let kind: Handshake.Kind
    /// As a name, also where it is an address.
    var value: Endpoint

    @inline(__always) var hash: UInt64 {
      mix(host.element ^ value.element &* 3 ^ UInt64(kind.rawValue))
    }

    @inline(__always) static func == (a: Key, b: Key) -> Bool {
      a.kind == b.kind && a.host == b.host && a.value == b.value
    }

    static func < (a: Key, b: Key) -> Bool {
      guard a.host == b.host else { return a.host < b.host }
      return a.kind == b.kind ? a.value < b.value : a.kind.rawValue < b.kind.rawValue
    }

    mutating func adopt(in pool: inout BlockPool) {
      host.adopt(in: &pool)
      value.adopt(in: &pool)
    }

    func release(to pool: inout BlockPool) {
      host.release(to: &pool)
      value.release(to: &pool)
    }
  }

  private struct Entry: RangedEntry {
    var handshakes: Int64 = 0
    var firstTime = Instant(microseconds: .max)
    var server = Endpoint.unknown

    /// Of handshakes at the same instant the least server counts.
    mutating func add(_ time: Instant, server other: Endpoint, _ pool: inout BlockPool) {
      handshakes += 1
      guard time < firstTime || (time == firstTime && other < server) else { return }
      firstTime = time
      if other == server && other.kind == server.kind { return }
      server.release(to: &pool)
      server = other
      server.adopt(in: &pool)
    }

    func release(to pool: inout BlockPool) { server.release(to: &pool) }
  }

  private typealias Table = RangedTable<Key, Entry>
  private var table: Table
  private var name = AskedName()

  init(limits: DaySummary.Limits) {
    table = Table(slotLimit: limits.handshakeCount, byteLimit: limits.handshakeByteCount)
  }

  var isDone: Bool { table.isDone }

  mutating func add(_ columns: HandshakeColumns, rows: Range<Int>) {
    for row in rows {
      let (host, responder) = (columns.originator(row), columns.responder(row))
      guard host.isSiteHost, table.mayTake(host, { $0.host }) else { continue }
      let time = columns.times.value(row)
      let serverName = columns.serverName(row)
      let server = serverName.map { Endpoint(name: $0) } ?? responder
      func add(_ kind: Handshake.Kind, _ value: UnsafeRawBufferPointer, _ table: inout Table) {
        let key = Key(host: host, kind: kind, value: Endpoint(name: value))
        guard let slot = table.slot(for: key) else { return }
        let entry = table.entries + slot
        entry.pointee.add(time, server: server, &table.pool)
      }
      if let fingerprint = columns.fingerprint(row) {
        add(.fingerprint, fingerprint, &table)
      }
      columns.forEachWeakness(row) { add(.weakness, $0, &table) }
      if let serverName {
        name.withDomain(of: serverName) { add(.name, $0, &table) }
      } else if responder.kind == .outside {
        responder.withText { add(.unnamed, $0, &table) }
      }
    }
  }

  /// Writes the rows of this scan's hosts.
  mutating func finishScan(to writer: TableWriter) throws {
    var host = HostColumn(writer.column(Handshake.host))
    let kind = writer.column(Handshake.kind)
    let value = writer.column(Handshake.value)
    let handshakes = writer.column(Handshake.handshakes)
    let firstTime = writer.column(Handshake.firstTime)
    let server = writer.column(Handshake.server)
    for slot in table.sortedSlots() {
      let key = table.key(slot)
      let entry = table.entries[slot]
      host.append(key.host)
      kind.append(key.kind.rawValue)
      value.append(key.value.name)
      handshakes.append(entry.handshakes)
      firstTime.append(entry.firstTime)
      if entry.server.kind == .unknown {
        server.appendNull()
      } else {
        entry.server.withText { server.append($0) }
      }
      try writer.endRow()
    }
    table.finishScan()
  }
}
