import Columnar
import Events

/// The columns of a batch of `alert`.
final class AlertColumns: ClassColumns {
  let times: Values<Instant>
  let severities: Values<UInt8>
  private let sources, destinations: EndpointReader
  private let ruleNames, ruleIDs: Strings

  init(_ batch: Batch, context: ReadingContext) {
    times = batch[Event.time]
    severities = batch[Event.severity]
    sources = EndpointReader(sourcesOf: batch, context)
    destinations = EndpointReader(destinationsOf: batch, context)
    ruleNames = batch[Event.ruleName]
    ruleIDs = batch[Event.ruleID]
  }

  /// The rule's name, or without one its number; `.unknown` without either.
  func rule(_ row: Int) -> Endpoint {
    let name = Endpoint(name: ruleNames.bytes(row))
    return name.kind == .unknown ? Endpoint(name: ruleIDs.bytes(row)) : name
  }

  func ends(_ row: Int) -> (Endpoint, Endpoint) { (sources[row], destinations[row]) }
}

/// Gathers `alerts.arrow`: which rules named which hosts of the site.
struct AlertTable: ~Copyable, ClassTable {
  static let eventClasses = [EventClass.alert]
  static let schema = Alert.schema

  private struct Entry: RangedEntry {
    var count: Int64 = 0
    var severity: UInt8 = 0
    var firstTime = Instant(microseconds: .max)

    func release(to pool: inout BlockPool) {}
  }

  private var table: RangedTable<HostNameKey, Entry>

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.alertCount, byteLimit: limits.alertByteCount)
  }

  var isDone: Bool { table.isDone }

  mutating func add(_ columns: AlertColumns, rows: Range<Int>) {
    for row in rows {
      let rule = columns.rule(row)
      guard rule.kind != .unknown else { continue }
      let (source, destination) = columns.ends(row)
      for host in [source, destination]
      where host.isSiteHost && table.mayTake(host, { $0.host }) {
        guard let slot = table.slot(for: HostNameKey(host: host, name: rule)) else { continue }
        let entry = table.entries + slot
        entry.pointee.count += 1
        entry.pointee.severity = max(entry.pointee.severity, columns.severities[row] ?? 0)
        entry.pointee.firstTime = min(entry.pointee.firstTime, columns.times.value(row))
      }
    }
  }

  mutating func finishScan(to writer: TableWriter) throws {
    var host = HostColumn(writer.column(Alert.host))
    let rule = writer.column(Alert.rule)
    for slot in table.sortedSlots() {
      let (key, entry) = (table.key(slot), table.entries[slot])
      host.append(key.host)
      rule.append(code: rule.code(of: key.name.name))
      writer.column(Alert.count).append(entry.count)
      writer.column(Alert.severity).append(entry.severity)
      writer.column(Alert.firstTime).append(entry.firstTime)
      try writer.endRow()
    }
    table.finishScan()
  }
}
