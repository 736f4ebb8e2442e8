import Columnar
import Events

/// Gathers `logins.arrow`: who signed in where, from where, and how often in vain.
struct LoginTable: ~Copyable, ClassTable {
  static let eventClasses: [EventClass] = [.auth, .vpn]
  static let schema = Login.schema

  private struct Key: RangedKey {
    var source, destination, user, device: Endpoint

    var hash: UInt64 {
      mix(mix(mix(source.element) ^ destination.element) ^ user.element &+ device.element << 1)
    }

    static func == (a: Key, b: Key) -> Bool {
      a.source == b.source && a.destination == b.destination && a.user == b.user
        && a.device == b.device
    }

    static func < (a: Key, b: Key) -> Bool {
      if a.source != b.source { return a.source < b.source }
      if a.destination != b.destination { return a.destination < b.destination }
      return a.user != b.user ? a.user < b.user : a.device < b.device
    }

    mutating func adopt(in pool: inout BlockPool) {
      source.adopt(in: &pool)
      destination.adopt(in: &pool)
      user.adopt(in: &pool)
      device.adopt(in: &pool)
    }

    func release(to pool: inout BlockPool) {
      for part in [source, destination, user, device] { part.release(to: &pool) }
    }
  }

  private struct Entry: RangedEntry {
    var successes: Int64 = 0
    var failures: Int64 = 0
    /// Failures since the last success.
    var run: Int64 = 0
    var longestRun: Int64 = 0
    var firstTime = Instant(microseconds: .max)
    var lastTime = Instant(microseconds: .min)
    var firstSuccess = Instant(microseconds: .max)

    func release(to pool: inout BlockPool) {}

    mutating func add(_ outcome: LoginOutcome, at time: Instant) {
      firstTime = min(firstTime, time)
      lastTime = max(lastTime, time)
      switch outcome {
      case .success:
        successes += 1
        firstSuccess = min(firstSuccess, time)
        longestRun = max(longestRun, run)
        run = 0
      case .failure:
        failures += 1
        run += 1
      }
    }
  }

  private var table: RangedTable<Key, Entry>

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.loginCount, byteLimit: limits.loginByteCount)
  }

  var isDone: Bool { table.isDone }

  mutating func add(_ columns: LoginColumns, rows: Range<Int>) {
    for row in rows {
      guard let outcome = columns.outcome(row) else { continue }
      let destination = columns.destination(row)
      let source = columns.source(row, destination: destination)
      guard source.kind != .unknown, table.mayTake(source, { $0.source }),
        let user = columns.user(row),
        let slot = table.slot(
          for: Key(
            source: source, destination: destination, user: user, device: columns.device(row)))
      else { continue }
      let entry = table.entries + slot
      entry.pointee.add(outcome, at: columns.times.value(row))
    }
  }

  mutating func finishScan(to writer: TableWriter) throws {
    var source = HostColumn(writer.column(Login.source))
    let destination = writer.column(Login.destination)
    let (user, device) = (writer.column(Login.user), writer.column(Login.device))
    for slot in table.sortedSlots() {
      let key = table.key(slot)
      let entry = table.entries[slot]
      source.append(key.source)
      writer.column(Login.isExternal).append(key.source.kind == .outside)
      destination.append(code: key.destination.withText { destination.code(of: $0) })
      user.append(key.user.textOrNothing)
      device.append(key.device.textOrNothing)
      writer.column(Login.successes).append(entry.successes)
      writer.column(Login.failures).append(entry.failures)
      writer.column(Login.longestRun).append(entry.longestRun)
      writer.column(Login.firstTime).append(entry.firstTime)
      writer.column(Login.lastTime).append(entry.lastTime)
      writer.column(Login.firstSuccess).append(entry.successes > 0 ? entry.firstSuccess : nil)
      try writer.endRow()
    }
    table.finishScan()
  }
}
