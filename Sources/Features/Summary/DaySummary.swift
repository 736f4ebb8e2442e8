import Columnar
import Events

/// Summarises a day of events to the tables of `profiles/day=D`.
///
/// Rows are read in the order of time, so that each hour's distinct sets can be closed. Tables
/// whose keys don't fit their limits are made in several scans, each for a range of keys
/// (`RangedTable`). A conversation whose direction is not known counts as if its source had
/// originated it. The order of rows that start at the same instant does not show.
package struct DaySummary: ~Copyable {
  /// How much is kept at a time; more only costs scans. Together about 100 MiB at most.
  package struct Limits: Sendable {
    package var hostCount = 32_768
    package var hostByteCount = 16 << 20
    package var pairCount = 294_912
    package var pairByteCount = 20 << 20
    package var serviceCount = 49_152
    package var serviceByteCount = 6 << 20
    package var domainCount = 65_536
    package var domainByteCount = 6 << 20
    package var handshakeCount = 65_536
    package var handshakeByteCount = 6 << 20
    package var loginCount = 49_152
    package var loginByteCount = 6 << 20
    package var alertCount = 16_384
    package var alertByteCount = 2 << 20
    package var stepByteCount = 12 << 20
    package var requestCount = 32_768
    package var requestByteCount = 12 << 20

    /// - Parameter dayCount: days that are summarised at the same time.
    package init(sharedBy dayCount: Int = 1) {
      hostCount /= dayCount
      hostByteCount /= dayCount
      pairCount /= dayCount
      pairByteCount /= dayCount
      serviceCount /= dayCount
      serviceByteCount /= dayCount
      domainCount /= dayCount
      domainByteCount /= dayCount
      handshakeCount /= dayCount
      handshakeByteCount /= dayCount
      loginCount /= dayCount
      loginByteCount /= dayCount
      alertCount /= dayCount
      alertByteCount /= dayCount
      stepByteCount /= dayCount
      requestCount /= dayCount
      requestByteCount /= dayCount
    }
  }

  /// Rows read and written.
  package struct Counts: Equatable, Sendable {
    package fileprivate(set) var eventRows = 0
    package fileprivate(set) var hostHours = 0
    package fileprivate(set) var pairs = 0
    package fileprivate(set) var pairValues = 0
    package fileprivate(set) var edges = 0
    package fileprivate(set) var services = 0
    package fileprivate(set) var coverage = 0
    package fileprivate(set) var logins = 0
    /// How often the events were read.
    package fileprivate(set) var scans = 0
  }

  private let day: CivilDate
  let hours: [Range<Instant>]
  private let events: [EventClass: any BatchSource]
  private let context: ReadingContext
  let limits: Limits
  private var hosts: HostTable
  private var pairs: PairTable
  private var services: ServiceTable
  private var coverage = CoverageTable()
  private var name = AskedName()
  private var counts = Counts()

  /// Writes all tables of a day.
  ///
  /// - Parameter events: a day's tables, each in the order of `event_time`; absent classes count
  ///   as not observed.
  /// - Parameter sink: where to write the table of a schema.
  /// - Throws: `DaySummary.Failure` where rows are not of the day or not in order, and what
  ///   sources and sinks throw.
  @discardableResult
  package static func write(
    day: CivilDate, calendar: CivilCalendar, networks: SiteNetworks,
    events: [EventClass: any BatchSource], limits: Limits = Limits(),
    sink: (Schema) throws -> any BatchSink
  ) throws -> Counts {
    let answering = try events[.flow].map { try AnsweringSources($0) } ?? AnsweringSources()
    var summary = DaySummary(
      day: day, hours: calendar.hours(of: day), events: events,
      context: ReadingContext(masks: SiteMasks(networks), answeringSources: answering),
      limits: limits)
    return try summary.write(to: Writers(sink))
  }

  private init(
    day: CivilDate, hours: [Range<Instant>], events: [EventClass: any BatchSource],
    context: ReadingContext, limits: Limits
  ) {
    self.day = day
    self.hours = hours
    self.events = events
    self.context = context
    self.limits = limits
    hosts = HostTable(limits: limits)
    pairs = PairTable(limits: limits)
    services = ServiceTable(limits: limits)
    counts.eventRows = events.values.reduce(0) { $0 + $1.rowCount }
  }

  private mutating func write(to writers: Writers) throws -> Counts {
    // Before the tables below take their memory.
    try write(LoginTable.self, to: writers)
    try write(LoginPlaceTable.self, to: writers)
    try write(AlertTable.self, to: writers)
    try writeSteps(to: writers[Step.schema])
    try write(RequestTable.self, to: writers)
    repeat {
      try scan()
      counts.scans += 1
      if !hosts.isDone { try hosts.finishScan(hours: hours, to: writers[HostHour.schema]) }
      if !pairs.isDone {
        try pairs.finishScan(
          pairs: writers[Pair.schema], values: writers[PairValue.schema],
          edges: writers[Edge.schema])
      }
      if !services.isDone { try services.finishScan(to: writers[Service.schema]) }
    } while !(hosts.isDone && pairs.isDone && services.isDone)
    try write(DomainTable.self, to: writers)
    try write(HandshakeTable.self, to: writers)
    try coverage.write(hours: hours, to: writers[Coverage.schema])
    try coverage.writeNulls(to: writers[ColumnNulls.schema])
    try writers.flush()
    counts.hostHours = writers[HostHour.schema].rowCount
    counts.pairs = writers[Pair.schema].rowCount
    counts.pairValues = writers[PairValue.schema].rowCount
    counts.edges = writers[Edge.schema].rowCount
    counts.services = writers[Service.schema].rowCount
    counts.coverage = writers[Coverage.schema].rowCount
    counts.logins = writers[Login.schema].rowCount
    return counts
  }

  /// Makes a table from the rows of its classes, in as many scans as it takes.
  private func write<Rows: ClassTable & ~Copyable>(
    _ rows: Rows.Type, to writers: Writers
  ) throws {
    guard let end = hours.last?.upperBound else { return }
    var table = Rows(limits: limits)
    repeat {
      for eventClass in Rows.eventClasses {
        var cursor = cursor(eventClass, Rows.Columns.self)
        while let part = try cursor?.next(before: end) { table.add(part.columns, rows: part.rows) }
      }
      try table.finishScan(to: writers[Rows.schema])
    } while !table.isDone
  }

  func cursor<Columns: ClassColumns>(
    _ eventClass: EventClass, _ columns: Columns.Type
  ) -> ClassCursor<Columns>? {
    guard let source = events[eventClass], let first = hours.first else { return nil }
    return ClassCursor(
      source, eventClass: eventClass, from: first.lowerBound, context: context)
  }

  /// Reads the day's events once, hour by hour.
  private mutating func scan() throws {
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
      while let part = try flows?.next(before: end) { add(part, hour: hour) }
      while let part = try queries?.next(before: end) { add(part, hour: hour) }
      while let part = try requests?.next(before: end) { add(part, hour: hour) }
      for index in logins.indices {
        while let part = try logins[index].cursor?.next(before: end) {
          cover(part.batch, part.rows, logins[index].eventClass, hour)
          add(part)
        }
      }
      while let part = try handshakes?.next(before: end) {
        cover(part.batch, part.rows, .tls, hour)
        add(part)
      }
      for index in others.indices {
        while let part = try others[index].cursor?.next(before: end) {
          cover(part.batch, part.rows, others[index].eventClass, hour)
        }
      }
      if !hosts.isDone { hosts.finishHour(hour) }
    }
    try flows?.expectEnd(of: day)
    try queries?.expectEnd(of: day)
    try requests?.expectEnd(of: day)
    for index in logins.indices { try logins[index].cursor?.expectEnd(of: day) }
    try handshakes?.expectEnd(of: day)
    for index in others.indices { try others[index].cursor?.expectEnd(of: day) }
  }

  private mutating func cover(
    _ batch: Batch, _ rows: Range<Int>, _ eventClass: EventClass, _ hour: Int
  ) {
    if counts.scans == 0 { coverage.add(batch, rows: rows, eventClass: eventClass, hour: hour) }
  }

  private mutating func add(_ part: ClassCursor<FlowColumns>.Part, hour: Int) {
    cover(part.batch, part.rows, .flow, hour)
    let columns = part.columns
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      let originator = columns.originator(row)
      let responder = columns.responder(row)
      let isForHosts = hosts.mayTake(originator, responder)
      let isForPairs = pairs.mayTake(.conversation, from: originator)
      let isForServices = services.mayTake(responder)
      guard isForHosts || isForPairs || isForServices else { continue }
      let conversation = columns.conversation(row, from: originator, to: responder)
      if isForHosts { hosts.add(conversation, source: sources[row]) }
      if isForPairs { pairs.add(conversation, hour: hour) }
      if isForServices { services.add(conversation) }
    }
  }

  private mutating func add(_ part: ClassCursor<DNSColumns>.Part, hour: Int) {
    cover(part.batch, part.rows, .dns, hour)
    let columns = part.columns
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      let originator = columns.originator(row)
      let isFailed = columns.isFailed(row)
      let question = columns.question(row)
      if !hosts.isDone {
        hosts.addQuery(
          from: originator, to: columns.responder(row),
          nameElement: question.map { name.element(of: $0) }, isFailed: isFailed,
          source: sources[row])
      }
      guard pairs.mayTake(.dns, from: originator), let question else { continue }
      let values = PairTable.Row(
        time: columns.times.value(row), hour: hour, isFailed: isFailed, isExternal: true,
        bytesSent: nil, bytesReceived: 0, durationMicroseconds: 0)
      name.withDomain(of: question) {
        pairs.add(
          values,
          to: PairTable.Key(
            .dns, from: originator, to: Endpoint(name: $0), port: 0, ianaNumber: 0))
      }
    }
  }

  private mutating func add(_ part: ClassCursor<HTTPColumns>.Part, hour: Int) {
    cover(part.batch, part.rows, .http, hour)
    let columns = part.columns
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      let originator = columns.originator(row)
      let isFailed = columns.isFailed(row)
      if !hosts.isDone {
        hosts.addRequest(
          from: originator, to: columns.server(row), isError: isFailed, source: sources[row])
      }
      guard pairs.mayTake(.http, from: originator), let domain = columns.domain(row) else {
        continue
      }
      let values = PairTable.Row(
        time: columns.times.value(row), hour: hour, isFailed: isFailed,
        isExternal: columns.isExternal(row), bytesSent: columns.bytesSent(row),
        bytesReceived: columns.bytesReceived(row), durationMicroseconds: 0)
      name.withHost(of: domain) {
        pairs.add(
          values,
          to: PairTable.Key(
            .http, from: originator, to: context.masks.endpoint(named: $0), port: columns.port(row),
            ianaNumber: columns.ianaNumber(row)))
      }
    }
  }

  private mutating func add(_ part: ClassCursor<HandshakeColumns>.Part) {
    guard !hosts.isDone else { return }
    let sources = SourceBits(part.batch, names: &hosts.sourceNames)
    for row in part.rows {
      hosts.addHandshake(from: part.columns.originator(row), source: sources[row])
    }
  }

  private mutating func add(_ part: ClassCursor<LoginColumns>.Part) {
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
}
