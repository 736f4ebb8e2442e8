import Columnar
import Events
import Glibc

/// Describes a day's host-hours by numbers, as the forest of host-hours sees them.
package enum HostHourFeatures {
  /// Writes `host_hour_features.arrow`: a row per row of `host_hours.arrow`, in its order.
  /// - Parameter state: as of the day.
  package static func write(
    _ tables: DayTables, calendar: CivilCalendar, state: SiteState, to sink: any BatchSink
  ) throws {
    let clock = ClockHours(tables.day, calendar: calendar)
    let novelty = try HourNovelty(tables, clock: clock, state: state)
    let rows = RowWriter(HostHourFeature.schema, to: sink)
    let host = rows.table.column(HostHourFeature.host)
    let hour = rows.table.column(HostHourFeature.hour)
    let group = rows.table.column(HostHourFeature.group)
    let columns = HostHourFeature.columns.map { rows.table.column($0) }
    try state.forEachHost(tables.hostHours, on: tables.day) { context in
      let describe = HostHourDescription(context, clock: clock)
      let code = EntityClass.code(context.record?.entityClass ?? .other)
      for (row, start) in context.day.hours.enumerated() {
        host.append(context.day.host.text)
        hour.append(start)
        group.append(code)
        let window = clock.window(of: start) ?? 0
        let new = novelty.counts(context.day.host.text, window: window)
        for (column, value) in zip(columns, describe.values(row, window: window, new: new)) {
          column.append(Float(value))
        }
        try rows.endRow()
      }
    }
    try rows.finish()
  }
}

/// A host's hours as numbers, in the order of `HostHourFeature.names`.
private struct HostHourDescription {
  private let context: HostContext
  private let clock: ClockHours

  init(_ context: HostContext, clock: ClockHours) {
    self.context = context
    self.clock = clock
  }

  func values(_ row: Int, window: Int, new: HourNovelty.Counts) -> [Double] {
    let day = context.day
    func count(_ key: ColumnKey<Values<Int64>>) -> Double {
      Measure.index(of: key).map { Double(day.count($0, row: row)) } ?? 0
    }
    let conversations = count(HostHour.outConversations)
    let (sent, received) = (count(HostHour.outBytes), count(HostHour.outBytesReceived))
    var values = [
      log1p(conversations), log1p(sent), log1p(received), log1p(count(HostHour.outDestinations)),
      log1p(count(HostHour.outPorts)),
    ]
    let clockHour = clock.clockHours[window]
    for (measure, definition) in Measure.all.enumerated() {
      let scaled = definition.scaled(day.count(measure, row: row))
      let z =
        context.baseline?.z(measure, value: scaled, clock: clock, hour: clockHour)?.z ?? 0
      values.append(min(max(z, -10), 30))
    }
    values.append(log((sent + 1000) / (received + 1000)))
    values.append(count(HostHour.outFailed) / max(conversations, 1))
    values.append(log1p(count(HostHour.outPackets) / max(conversations, 1)))
    values += [new.destinations, new.networks, new.ports].map { log1p(Double($0)) }
    values.append(busySurprise(count(HostHour.outDestinations), clockHour: clockHour))
    return values
  }

  /// −log2 of how often the host is busy at this hour, in bits; 0 where it is not busy.
  private func busySurprise(_ destinations: Double, clockHour: Int) -> Double {
    guard let baseline = context.baseline, log1p(destinations) >= baseline.busyThreshold,
      let share = baseline.busyShare(dayType: clock.dayType, hour: clockHour)
    else { return 0 }
    return -log2(share)
  }
}

/// What hosts met for the first time, by the hour in which they did.
private struct HourNovelty {
  struct Counts {
    var destinations: UInt32 = 0
    var networks: UInt32 = 0
    var ports: UInt32 = 0
  }
  private var counts: [String: [Counts]] = [:]

  init(_ tables: DayTables, clock: ClockHours, state: SiteState) throws {
    var host: String?
    var hash: UInt64 = 0
    var hours: [Counts] = []
    var known: Set<UInt64> = []
    /// Whether a subject is new to the host today.
    func isNew(_ kind: Seen.Kind, _ subject: UInt64) -> Bool {
      state.seen.days(kind, SeenKey(subject: subject, host: hash)).isEmpty
        && known.insert(subject ^ UInt64(kind.rawValue)).inserted
    }
    try tables.pairs.forEachBatch { batch in
      let pairs = PairBatch(batch)
      for row in 0..<pairs.rowCount
      where pairs.kind[row] == PairKind.conversation.rawValue {
        guard let originator = pairs.originator[row],
          let window = clock.window(of: pairs.firstTime.value(row))
        else { continue }
        if originator != host {
          if let host { counts[host] = hours }
          host = originator
          hash = keyHash(originator)
          hours = .init(repeating: Counts(), count: clock.windows.count)
          known.removeAll()
        }
        let responder = pairs.responder.bytes(row)
        if isNew(.destination, Subject.destination(responder)) { hours[window].destinations += 1 }
        if let network = Subject.network(responder), isNew(.network, network) {
          hours[window].networks += 1
        }
        let port = Subject.port(pairs.port.value(row), protocol: pairs.ianaNumber.value(row))
        if isNew(.port, port) { hours[window].ports += 1 }
      }
    }
    if let host { counts[host] = hours }
  }

  func counts(_ host: String, window: Int) -> Counts { counts[host]?[window] ?? Counts() }
}
