import Columnar
import Events

extension DaySummary {
  /// Makes `host_hours.arrow`, `services.arrow`, `coverage.arrow` and `nulls.arrow` from all
  /// classes, hour by hour.
  /// - Returns: how often the events were read.
  func writeHosts(to writers: Writers) throws -> Int {
    var tables = HostTables(limits: limits)
    var scans = 0
    repeat {
      try scan(&tables)
      scans += 1
      tables.isFirstScan = false
      if !tables.hosts.isDone {
        try tables.hosts.finishScan(hours: hours, to: writers[HostHour.schema])
      }
      if !tables.services.isDone { try tables.services.finishScan(to: writers[Service.schema]) }
    } while !(tables.hosts.isDone && tables.services.isDone)
    try tables.coverage.write(hours: hours, to: writers[Coverage.schema])
    try tables.coverage.writeNulls(to: writers[ColumnNulls.schema])
    return scans
  }

  private func scan(_ tables: inout HostTables) throws {
    var flows = cursor(.flow, FlowColumns.self)
    var queries = cursor(.dns, DNSColumns.self)
    var requests = cursor(.http, HTTPColumns.self)
    var logins = [EventClass.auth, .vpn].map {
      (eventClass: $0, cursor: cursor($0, LoginColumns.self))
    }
    var handshakes = cursor(.tls, HandshakeColumns.self)
    var others = [EventClass.alert, .dhcp].map {
      (eventClass: $0, cursor: cursor($0, TimeColumns.self))
    }
    for (hour, window) in hours.enumerated() {
      let end = window.upperBound
      while let part = try flows?.next(before: end) { tables.add(part, hour: hour) }
      while let part = try queries?.next(before: end) { tables.add(part, hour: hour) }
      while let part = try requests?.next(before: end) { tables.add(part, hour: hour) }
      for index in logins.indices {
        while let part = try logins[index].cursor?.next(before: end) {
          tables.add(part, logins[index].eventClass, hour: hour)
        }
      }
      while let part = try handshakes?.next(before: end) { tables.add(part, hour: hour) }
      for index in others.indices {
        while let part = try others[index].cursor?.next(before: end) {
          tables.cover(part.batch, part.rows, others[index].eventClass, hour)
        }
      }
      if !tables.hosts.isDone { tables.hosts.finishHour(hour) }
    }
    try flows?.expectEnd(of: day)
    try queries?.expectEnd(of: day)
    try requests?.expectEnd(of: day)
    for index in logins.indices { try logins[index].cursor?.expectEnd(of: day) }
    try handshakes?.expectEnd(of: day)
    for index in others.indices { try others[index].cursor?.expectEnd(of: day) }
  }
}

/// What one reading of the events fills.
private struct HostTables: ~Copyable {
  var hosts: HostTable
  var services: ServiceTable
  var coverage = CoverageTable()
  /// Rows are covered once, however often they are read.
  var isFirstScan = true
  private var name = AskedName()

  init(limits: DaySummary.Limits) {
    hosts = HostTable(limits: limits)
    services = ServiceTable(limits: limits)
  }

  mutating func cover(
    _ batch: Batch, _ rows: Range<Int>, _ eventClass: EventClass, _ hour: Int
  ) {
    if isFirstScan { coverage.add(batch, rows: rows, eventClass: eventClass, hour: hour) }
  }

  mutating func add(_ part: ClassCursor<FlowColumns>.Part, hour: Int) {
    cover(part.batch, part.rows, .flow, hour)
    let columns = part.columns
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      let originator = columns.originator(row)
      let responder = columns.responder(row)
      let isForHosts = hosts.mayTake(originator, responder)
      let isForServices = services.mayTake(responder)
      guard isForHosts || isForServices else { continue }
      let conversation = columns.conversation(row, from: originator, to: responder)
      if isForHosts { hosts.add(conversation, source: sources[row]) }
      if isForServices { services.add(conversation) }
    }
  }

  mutating func add(_ part: ClassCursor<DNSColumns>.Part, hour: Int) {
    cover(part.batch, part.rows, .dns, hour)
    guard !hosts.isDone else { return }
    let columns = part.columns
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      hosts.addQuery(
        from: columns.originator(row), to: columns.responder(row),
        nameElement: columns.question(row).map { name.element(of: $0) },
        isFailed: columns.isFailed(row), source: sources[row])
    }
  }

  mutating func add(_ part: ClassCursor<HTTPColumns>.Part, hour: Int) {
    cover(part.batch, part.rows, .http, hour)
    guard !hosts.isDone else { return }
    let columns = part.columns
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      hosts.addRequest(
        from: columns.originator(row), to: columns.server(row), isError: columns.isFailed(row),
        source: sources[row])
    }
  }

  mutating func add(_ part: ClassCursor<LoginColumns>.Part, _ eventClass: EventClass, hour: Int) {
    cover(part.batch, part.rows, eventClass, hour)
    guard !hosts.isDone else { return }
    let columns = part.columns
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      guard let outcome = columns.outcome(row) else { continue }
      let destination = columns.destination(row)
      hosts.addLogin(
        from: columns.source(row, destination: destination), to: destination,
        isSuccess: outcome == .success, source: sources[row])
    }
  }

  mutating func add(_ part: ClassCursor<HandshakeColumns>.Part, hour: Int) {
    cover(part.batch, part.rows, .tls, hour)
    guard !hosts.isDone else { return }
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      hosts.addHandshake(from: part.columns.originator(row), source: sources[row])
    }
  }
}
