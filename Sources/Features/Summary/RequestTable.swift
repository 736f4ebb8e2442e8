import Columnar
import Events

/// Gathers `requests.arrow`: what was asked of the site's web servers.
struct RequestTable: ~Copyable, ClassTable {
  static let eventClasses = [EventClass.http]
  static let schema = ServedRequest.schema

  fileprivate struct Entry: RangedEntry {
    var requests: Int64 = 0
    var answered: Int64 = 0
    var tries: Int64 = 0
    var clients = DistinctCounter()
    var example = Example()

    func release(to pool: inout BlockPool) {
      clients.release(to: &pool)
      example.release(to: &pool)
    }
  }

  /// A request to show.
  fileprivate struct Example: BitwiseCopyable {
    var isAnswered = false
    var time = Instant(microseconds: .max)
    var client = Endpoint.unknown
    var path = Endpoint.unknown

    /// Whether an answered request or an earlier one; of those at one instant the least.
    func precedes(_ other: Example) -> Bool {
      if isAnswered != other.isAnswered { return isAnswered }
      if time != other.time { return time < other.time }
      return client == other.client ? path < other.path : client < other.client
    }

    mutating func adopt(in pool: inout BlockPool) {
      client.adopt(in: &pool)
      path.adopt(in: &pool)
    }

    func release(to pool: inout BlockPool) {
      client.release(to: &pool)
      path.release(to: &pool)
    }
  }

  private var table: RangedTable<HostNameKey, Entry>
  private var shape = RequestShape()
  /// The rows of the last server, which the next scan may add to.
  private var kept = ServerRequests()

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.requestCount, byteLimit: limits.requestByteCount)
  }

  var isDone: Bool { table.isDone }

  mutating func add(_ columns: HTTPColumns, rows: Range<Int>) {
    for row in rows {
      guard let server = columns.server(row), table.mayTake(server, { $0.host }) else { continue }
      let url = columns.url(row)
      shape.set(url)
      let slot = shape.bytes.withUnsafeBytes {
        table.slot(for: HostNameKey(host: server, name: Endpoint(name: $0)))
      }
      guard let slot else { continue }
      let entry = table.entries + slot
      let isAnswered = columns.isAnswered(row)
      let client = columns.originator(row)
      entry.pointee.requests += 1
      entry.pointee.answered += isAnswered ? 1 : 0
      entry.pointee.tries += columns.isTry(row) ? 1 : 0
      if client.kind != .unknown { entry.pointee.clients.insert(client.element, in: &table.pool) }
      let time = columns.times.value(row)
      let shown = entry.pointee.example
      guard isAnswered == shown.isAnswered ? time <= shown.time : isAnswered else { continue }
      RequestShape.withShown(url) {
        var example = Example(
          isAnswered: isAnswered, time: time, client: client, path: Endpoint(name: $0))
        guard example.precedes(entry.pointee.example) else { return }
        entry.pointee.example.release(to: &table.pool)
        example.adopt(in: &table.pool)
        entry.pointee.example = example
      }
    }
  }

  /// Writes the rows of this scan's servers.
  mutating func finishScan(to writer: TableWriter) throws {
    for slot in table.sortedSlots() {
      let key = table.key(slot)
      let server = key.host.textOrNothing
      if server != kept.server {
        try kept.write(to: writer)
        kept = ServerRequests(server: server)
      }
      kept.add(ServerRequests.Row(key.name, table.entries[slot]))
    }
    table.finishScan()
    if table.isDone { try kept.write(to: writer) }
  }
}

/// What was asked of one server: where there are too many shapes, those that most clients asked
/// for, and those with the most unusual characters, of all and of those that were answered.
private struct ServerRequests {
  private static let mostShapes = 1024

  struct Row {
    let shape: String
    let requests, answered, tries, clients: Int64
    let time: Instant
    let client: String
    let path: String
    /// Characters that hardly any address has.
    let oddity: Int

    init(_ shape: Endpoint, _ entry: RequestTable.Entry) {
      self.shape = shape.textOrNothing
      requests = entry.requests
      answered = entry.answered
      tries = entry.tries
      clients = entry.clients.value
      time = entry.example.time
      client = entry.example.client.textOrNothing
      path = entry.example.path.textOrNothing
      oddity = self.shape.utf8.count { byte in
        !((0x61...0x7A).contains(byte) || "0AXW/.-_?=&+".utf8.contains(byte))
      }
    }
  }

  let server: String
  private var rows: [Row] = []

  init(server: String = "") { self.server = server }

  /// Takes the server's rows in the order of their shapes.
  mutating func add(_ row: Row) {
    rows.append(row)
    if rows.count == 2 * ServerRequests.mostShapes { prune() }
  }

  private mutating func prune() {
    guard rows.count > ServerRequests.mostShapes else { return }
    let popular = rows.indices.sorted {
      let (a, b) = (rows[$0], rows[$1])
      return (b.clients, b.requests, a.shape) < (a.clients, a.requests, b.shape)
    }
    let odd = rows.indices.sorted {
      let (a, b) = (rows[$0], rows[$1])
      return (b.oddity, a.clients, a.shape) < (a.oddity, b.clients, b.shape)
    }
    // Few are answered of what a scanner makes up; those matter most.
    let answered = odd.filter { rows[$0].answered > 0 }
    let quarter = ServerRequests.mostShapes / 4
    let kept = popular.prefix(2 * quarter) + odd.prefix(quarter) + answered.prefix(quarter)
    rows = Set(kept).sorted().map { rows[$0] }
  }

  mutating func write(to writer: TableWriter) throws {
    prune()
    for row in rows {
      writer.column(ServedRequest.server).append(server)
      writer.column(ServedRequest.shape).append(row.shape)
      writer.column(ServedRequest.requests).append(row.requests)
      writer.column(ServedRequest.answered).append(row.answered)
      writer.column(ServedRequest.tries).append(row.tries)
      writer.column(ServedRequest.clients).append(row.clients)
      writer.column(ServedRequest.time).append(row.time)
      writer.column(ServedRequest.client).append(row.client)
      writer.column(ServedRequest.path).append(row.path)
      try writer.endRow()
    }
    rows = []
  }
}
