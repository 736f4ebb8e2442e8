import Columnar
import Events

/// Gathers `host_hours.arrow`: what each host originated and answered, hour by hour.
///
/// A host has a row for an hour in which it originated anything or answered; an address that was
/// only tried in vain is not known to exist and has none. Hosts known by name only are always
/// taken. All outside originators together are the host `internet`.
struct HostTable: ~Copyable {
  enum Counter: Int, CaseIterable {
    case outConversations, outFailed, outBytes, outBytesReceived, outPackets, outPacketsReceived
    case outDestinations, outPorts, outNetworks, outExternalBytes, outExternalDestinations
    case outDurationMicroseconds, inConversations, inFailed, inBytes, inBytesSent, inSources
    case inPorts, inExternalConversations, dnsQueries, dnsFailed, dnsNames, httpRequests
    case httpErrors
  }

  /// Measures that count distinct elements, and the counter each fills at the hour's end.
  private enum Distinct: Int, CaseIterable {
    case destinations, ports, networks, externalDestinations, sources, inPorts, names

    var counter: Counter {
      switch self {
      case .destinations: .outDestinations
      case .ports: .outPorts
      case .networks: .outNetworks
      case .externalDestinations: .outExternalDestinations
      case .sources: .inSources
      case .inPorts: .inPorts
      case .names: .dnsNames
      }
    }
  }

  private struct Entry: RangedEntry {
    /// Of the current hour.
    var counters = InlineArray<24, Int64>(repeating: 0)
    var relayed = RelayedNames()
    var distinct = InlineArray<7, DistinctCounter>(repeating: DistinctCounter())
    var isTouched = false
    var hasSpoken = false
    /// Sources that show it, a bit each.
    var sources: UInt64 = 0
    /// The rows of past hours, latest first.
    var rows: UnsafeMutableRawPointer?

    @inline(__always) mutating func add(_ value: Int64, _ counter: Counter) {
      counters[counter.rawValue] = counters[counter.rawValue].addingClamped(value)
    }

    @inline(__always)
    mutating func insert(_ element: UInt64, _ set: Distinct, _ pool: inout BlockPool) -> Bool {
      distinct[set.rawValue].insert(element, in: &pool)
    }

    mutating func startHour(releasingTo pool: inout BlockPool) {
      for set in Distinct.allCases { distinct[set.rawValue].release(to: &pool) }
      counters = InlineArray(repeating: 0)
      relayed = RelayedNames()
      distinct = InlineArray(repeating: DistinctCounter())
      isTouched = false
      hasSpoken = false
    }

    func release(to pool: inout BlockPool) {
      for set in Distinct.allCases { distinct[set.rawValue].release(to: &pool) }
      HourRow.releaseAll(from: rows, to: &pool)
    }
  }

  /// The day's sources so far; the place of each is its bit, the last one's that of all further.
  var sourceNames: [String] = []
  private var table: RangedTable<Endpoint, Entry>
  private let internet: Endpoint
  /// Where the name of `internet` lies.
  private let names: BlockPool

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.hostCount, byteLimit: limits.hostByteCount)
    var names = BlockPool()
    internet = Array(HostHour.internet.utf8).withUnsafeBytes { bytes in
      var endpoint = Endpoint(name: bytes)
      endpoint.adopt(in: &names)
      return endpoint
    }
    self.names = names
  }

  var isDone: Bool { table.isDone }

  /// Whether this scan may count rows between these two.
  @inline(__always) func mayTake(_ originator: Endpoint, _ responder: Endpoint) -> Bool {
    if !table.isNarrowed { return !table.isDone }
    return originatingHost(originator).map { table.mayTake($0) { $0 } } ?? false
      || (responder.isSiteHost && table.mayTake(responder) { $0 })
  }

  @inline(__always) private func originatingHost(_ endpoint: Endpoint) -> Endpoint? {
    switch endpoint.kind {
    case .inside, .named: endpoint
    case .outside, .crowd: internet
    case .unknown: nil
    }
  }

  /// - Parameter source: the bit of the conversation's source.
  @inline(__always) mutating func add(_ c: Conversation, source: UInt64) {
    if let host = originatingHost(c.originator), let slot = table.slot(for: host) {
      let entry = table.entries + slot
      addOut(c, to: entry)
      entry.pointee.sources |= source
    }
    if c.responder.isSiteHost, let slot = table.slot(for: c.responder) {
      let entry = table.entries + slot
      addIn(c, to: entry)
      entry.pointee.sources |= source
    }
  }

  @inline(__always)
  private mutating func addOut(_ c: Conversation, to entry: UnsafeMutablePointer<Entry>) {
    entry.pointee.isTouched = true
    entry.pointee.hasSpoken = true
    entry.pointee.add(1, .outConversations)
    if c.isForNames { entry.pointee.relayed.conversationsOut += 1 }
    entry.pointee.add(c.isFailed ? 1 : 0, .outFailed)
    entry.pointee.add(c.bytesSent ?? 0, .outBytes)
    entry.pointee.add(c.bytesReceived, .outBytesReceived)
    entry.pointee.add(c.packetsSent, .outPackets)
    entry.pointee.add(c.packetsReceived, .outPacketsReceived)
    entry.pointee.add(c.durationMicroseconds, .outDurationMicroseconds)
    if let port = c.portElement { _ = entry.pointee.insert(port, .ports, &table.pool) }
    let isExternal = c.responder.kind == .outside
    if isExternal { entry.pointee.add(c.bytesSent ?? 0, .outExternalBytes) }
    guard c.responder.kind != .unknown else { return }
    let element = c.responder.element
    // A known destination has a known network.
    guard entry.pointee.insert(element, .destinations, &table.pool) else { return }
    if let network = c.responder.networkElement {
      _ = entry.pointee.insert(network, .networks, &table.pool)
    }
    if isExternal { _ = entry.pointee.insert(element, .externalDestinations, &table.pool) }
  }

  @inline(__always)
  private mutating func addIn(_ c: Conversation, to entry: UnsafeMutablePointer<Entry>) {
    entry.pointee.isTouched = true
    if c.isAnswered || c.responder.kind == .named { entry.pointee.hasSpoken = true }
    entry.pointee.add(1, .inConversations)
    if c.isForNames { entry.pointee.relayed.conversationsIn += 1 }
    entry.pointee.add(c.isFailed ? 1 : 0, .inFailed)
    entry.pointee.add(c.bytesSent ?? 0, .inBytes)
    entry.pointee.add(c.bytesReceived, .inBytesSent)
    if c.originator.kind == .outside { entry.pointee.add(1, .inExternalConversations) }
    if c.originator.kind != .unknown {
      _ = entry.pointee.insert(c.originator.element, .sources, &table.pool)
    }
    if let port = c.portElement { _ = entry.pointee.insert(port, .inPorts, &table.pool) }
  }

  /// Counts a DNS query; `nameElement` stands for the name asked for.
  mutating func addQuery(
    from endpoint: Endpoint, to responder: Endpoint, nameElement: UInt64?, isFailed: Bool,
    source: UInt64
  ) {
    if responder.isSiteHost, let slot = table.slot(for: responder) {
      let entry = table.entries + slot
      entry.pointee.isTouched = true
      entry.pointee.relayed.queriesIn += 1
    }
    guard let host = originatingHost(endpoint), let slot = table.slot(for: host) else { return }
    let entry = table.entries + slot
    entry.pointee.isTouched = true
    entry.pointee.hasSpoken = true
    entry.pointee.sources |= source
    entry.pointee.add(1, .dnsQueries)
    entry.pointee.add(isFailed ? 1 : 0, .dnsFailed)
    if let nameElement { _ = entry.pointee.insert(nameElement, .names, &table.pool) }
  }

  /// Notes that a host of the site was there to begin a TLS handshake.
  mutating func addHandshake(from endpoint: Endpoint, source: UInt64) {
    if endpoint.isSiteHost { note(endpoint, source: source) }
  }

  /// Counts an HTTP request, and notes the server of the site that it was made of.
  mutating func addRequest(
    from endpoint: Endpoint, to server: Endpoint?, isError: Bool, source: UInt64
  ) {
    if let server, server.isSiteHost { note(server, source: source) }
    guard let host = originatingHost(endpoint), let slot = table.slot(for: host) else { return }
    let entry = table.entries + slot
    entry.pointee.isTouched = true
    entry.pointee.hasSpoken = true
    entry.pointee.sources |= source
    entry.pointee.add(1, .httpRequests)
    entry.pointee.add(isError ? 1 : 0, .httpErrors)
  }

  /// Notes that hosts of the site signed in or were signed in to. A name that a client gives itself
  /// is a host's once it got in: guessing tools make names up.
  mutating func addLogin(
    from originator: Endpoint, to responder: Endpoint, isSuccess: Bool, source: UInt64
  ) {
    if originator.kind == .inside || (originator.kind == .named && isSuccess) {
      note(originator, source: source)
    }
    if responder.isSiteHost { note(responder, source: source) }
  }

  private mutating func note(_ host: Endpoint, source: UInt64) {
    guard let slot = table.slot(for: host) else { return }
    let entry = table.entries + slot
    entry.pointee.isTouched = true
    entry.pointee.hasSpoken = true
    entry.pointee.sources |= source
  }

  /// Closes the hour: its distinct sets become numbers, its counters a packed row.
  mutating func finishHour(_ hour: Int) {
    for slot in 0..<table.count where table.entries[slot].isTouched {
      let entry = table.entries + slot
      for set in Distinct.allCases {
        entry.pointee.counters[set.counter.rawValue] = entry.pointee.distinct[set.rawValue].value
      }
      entry.pointee.relayed.takeOut(of: &entry.pointee.counters)
      if entry.pointee.hasSpoken {
        entry.pointee.rows = HourRow.pack(
          entry.pointee.counters, hour: hour, after: entry.pointee.rows, in: &table.pool)
      }
      entry.pointee.startHour(releasingTo: &table.pool)
    }
  }

  /// Writes the rows of this scan's hosts.
  mutating func finishScan(hours: [Range<Instant>], to writer: TableWriter) throws {
    let host = writer.column(HostHour.host)
    let hour = writer.column(HostHour.hour)
    let sources = writer.column(HostHour.sources)
    let counters = HostHour.counters.map { writer.column($0) }
    for slot in table.sortedSlots() {
      let rows = HourRow.chain(from: table.entries[slot].rows)
      guard !rows.isEmpty else { continue }
      let code = table.key(slot).withText { host.code(of: $0) }
      let shownBy = SourceBits.text(table.entries[slot].sources, names: sourceNames)
      for row in rows {
        let (index, values) = HourRow.unpack(row)
        host.append(code: code)
        hour.append(hours[index].lowerBound)
        sources.append(shownBy)
        for counter in counters.indices { counters[counter].append(values[counter]) }
        try writer.endRow()
      }
    }
    table.finishScan()
  }
}

/// What a host was asked of the name service in an hour, and may have asked on: a resolver's
/// queries are those of its clients, and count with them.
private struct RelayedNames {
  var queriesIn: Int64 = 0
  var conversationsIn: Int64 = 0
  var conversationsOut: Int64 = 0

  func takeOut(of counters: inout InlineArray<24, Int64>) {
    typealias Counter = HostTable.Counter
    let queries = max(0, counters[Counter.dnsQueries.rawValue] - queriesIn)
    counters[Counter.dnsQueries.rawValue] = queries
    for part in [Counter.dnsNames, .dnsFailed] {
      counters[part.rawValue] = min(counters[part.rawValue], queries)
    }
    let conversations =
      counters[Counter.outConversations.rawValue] - min(conversationsIn, conversationsOut)
    counters[Counter.outConversations.rawValue] = conversations
    counters[Counter.outFailed.rawValue] = min(
      counters[Counter.outFailed.rawValue], conversations)
  }
}

extension Endpoint: RangedKey {
  @inline(__always) var hash: UInt64 { element }
}
