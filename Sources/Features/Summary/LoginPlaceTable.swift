import Columnar
import Events

/// Gathers `login_places.arrow`: when who got in from which place.
///
/// Of an hour the first and the last sign-in suffice: whatever lies between them is at most half an
/// hour from one of the two.
struct LoginPlaceTable: ~Copyable, ClassTable {
  static let eventClasses: [EventClass] = [.auth, .vpn]
  static let schema = LoginPlace.schema
  private static let hourLength: Int64 = 3_600_000_000

  private struct Key: RangedKey {
    var user, source: Endpoint
    var origin: LoginOrigin
    let hour: Int64

    var hash: UInt64 {
      mix(mix(user.element) ^ source.element ^ UInt64(bitPattern: hour)) ^ origin.hash
    }

    static func == (a: Key, b: Key) -> Bool {
      a.hour == b.hour && a.user == b.user && a.source == b.source && a.origin == b.origin
    }

    static func < (a: Key, b: Key) -> Bool {
      if a.user != b.user { return a.user < b.user }
      if a.source != b.source { return a.source < b.source }
      return a.origin != b.origin ? a.origin < b.origin : a.hour < b.hour
    }

    mutating func adopt(in pool: inout BlockPool) {
      user.adopt(in: &pool)
      source.adopt(in: &pool)
      origin.country.adopt(in: &pool)
    }

    func release(to pool: inout BlockPool) {
      user.release(to: &pool)
      source.release(to: &pool)
      origin.country.release(to: &pool)
    }
  }

  private struct Entry: RangedEntry {
    var destination = Endpoint.unknown
    var firstTime = Instant(microseconds: .max)
    var lastTime = Instant(microseconds: .min)

    func release(to pool: inout BlockPool) { destination.release(to: &pool) }

    mutating func add(_ destination: Endpoint, at time: Instant, in pool: inout BlockPool) {
      lastTime = max(lastTime, time)
      guard (time, destination) < (firstTime, self.destination) else { return }
      firstTime = time
      self.destination.release(to: &pool)
      self.destination = destination
      self.destination.adopt(in: &pool)
    }
  }

  private var table: RangedTable<Key, Entry>

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.loginCount, byteLimit: limits.loginByteCount)
  }

  var isDone: Bool { table.isDone }

  mutating func add(_ columns: LoginColumns, rows: Range<Int>) {
    guard columns.haveOrigins else { return }
    for row in rows {
      guard columns.outcome(row) == .success, let origin = columns.origin(row) else { continue }
      let destination = columns.destination(row)
      let source = columns.source(row, destination: destination)
      guard source.kind == .outside, source.address.isPublic, let user = columns.user(row),
        user.kind != .unknown, table.mayTake(user, { $0.user })
      else { continue }
      let time = columns.times.value(row)
      let hour = time.microseconds.flooredQuotient(by: LoginPlaceTable.hourLength)
      let key = Key(user: user, source: source, origin: origin, hour: hour)
      guard let slot = table.slot(for: key) else { continue }
      let entry = table.entries + slot
      entry.pointee.add(destination, at: time, in: &table.pool)
    }
  }

  mutating func finishScan(to writer: TableWriter) throws {
    let (user, source) = (writer.column(LoginPlace.user), writer.column(LoginPlace.source))
    let (country, destination) = (
      writer.column(LoginPlace.country), writer.column(LoginPlace.destination)
    )
    for slot in table.sortedSlots() {
      let (key, entry) = (table.key(slot), table.entries[slot])
      let origin = key.origin
      user.append(key.user.withText { String(decoding: $0, as: UTF8.self) })
      source.append(code: key.source.withText { source.code(of: $0) })
      if origin.country.kind == .unknown {
        country.appendNull()
      } else {
        country.append(code: country.code(of: origin.country.name))
      }
      writer.column(LoginPlace.latitude).append(origin.isLocated ? origin.latitude : nil)
      writer.column(LoginPlace.longitude).append(origin.isLocated ? origin.longitude : nil)
      destination.append(code: entry.destination.withText { destination.code(of: $0) })
      writer.column(LoginPlace.firstTime).append(entry.firstTime)
      writer.column(LoginPlace.lastTime).append(entry.lastTime)
      try writer.endRow()
    }
    table.finishScan()
  }
}
