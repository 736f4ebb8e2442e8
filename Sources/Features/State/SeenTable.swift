import Columnar
import Events

/// Ninety days as bits: bit i stands for the day i + 1 days before the state's.
package struct DayBits: Hashable, Sendable {
  package static let dayCount = LookBack.seenDays
  package var low: UInt64
  package var high: UInt64

  package init(low: UInt64 = 0, high: UInt64 = 0) {
    self.low = low
    self.high = high
  }

  package static let yesterday = DayBits(low: 1)

  package var isEmpty: Bool { low | high == 0 }
  package var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }

  /// Days from the first day it was seen to the state's day, at least 1; nil where it was not seen.
  package var age: Int? {
    if high != 0 { return 128 - high.leadingZeroBitCount }
    return low == 0 ? nil : 64 - low.leadingZeroBitCount
  }

  /// The same days, seen from `days` days later; what is more than 90 days back is forgotten.
  package func shifted(by days: Int) -> DayBits {
    var (low, high) = (low, high)
    for _ in 0..<min(max(days, 0), DayBits.dayCount) {
      high = high << 1 | low >> 63
      low <<= 1
    }
    return DayBits(low: low, high: high & (1 << 26 - 1))
  }

  /// Whether it was seen within the last `days` days, at most 64.
  package func isSeen(within days: Int) -> Bool { low << UInt64(64 - days) != 0 }

  package mutating func formUnion(_ other: DayBits) {
    low |= other.low
    high |= other.high
  }
}

/// What was seen on which of the last 90 days, in memory.
package struct SeenTable: Sendable {
  package struct Entry: Hashable, Comparable, Sendable {
    package let kind: UInt8
    package let key: SeenKey
    package var days: DayBits

    package static func < (a: Entry, b: Entry) -> Bool {
      (a.kind, a.key) < (b.kind, b.key)
    }
  }
  /// By kind and key.
  package private(set) var entries: [Entry] = []
  /// Where the entries of each kind and first bits of keys begin, by kind, then bits; the end last.
  /// Keys are hashes, so that few entries have the same.
  private var starts: [UInt32] = []
  private static let startBits = 12

  package init() {}

  package init(_ source: any BatchSource) throws {
    entries.reserveCapacity(source.rowCount)
    try source.forEachBatch { batch in
      let (kind, key) = (batch[Seen.kind], batch[Seen.key])
      let (low, high) = (batch[Seen.daysLow], batch[Seen.daysHigh])
      for row in 0..<batch.rowCount {
        entries.append(
          Entry(
            kind: kind.value(row), key: SeenKey(number: key.value(row)),
            days: DayBits(low: low.value(row), high: high.value(row))))
      }
    }
    indexEntries()
  }

  private mutating func indexEntries() {
    starts.removeAll(keepingCapacity: true)
    for (index, entry) in entries.enumerated() {
      let cell = SeenTable.cell(entry.kind, entry.key)
      while starts.count <= cell { starts.append(UInt32(index)) }
    }
    starts.append(UInt32(entries.count))
  }

  private static func cell(_ kind: UInt8, _ key: SeenKey) -> Int {
    Int(kind) << startBits | Int(key.number >> UInt64(64 - startBits))
  }

  /// Moves the state `days` days on and adds what was seen on the day before its new day.
  /// - Parameter sorted: by kind and key, each once.
  package mutating func advance(by days: Int, adding sorted: [(kind: UInt8, key: SeenKey)] = []) {
    var merged: [Entry] = []
    merged.reserveCapacity(entries.count + sorted.count)
    var next = 0
    for var entry in entries {
      while next < sorted.count, (sorted[next].kind, sorted[next].key) < (entry.kind, entry.key) {
        merged.append(Entry(kind: sorted[next].kind, key: sorted[next].key, days: .yesterday))
        next += 1
      }
      entry.days = entry.days.shifted(by: days)
      if next < sorted.count, sorted[next].kind == entry.kind, sorted[next].key == entry.key {
        entry.days.formUnion(.yesterday)
        next += 1
      }
      if !entry.days.isEmpty { merged.append(entry) }
    }
    for seen in sorted[next...] {
      merged.append(Entry(kind: seen.kind, key: seen.key, days: .yesterday))
    }
    entries = merged
    indexEntries()
  }

  package func write(to sink: any BatchSink) throws {
    let writer = RowWriter(Seen.schema, to: sink)
    let (kind, key) = (writer.table.column(Seen.kind), writer.table.column(Seen.key))
    let (low, high) = (writer.table.column(Seen.daysLow), writer.table.column(Seen.daysHigh))
    for entry in entries {
      kind.append(entry.kind)
      key.append(entry.key.number)
      low.append(entry.days.low)
      high.append(entry.days.high)
      try writer.endRow()
    }
    try writer.finish()
  }
}

extension SeenTable {
  /// The entries of one kind.
  package func entries(of kind: Seen.Kind) -> ArraySlice<Entry> {
    let cells = Int(kind.rawValue) << SeenTable.startBits
    return entries[start(cells)..<start(cells + 1 << SeenTable.startBits)]
  }

  /// Where the entries of a cell begin.
  private func start(_ cell: Int) -> Int {
    cell < starts.count ? Int(starts[cell]) : entries.count
  }

  /// Where the entries of a kind from a key on begin.
  private func firstIndex(_ kind: Seen.Kind, from key: SeenKey) -> Int {
    let cell = SeenTable.cell(kind.rawValue, key)
    var (low, high) = (start(cell), start(cell + 1))
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The entries of one subject, by host.
  package func entries(_ kind: Seen.Kind, subject: UInt64) -> ArraySlice<Entry> {
    let first = SeenKey(subject: subject, host: 0)
    return entries[firstIndex(kind, from: first)...].prefix {
      $0.kind == kind.rawValue && $0.key.subject == first.subject
    }
  }

  /// On which days a host met a subject.
  package func days(_ kind: Seen.Kind, _ key: SeenKey) -> DayBits {
    let index = firstIndex(kind, from: key)
    guard index < entries.count, entries[index].kind == kind.rawValue, entries[index].key == key
    else { return DayBits() }
    return entries[index].days
  }

  /// On which days any host met a subject, and how many hosts did within the last 28.
  package func site(_ kind: Seen.Kind, subject: UInt64) -> (days: DayBits, hostCount: Int) {
    let first = SeenKey(subject: subject, host: 0)
    var index = firstIndex(kind, from: first)
    var days = DayBits()
    var hostCount = 0
    while index < entries.count, entries[index].kind == kind.rawValue,
      entries[index].key.subject == first.subject
    {
      days.formUnion(entries[index].days)
      if entries[index].days.isSeen(within: 28) { hostCount += 1 }
      index += 1
    }
    return (days, hostCount)
  }

  /// The 24 bits of each host that met a subject within the last 28 days.
  package func hosts(_ kind: Seen.Kind, subject: UInt64) -> [UInt32] {
    let first = SeenKey(subject: subject, host: 0)
    var index = firstIndex(kind, from: first)
    var hosts: [UInt32] = []
    while index < entries.count, entries[index].kind == kind.rawValue,
      entries[index].key.subject == first.subject
    {
      if entries[index].days.isSeen(within: 28) { hosts.append(entries[index].key.host) }
      index += 1
    }
    return hosts
  }
}

extension DayTables {
  /// What the day adds to `seen.arrow`, by kind and key, each once.
  package func seenKeys() throws -> [(kind: UInt8, key: SeenKey)] {
    var hashOfHost: [String: UInt64] = [:]
    var keys: [(kind: UInt8, key: SeenKey)] = []
    func add(_ kind: Seen.Kind, _ subject: UInt64, _ host: UInt64) {
      keys.append((kind.rawValue, SeenKey(subject: subject, host: host)))
    }
    let hosts = try HostHourCursor(hostHours, day: day)
    while let host = try hosts.take()?.host {
      let hash = keyHash(host.text)
      hashOfHost[host.text] = hash
      keys.append((Seen.Kind.host.rawValue, SeenKey(number: hash)))
    }
    if !hashOfHost.isEmpty { keys.append((Seen.Kind.site.rawValue, SeenKey(number: 0))) }
    try pairs.forEachBatch { batch in
      let pair = PairBatch(batch)
      for row in 0..<pair.rowCount {
        guard let originator = pair.originator[row], let host = hashOfHost[originator] else {
          continue
        }
        let responder = pair.responder.bytes(row)
        guard pair.kind[row] == PairKind.conversation.rawValue else {
          add(.name, Subject.domain(responder), host)
          continue
        }
        add(.destination, Subject.destination(responder), host)
        add(
          .port, Subject.port(pair.port.value(row), protocol: pair.ianaNumber.value(row)), host)
        if let network = Subject.network(responder) { add(.network, network, host) }
        if pair.isExternal[row] ?? false, pair.failed.value(row) < pair.conversations.value(row) {
          add(.outside, Subject.outside, host)
        }
      }
    }
    try services.forEachBatch { batch in
      let host = batch[Service.host]
      let (port, number) = (batch[Service.port], batch[Service.ianaNumber])
      for row in 0..<batch.rowCount {
        guard let name = host[row], let hash = hashOfHost[name] else { continue }
        add(.service, Subject.port(port.value(row), protocol: number.value(row)), hash)
      }
    }
    // A client that shuffles its handshakes has another fingerprint in each of them.
    let handshakesPerHost = 64
    var (lastHost, handshakeCount) = (UInt64(0), 0)
    try handshakes.forEachBatch { batch in
      let (host, kind) = (batch[Handshake.host], batch[Handshake.kind])
      let value = batch[Handshake.value]
      for row in 0..<batch.rowCount {
        guard let name = host[row], let hash = hashOfHost[name],
          let (kind, subject) = Subject.handshake(kind.value(row), value.bytes(row))
        else { continue }
        if hash != lastHost { (lastHost, handshakeCount) = (hash, 0) }
        handshakeCount += 1
        if handshakeCount <= handshakesPerHost { add(kind, subject, hash) }
      }
    }
    try self[Alert.schema].forEachBatch { batch in
      let (host, rule) = (batch[Alert.host], batch[Alert.rule])
      for row in 0..<batch.rowCount {
        guard let name = host[row], let hash = hashOfHost[name] else { continue }
        add(.alertRule, Subject.destination(rule.bytes(row)), hash)
      }
    }
    try LoginRow.forEach(in: logins) { login in
      guard login.successes > 0, !login.user.isEmpty else { return }
      let user = keyHash(login.user)
      add(.loginSource, user, login.sourceSubject)
      add(.loginDestination, user, keyHash(login.destination))
      if !login.device.isEmpty { add(.loginDevice, user, keyHash(login.device)) }
    }
    let areLoginsShifted = try hasShiftedLogins()
    try LoginPlaceRow.forEachUser(in: loginPlaces) { rows in
      let user = keyHash(rows[0].user)
      for row in rows {
        if let coordinates = row.coordinates { add(.loginPlace, user, Subject.place(coordinates)) }
        if let country = row.country { add(.loginPlace, user, Subject.country(country)) }
      }
      guard !areLoginsShifted else { return }
      Journey.forEach(in: rows, within: Journey.besideMicroseconds) { journey in
        guard journey.kilometres ?? 0 >= Journey.farKilometres else { return }
        let ends = (journey.from.network, journey.to.network)
        for (network, other) in [ends, (ends.1, ends.0)] {
          let key = SeenKey(network: network, user: user, otherNetwork: other)
          keys.append((Seen.Kind.loginBeside.rawValue, key))
        }
      }
    }
    var requests = try RequestCursor(self)
    while let server = requests.server {
      let host = keyHash(server)
      for row in try requests.take() where row.answered > 0 {
        add(.requestShape, row.subject, host)
      }
    }
    keys.sort { $0 < $1 }
    var unique: [(kind: UInt8, key: SeenKey)] = []
    unique.reserveCapacity(keys.count)
    for key in keys where unique.last.map({ $0 < key }) ?? true { unique.append(key) }
    return unique
  }
}
