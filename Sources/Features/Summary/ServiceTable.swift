import Columnar
import Events

/// Gathers `services.arrow`: who answered on which port.
///
/// A conversation counts when it did not fail, has a port, and its direction is known: an
/// unpaired reply would make the client's own port a service.
struct ServiceTable: ~Copyable {
  private struct Key: RangedKey {
    var host: Endpoint
    let port: UInt16
    let ianaNumber: UInt8

    @inline(__always) var hash: UInt64 {
      mix(host.element ^ (UInt64(port) << 8 | UInt64(ianaNumber)))
    }

    @inline(__always) static func == (a: Key, b: Key) -> Bool {
      a.port == b.port && a.ianaNumber == b.ianaNumber && a.host == b.host
    }

    static func < (a: Key, b: Key) -> Bool {
      guard a.host == b.host else { return a.host < b.host }
      return (a.port, a.ianaNumber) < (b.port, b.ianaNumber)
    }

    mutating func adopt(in pool: inout BlockPool) { host.adopt(in: &pool) }
    func release(to pool: inout BlockPool) { host.release(to: &pool) }
  }

  private struct Entry: RangedEntry {
    var conversations: Int64 = 0
    var bytesSent: Int64 = 0
    var firstTime = Instant(microseconds: .max)
    var clients = DistinctCounter()
    var externalClients = DistinctCounter()

    func release(to pool: inout BlockPool) {
      clients.release(to: &pool)
      externalClients.release(to: &pool)
    }
  }

  private var table: RangedTable<Key, Entry>

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.serviceCount, byteLimit: limits.serviceByteCount)
  }

  var isDone: Bool { table.isDone }

  /// Whether this scan may count conversations with this responder.
  @inline(__always) func mayTake(_ responder: Endpoint) -> Bool {
    responder.isSiteHost && table.mayTake(responder) { $0.host }
  }

  @inline(__always) mutating func add(_ c: Conversation) {
    guard c.responder.isSiteHost, !c.isFailed, c.isDirectionKnown, let port = c.port,
      let slot = table.slot(
        for: Key(host: c.responder, port: port, ianaNumber: c.ianaNumber))
    else { return }
    let entry = table.entries + slot
    entry.pointee.conversations += 1
    entry.pointee.bytesSent = entry.pointee.bytesSent.addingClamped(c.bytesReceived)
    entry.pointee.firstTime = min(entry.pointee.firstTime, c.time)
    guard c.originator.kind != .unknown else { return }
    let isNew = entry.pointee.clients.insert(c.originator.element, in: &table.pool)
    if isNew && c.originator.kind == .outside {
      entry.pointee.externalClients.insert(c.originator.element, in: &table.pool)
    }
  }

  /// Writes the rows of this scan's services.
  mutating func finishScan(to writer: TableWriter) throws {
    var host = HostColumn(writer.column(Service.host))
    let port = writer.column(Service.port)
    let ianaNumber = writer.column(Service.ianaNumber)
    let conversations = writer.column(Service.conversations)
    let clients = writer.column(Service.clients)
    let externalClients = writer.column(Service.externalClients)
    let bytesSent = writer.column(Service.bytesSent)
    let firstTime = writer.column(Service.firstTime)
    for slot in table.sortedSlots() {
      let key = table.key(slot)
      let entry = table.entries[slot]
      host.append(key.host)
      port.append(key.port)
      ianaNumber.append(key.ianaNumber)
      conversations.append(entry.conversations)
      clients.append(entry.clients.value)
      externalClients.append(entry.externalClients.value)
      bytesSent.append(entry.bytesSent)
      firstTime.append(entry.firstTime)
      try writer.endRow()
    }
    table.finishScan()
  }
}
