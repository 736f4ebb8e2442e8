import Columnar
import Events
import Features
import Indicators

/// That a host of the site had to do with an indicator on a day.
package struct IndicatorContact: Sendable {
  /// Where it shows, and what is counted.
  package enum Way: Int, Comparable, Sendable {
    /// Conversations that the host began.
    case conversation
    /// Requests to an HTTP server of that name.
    case http
    /// Questions for a name.
    case dns
    /// TLS handshakes with a server of that name, or with that fingerprint.
    case tls
    /// Sign-ins at the host.
    case login

    package static func < (a: Way, b: Way) -> Bool { a.rawValue < b.rawValue }
  }
  package let host: String
  /// The indicator's place in the set.
  package let index: Int
  package let way: Way
  package let count: Int64
  /// Those of `count` that failed; nil where that is not looked at, as of questions, handshakes and
  /// sign-ins.
  package let failedCount: Int64?
  /// That the host sent; nil where none are stored.
  package let bytesSent: Int64?
  /// Of sign-ins the first that succeeded.
  package let firstTime: Instant
  /// Of sign-ins the last, whether or not it succeeded.
  package let lastTime: Instant
}

/// The tables of a day in which indicators are looked up.
package struct IndicatorTables {
  package let pairs: any BatchSource
  package let domains: any BatchSource
  package let logins: any BatchSource
  /// The day's queries and handshakes, as far as there are any.
  package let events: [EventClass: any BatchSource]

  package init(
    pairs: any BatchSource, domains: any BatchSource, logins: any BatchSource,
    events: [EventClass: any BatchSource]
  ) {
    self.pairs = pairs
    self.domains = domains
    self.logins = logins
    self.events = events
  }
}

/// Finds what hosts had to do with indicators on a day.
package struct IndicatorLookup {
  private let set: IndicatorSet
  private let tables: IndicatorTables
  private let isHost: (String) -> Bool
  /// Domains that a name server asked for because somebody asked it.
  private let handedOn: Set<SeenKey>

  /// - Parameter isHost: whether a name is that of a host of the site.
  package init(
    _ set: IndicatorSet, in tables: IndicatorTables, isHost: @escaping (String) -> Bool
  ) throws {
    self.set = set
    self.tables = tables
    self.isHost = isHost
    var handedOn: Set<SeenKey> = []
    try tables.domains.forEachBatch { batch in
      let rows = DomainBatch(batch)
      for row in 0..<rows.rowCount where !rows.isOwn(row) {
        handedOn.insert(
          SeenKey(subject: rows.subject(row), host: keyHash(rows.host[row] ?? "")))
      }
    }
    self.handedOn = handedOn
  }

  /// Calls `body` with each contact that the tables show; a host may have several with an
  /// indicator.
  package func forEach(_ body: (IndicatorContact) throws -> Void) throws {
    func report(_ contact: IndicatorContact) throws {
      if isHost(contact.host), contact.host != HostHour.internet { try body(contact) }
    }
    try forEachPair(report)
    try forEachLogin(report)
    try forEachEvent(report)
  }

  private func forEachPair(_ report: (IndicatorContact) throws -> Void) throws {
    try tables.pairs.forEachBatch { batch in
      let pairs = PairBatch(batch)
      for row in 0..<pairs.rowCount where pairs.kind[row] != PairKind.dns.rawValue {
        let responder = pairs.responder.bytes(row)
        guard let index = index(of: responder) else { continue }
        let pair = pairs.row(row)
        try report(
          IndicatorContact(
            host: pair.key.originator.text, index: index,
            way: pair.key.kind == .http ? .http : .conversation, count: pair.conversations,
            failedCount: pair.failed, bytesSent: pair.bytesSent > 0 ? pair.bytesSent : nil,
            firstTime: pair.firstTime, lastTime: pair.lastTime))
      }
    }
  }

  private func index(of text: UnsafeRawBufferPointer) -> Int? {
    if let address = Address(parsing: text) { return set.index(of: address) }
    return set.index(ofName: text)
  }

  private func forEachLogin(_ report: (IndicatorContact) throws -> Void) throws {
    try LoginRow.forEach(in: tables.logins) { login in
      // Whoever was turned away is one of many strangers.
      guard login.isExternal, let time = login.firstSuccess,
        let index = Address(login.source).flatMap(set.index(of:))
      else { return }
      try report(
        IndicatorContact(
          host: login.destination, index: index, way: .login, count: login.successes,
          failedCount: nil, bytesSent: nil, firstTime: time, lastTime: login.lastTime))
    }
  }

  private func forEachEvent(_ report: (IndicatorContact) throws -> Void) throws {
    try tables.events[.dns]?.forEachBatch { batch in
      let names = batch[Event.dnsQuestion]
      try forEachName(in: batch, Event.dnsQuestion, .dns, report) { row, host in
        handedOn.contains(
          SeenKey(subject: Subject.domain(names.bytes(row)), host: keyHash(host)))
      }
    }
    try tables.events[.tls]?.forEachBatch { batch in
      try forEachName(in: batch, Event.tlsServerName, .tls, report) { _, _ in false }
      try forEachFingerprint(in: batch, Event.tlsJA3, report)
      try forEachFingerprint(in: batch, Event.tlsJA4, report)
    }
  }

  /// - Parameter isLeftOut: whether a row of a host doesn't count.
  private func forEachName(
    in batch: Batch, _ key: ColumnKey<Strings>, _ way: IndicatorContact.Way,
    _ report: (IndicatorContact) throws -> Void, except isLeftOut: (Int, String) -> Bool
  ) throws {
    guard set.hasDomains else { return }
    let names = batch[key]
    try forEachRow(of: batch, way, report, except: isLeftOut) { set.index(ofName: names.bytes($0)) }
  }

  private func forEachFingerprint(
    in batch: Batch, _ key: ColumnKey<Strings>, _ report: (IndicatorContact) throws -> Void
  ) throws {
    guard set.hasFingerprints else { return }
    let fingerprints = batch[key]
    try forEachRow(of: batch, .tls, report, except: { _, _ in false }) { row in
      fingerprints[row].flatMap(set.index(ofFingerprint:))
    }
  }

  private func forEachRow(
    of batch: Batch, _ way: IndicatorContact.Way, _ report: (IndicatorContact) throws -> Void,
    except isLeftOut: (Int, String) -> Bool, _ find: (Int) -> Int?
  ) throws {
    let (addresses, hosts) = (batch[Event.sourceAddress], batch[Event.sourceHost])
    let times = batch[Event.time]
    for row in 0..<batch.rowCount {
      guard let index = find(row),
        let host = addresses[row]?.description ?? hosts[row], !isLeftOut(row, host)
      else { continue }
      let time = times.value(row)
      try report(
        IndicatorContact(
          host: host, index: index, way: way, count: 1, failedCount: nil, bytesSent: nil,
          firstTime: time, lastTime: time))
    }
  }
}
