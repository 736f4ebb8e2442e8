import Columnar
import Events
import TestSupport

/// Random small days, the same for the same seed.
struct RandomDay {
  static let networks = SiteNetworks(
    ["10.0.0.0/8", "192.168.0.0/16", "2001:db8:1::/48"].compactMap { Network($0) })

  let day: CivilDate
  let calendar: CivilCalendar
  var random: SplitMix

  init(seed: UInt64, day: CivilDate, calendar: CivilCalendar) {
    self.day = day
    self.calendar = calendar
    random = SplitMix(seed: seed)
  }

  /// A table of each class that is summarised, with `rowCount` rows in batches of `batchRowCount`.
  mutating func tables(rowCount: Int, batchRowCount: Int) -> [EventClass: Table] {
    var tables: [EventClass: Table] = [:]
    for eventClass in [EventClass.flow, .dns, .http, .tls, .auth, .vpn, .alert] {
      tables[eventClass] = table(eventClass, rowCount: rowCount, batchRowCount: batchRowCount)
    }
    return tables
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private mutating func pick<T>(_ items: [T]) -> T {
    items[Int.random(in: items.indices, using: &random)]
  }

  private mutating func address(isInside: Bool) -> Address {
    let number = UInt32.random(in: 1...12, using: &random)
    if chance(15) {
      return Address(
        high: isInside ? 0x2001_0db8_0001_0000 : 0x2a00_0000_0000_0000 + UInt64(number) << 20,
        low: UInt64(number))
    }
    if !isInside && chance(5) { return Address(ipv4: 0xE000_0001) }
    return Address(ipv4: (isInside ? 0x0A00_0000 : 0x0808_0000 + number << 8) + number % 5)
  }

  private mutating func times(_ count: Int) -> [Instant] {
    let start = calendar.start(of: day).microseconds
    let end = calendar.start(of: day.advanced(by: 1)).microseconds
    var times = (0..<count).map { _ in Int64.random(in: start..<end, using: &random) }
    // Some rows at the same instant, some on the borders of hours.
    for index in times.indices where chance(20) {
      times[index] = start + (times[index] - start) / 3_600_000_000 * 3_600_000_000
    }
    return times.sorted().map { Instant(microseconds: $0) }
  }

  private mutating func table(
    _ eventClass: EventClass, rowCount: Int, batchRowCount: Int
  ) -> Table {
    let schema = eventClass.schema.filtered { field in
      // Columns that nobody fills here stay absent.
      !["observer_name", "event_id", "tls_ja3", "network_bytes"].contains(field.name)
    }
    let builder = TableBuilder(schema)
    var batches: [Batch] = []
    for (row, time) in times(rowCount).enumerated() {
      append(time, row: row, to: builder, eventClass)
      fillNulls(builder, rowCount: builder.column(Event.time).rowCount)
      if (row + 1) % batchRowCount == 0 || row + 1 == rowCount {
        batches.append(builder.finishBatch())
      }
    }
    return Table(schema: schema, batches: batches)
  }

  private func fillNulls(_ builder: TableBuilder, rowCount: Int) {
    func fill<View>(_ key: ColumnKey<View>) {
      let column = builder.column(key)
      if column.rowCount < rowCount { column.appendNull() }
    }
    for field in builder.schema.fields {
      switch field.type {
      case .uint8: fill(ColumnKey<Values<UInt8>>(field.name))
      case .uint16: fill(ColumnKey<Values<UInt16>>(field.name))
      case .int64: fill(ColumnKey<Values<Int64>>(field.name))
      case .float64: fill(ColumnKey<Values<Double>>(field.name))
      case .timestamp: fill(ColumnKey<Values<Instant>>(field.name))
      case .address: fill(ColumnKey<Values<Address>>(field.name))
      case .bool: fill(ColumnKey<Flags>(field.name))
      case .utf8: fill(ColumnKey<Strings>(field.name))
      case .dictionaryOfStrings: fill(ColumnKey<Event.Text>(field.name))
      default: preconditionFailure("no event has a column of \(field.type)")
      }
    }
  }

  private mutating func append(
    _ time: Instant, row: Int, to table: TableBuilder, _ eventClass: EventClass
  ) {
    table.column(Event.time).append(time)
    table.column(Event.logLine).append(Int64(row + 1))
    if chance(90) { table.column(Event.source).append(pick(["zeek", "router", "oneway"])) }
    let sourceIsInside = chance(60)
    if chance(80) {
      table.column(Event.sourceAddress).append(address(isInside: sourceIsInside))
    } else if chance(80) {
      table.column(Event.sourceHost).append(pick(["pot-1", "pot-2", "", "zebra", "10.0.0.3"]))
    }
    if chance(85) {
      table.column(Event.destinationAddress).append(address(isInside: chance(40)))
    } else if chance(80) {
      table.column(Event.destinationHost).append(pick(["pot-1", "pot-3", "", "internal.example"]))
    }
    if chance(90) { table.column(Event.destinationPort).append(pick([53, 80, 443, 22])) }
    if chance(90) { table.column(Event.ianaNumber).append(pick([6, 6, 6, 17, 17, 1])) }
    if eventClass == .flow || eventClass == .http {
      let size = chance(20) ? Int64.random(in: 0..<1_000_000, using: &random) : pick([60, 120])
      if chance(80) { table.column(Event.sourceBytes).append(size) }
    }
    switch eventClass {
    case .flow:
      if chance(50) { table.column(Event.icmpType).append(pick([8, 128, 3])) }
      appendFlow(time, to: table)
    case .dns:
      if chance(90) {
        table.column(Event.dnsQuestion).append(
          pick([
            "www.example.com", "MAIL.example.com", "a.b.example.co.uk", "example.co.uk", "host",
            "x.y.z.internal", "fe80::1", "8.8.8.8",
          ]))
      }
      if chance(80) {
        table.column(Event.dnsResponseCode).append(pick(["NOERROR", "NXDOMAIN", "SERVFAIL"]))
      }
    case .http:
      if chance(90) {
        table.column(Event.urlDomain).append(
          pick([
            "api.example.com", "API.example.com:8080", "10.1.2.3", "0.pool.example",
            "8.8.4.4:8080", "[2001:db8:1::7]",
          ]))
      }
      if chance(80) { table.column(Event.httpStatus).append(pick([200, 304, 404, 500])) }
      if chance(80) {
        table.column(Event.urlFull).append(
          pick(["/", "/a/17", "/a/18?b=c", "/%2e%2e/", "http://a.example/", "", "/\u{7}"]))
      }
      if chance(80) { table.column(Event.destinationBytes).append(pick([0, 512])) }
    case .tls, .auth, .vpn, .alert, .dhcp: break
    }
  }

  private mutating func appendFlow(_ time: Instant, to table: TableBuilder) {
    // The source "oneway" must never state an answer: it is the last that was appended.
    let packets = Int64.random(in: 1...4, using: &random)
    table.column(Event.sourcePackets).append(packets)
    if chance(70) { table.column(Event.destinationPackets).append(chance(50) ? 0 : packets) }
    if chance(70) { table.column(Event.destinationBytes).append(chance(50) ? 0 : packets * 50) }
    if chance(50) {
      table.column(Event.connectionState).append(
        pick(["S0", "SF", "REJ", "RSTO", "RSTOS0", "RSTRH", "SH", "SHR", "OTH", "S1"]))
    }
    if chance(30) { table.column(Event.tcpFlags).append(pick([0x02, 0x14, 0x16, 0x1B, 0x06])) }
    if chance(20) { table.column(Event.action).append(pick(["allow", "deny", "drop", "reset"])) }
    if chance(70) { table.column(Event.isDirectionKnown).append(chance(70)) }
    if chance(50) {
      table.column(Event.durationMicroseconds).append(
        Int64.random(in: 0..<9_000_000, using: &random))
    } else {
      table.column(Event.end).append(time.advanced(byMicroseconds: 5_000))
    }
  }
}
