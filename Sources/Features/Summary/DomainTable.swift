import Columnar
import Events

/// Gathers `domains.arrow`: what was asked of the name service under which registered domain.
struct DomainTable: ~Copyable, ClassTable {
  static let eventClasses = [EventClass.dns]
  static var schema: Schema { AskedDomain.schema }

  private struct Entry: RangedEntry {
    var queries: Int64 = 0
    var answered: Int64 = 0
    var missing: Int64 = 0
    var unusualTypes: Int64 = 0
    var labelBytes: Int64 = 0
    var bits: Int64 = 0
    var squaredBits: Int64 = 0
    var names = DistinctCounter()
    var firstTime = Instant(microseconds: .max)
    var lastTime = Instant(microseconds: .min)

    mutating func see(_ time: Instant) {
      firstTime = min(firstTime, time)
      lastTime = max(lastTime, time)
    }

    func release(to pool: inout BlockPool) { names.release(to: &pool) }
  }

  private var table: RangedTable<HostNameKey, Entry>
  private var name = AskedName()
  private var information = LabelInformation()

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.domainCount, byteLimit: limits.domainByteCount)
  }

  var isDone: Bool { table.isDone }

  mutating func add(_ columns: DNSColumns, rows: Range<Int>) {
    for row in rows {
      let (originator, responder) = (columns.originator(row), columns.responder(row))
      guard originator.isSiteHost, let question = columns.question(row) else { continue }
      let isAsked = table.mayTake(originator) { $0.host }
      let isAnswered = responder.isSiteHost && table.mayTake(responder) { $0.host }
      guard isAsked || isAnswered else { continue }
      let element = name.element(of: question)
      name.withParts(of: question) { domain, below in
        let domain = Endpoint(name: domain)
        let asked = isAsked ? table.slot(for: HostNameKey(host: originator, name: domain)) : nil
        if let asked {
          let (bytes, bits) = information.measure(below)
          let entry = table.entries + asked
          entry.pointee.queries += 1
          entry.pointee.labelBytes += bytes
          entry.pointee.bits += bits
          entry.pointee.squaredBits += bits * bits
          entry.pointee.names.insert(element, in: &table.pool)
          entry.pointee.missing += columns.isMissing(row) ? 1 : 0
          entry.pointee.unusualTypes += columns.isUnusualType(row) ? 1 : 0
          entry.pointee.see(columns.times.value(row))
        }
        guard isAnswered, let slot = table.slot(for: HostNameKey(host: responder, name: domain))
        else {
          return
        }
        let entry = table.entries + slot
        entry.pointee.answered += 1
        entry.pointee.see(columns.times.value(row))
      }
    }
  }

  /// Writes the rows of this scan's hosts and domains.
  mutating func finishScan(to writer: TableWriter) throws {
    var host = HostColumn(writer.column(AskedDomain.host))
    let domain = writer.column(AskedDomain.domain)
    let columns: [(ValuesBuilder<Int64>, (Entry) -> Int64)] = [
      (writer.column(AskedDomain.queries), \.queries),
      (writer.column(AskedDomain.answered), \.answered),
      (writer.column(AskedDomain.missing), \.missing),
      (writer.column(AskedDomain.unusualTypes), \.unusualTypes),
      (writer.column(AskedDomain.names), \.names.value),
      (writer.column(AskedDomain.labelBytes), \.labelBytes),
      (writer.column(AskedDomain.bits), \.bits),
      (writer.column(AskedDomain.squaredBits), \.squaredBits),
    ]
    let firstTime = writer.column(AskedDomain.firstTime)
    let lastTime = writer.column(AskedDomain.lastTime)
    for slot in table.sortedSlots() {
      let key = table.key(slot)
      let entry = table.entries[slot]
      host.append(key.host)
      domain.append(key.name.name)
      for (column, value) in columns { column.append(value(entry)) }
      firstTime.append(entry.firstTime)
      lastTime.append(entry.lastTime)
      try writer.endRow()
    }
    table.finishScan()
  }
}
