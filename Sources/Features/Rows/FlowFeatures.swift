import Columnar
import Events
import Glibc

/// Describes conversations of the site's hosts by numbers, as the forest of conversations sees
/// them.
package final class FlowFeatures {
  /// The conversations of one batch whose originator is a host of the site.
  package struct Rows {
    /// In the order of `FlowFeature.names`, each [rows].
    package var columns: [[Float]] = FlowFeature.names.map { _ in [] }
    /// Places in `hosts`.
    package var hosts: [UInt32] = []
    package var windows: [UInt8] = []
    /// A hash of each row that does not depend on its place.
    package var hashes: [UInt64] = []
  }

  /// A day's conversations, and what is known beside them.
  package struct Day: Sendable {
    fileprivate let flows: any BatchSource
    fileprivate let context: ReadingContext
    fileprivate let clock: ClockHours
    fileprivate let state: SiteState
    /// log1p of the destinations in each window, by host.
    fileprivate let destinations: [String: [Float]]

    package var batchCount: Int { flows.batchCount }

    /// - Parameter state: as of the day.
    package init(
      _ flows: any BatchSource, tables: DayTables, calendar: CivilCalendar,
      networks: SiteNetworks, state: SiteState
    ) throws {
      self.flows = flows
      self.state = state
      clock = ClockHours(tables.day, calendar: calendar)
      context = try ReadingContext(flows, networks: networks)
      var destinations: [String: [Float]] = [:]
      let cursor = try HostHourCursor(tables.hostHours, day: tables.day)
      while let measure = Measure.index(of: HostHour.outDestinations),
        let day = try cursor.take()
      {
        var hours = [Float](repeating: 0, count: clock.windows.count)
        for (row, start) in day.hours.enumerated() {
          guard let window = clock.window(of: start) else { continue }
          hours[window] = Float(log1p(Double(day.count(measure, row: row))))
        }
        destinations[day.host.text] = hours
      }
      self.destinations = destinations
    }
  }

  private let day: Day
  private var rarityOfEndpoint = EndpointCache<Float>()
  private var hostOfEndpoint = EndpointCache<UInt32>()
  /// Places in `hosts`.
  private var indexes: [String: UInt32] = [:]
  /// The hosts met so far, and their classes by `EntityClass.code`.
  package private(set) var hosts: [String] = []
  package private(set) var classes: [UInt8] = []
  /// Theirs of `Day.destinations`.
  private var hostDestinations: [[Float]] = []

  package init(_ day: Day) { self.day = day }

  /// The described rows of a batch.
  /// - Parameter hashLimit: rows of a greater hash are left out.
  package func rows(_ index: Int, hashLimit: UInt64 = .max) throws -> Rows {
    let batch = try day.flows.batch(index)
    let columns = FlowColumns(batch, context: day.context)
    var rows = Rows()
    for column in rows.columns.indices { rows.columns[column].reserveCapacity(batch.rowCount) }
    for row in 0..<batch.rowCount {
      let (originator, responder) = (columns.originator(row), columns.responder(row))
      let time = columns.times.value(row)
      guard originator.isSiteHost, responder.kind != Endpoint.Kind.unknown,
        let window = day.clock.window(of: time)
      else { continue }
      let hash = mix(
        originator.element
          ^ mix(
            responder.element
              ^ mix(UInt64(bitPattern: time.microseconds) ^ UInt64(columns.port(row) ?? 0))))
      guard hash <= hashLimit else { continue }
      let host = hostIndex(originator)
      rows.hosts.append(host)
      rows.windows.append(UInt8(window))
      rows.hashes.append(hash)
      describe(
        columns.conversation(row, from: originator, to: responder), host: host, window: window,
        into: &rows)
    }
    return rows
  }

  private func describe(_ c: Conversation, host: UInt32, window: Int, into rows: inout Rows) {
    let sent = Double(c.bytesSent ?? 0)
    let received = Double(c.bytesReceived)
    let seconds = Double(c.durationMicroseconds) / 1_000_000
    let values: InlineArray<9, Double> = [
      log1p(sent), log1p(received), log1p(Double(c.packetsSent + c.packetsReceived)),
      log1p((sent + received) / max(seconds, 0.001)), log1p(seconds),
      FlowFeatures.portClass(c), Double(day.clock.clockHours[window]),
      Double(rarity(c.responder)), Double(hostDestinations[Int(host)][window]),
    ]
    for column in values.indices { rows.columns[column].append(Float(values[column])) }
  }

  private func hostIndex(_ endpoint: Endpoint) -> UInt32 {
    hostOfEndpoint.value(for: endpoint.element) {
      let name = endpoint.withText { String(decoding: $0, as: UTF8.self) }
      if let index = indexes[name] { return index }
      let index = UInt32(hosts.count)
      hosts.append(name)
      classes.append(EntityClass.code(day.state.hosts[name]?.entityClass ?? .other))
      hostDestinations.append(
        day.destinations[name] ?? [Float](repeating: 0, count: day.clock.windows.count))
      indexes[name] = index
      return index
    }
  }

  /// −log2 of the share of hosts that spoke to a destination in the last 28 days, in bits.
  private func rarity(_ endpoint: Endpoint) -> Float {
    rarityOfEndpoint.value(for: endpoint.element) {
      let subject = endpoint.withText { Subject.destination($0) }
      let count = day.state.seen.site(.destination, subject: subject).hostCount
      let population = Double(max(day.state.hosts.count, 1))
      return Float(-log2((Double(count) + 0.5) / (population + 0.5)))
    }
  }

  /// Which kind of service a port stands for, from the most ordinary to the least.
  private static func portClass(_ c: Conversation) -> Double {
    guard let port = c.port else { return 0 }
    switch port {
    case 80, 443, 8080, 8443: return 1
    case 53: return 2
    case 123, 67, 68, 161, 514, 5353: return 3
    case 88, 389, 464, 636, 3268, 3269: return 4
    case 25, 110, 143, 465, 587, 993, 995: return 5
    case 135, 137...139, 445, 2049: return 6
    case 1433, 1521, 3306, 5432, 6379, 27017: return 7
    case 22, 23, 3389, 5900, 5985, 5986: return 8
    case ..<1024: return 9
    case ..<32768: return 10
    default: return 11
    }
  }
}

extension FlowFeatures {
  /// Writes `flow_sample.arrow`: about `limit` of the day's rows, chosen by their hashes.
  package func writeSample(limit: Int = 20_000, to sink: any BatchSink) throws {
    let share = min(1, Double(limit) / Double(max(day.flows.rowCount, 1)))
    let threshold = share >= 1 ? UInt64.max : UInt64(share * 0x1p64)
    let writer = RowWriter(FlowFeature.schema, to: sink)
    let group = writer.table.column(FlowFeature.group)
    let columns = FlowFeature.columns.map { writer.table.column($0) }
    for index in 0..<day.batchCount {
      let rows = try self.rows(index, hashLimit: threshold)
      for row in rows.hashes.indices {
        group.append(classes[Int(rows.hosts[row])])
        for (column, values) in zip(columns, rows.columns) { column.append(values[row]) }
        try writer.endRow()
      }
    }
    try writer.finish()
  }
}
