import Columnar
import Events
import Features
import Glibc
import Indicators

/// What lists of indicators are looked up in beside the day's tables.
package struct IndicatorInputs: Sendable {
  /// Those that count on the day.
  package let set: IndicatorSet
  /// The day's queries and handshakes.
  package let events: [EventClass: any BatchSource]

  package init(set: IndicatorSet, events: [EventClass: any BatchSource]) {
    self.set = set
    self.events = events
  }
}

/// Hosts that deal with what a list says is bad: addresses, networks, domains, fingerprints of TLS
/// clients.
///
/// An address or a domain is certain; a fingerprint is not, since honest clients share them; nor is
/// what many hosts of the site deal with, which is more likely a mistake of the list.
struct IndicatorsDetector: Detector {
  let name = "indicators"
  let specificity = Specificity.technique
  let neededDays = 0
  let eventClasses: [EventClass] = [.flow, .dns, .http, .tls, .auth, .vpn]
  // What is missing is not found, nothing else.
  let misledBy: Set<SourceFault.Kind> = []

  func obstacle(_ inputs: ScoringInputs) -> String? {
    inputs.indicators == nil ? "no lists of indicators in the site file" : nil
  }

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    guard let indicators = inputs.indicators else { return }
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let sharedScore = try settings.number("shared_score")
    let commonScore = try settings.number("common_score")
    let commonHosts = Int(try settings.number("common_hosts"))
    let commonShare = try settings.number("common_share")
    let perHost = Int(try settings.number("findings_per_host"))
    let hits = try IndicatorHits(inputs, indicators)
    for (host, found) in hits.byHost() {
      let rated = found.map { hit in
        let indicator = indicators.set.indicators[hit.index]
        let hosts = max(hits.hostCount(hit.index), inputs.hostCount(indicator))
        let isCommon =
          hosts >= commonHosts && Double(hosts) >= commonShare * Double(inputs.population)
        let base = indicator.isShared ? sharedScore : ceiling
        // None of the many stands out for dealing with it more often.
        let score = isCommon ? commonScore : base + min(1, log10(Double(hit.count)) / 10)
        return (hit: hit, hosts: hosts, score: score)
      }
      let strongest = rated.sorted { ($1.score, $0.hit.index) < ($0.score, $1.hit.index) }
      for (hit, hosts, score) in strongest.prefix(perHost) {
        let indicator = indicators.set.indicators[hit.index]
        let age = indicator.from.map { Double(inputs.day.dayNumber - $0.dayNumber) }
        try vote(
          RawVote(
            entity: host, window: inputs.window(of: hit.firstTime), detector: name, score: score,
            floor: floor, ceiling: ceiling, peer: "\(indicator.text) (\(indicator.origin))",
            evidence: [
              Evidence("indicator_contacts", contribution: score, actual: Double(hit.count)),
              Evidence("hosts_at_indicator", contribution: 0, actual: Double(hosts)),
            ] + (age.map { [Evidence("days_listed", contribution: 0, actual: $0)] } ?? [])))
      }
    }
  }
}

extension Indicator {
  /// Whether honest clients have to do with it as well.
  fileprivate var isShared: Bool {
    if case .fingerprint = value { true } else { isPart }
  }
}

extension ScoringInputs {
  /// Hosts of the last 28 days, or of this one, that are known to have met an indicator.
  fileprivate func hostCount(_ indicator: Indicator) -> Int {
    switch indicator.value {
    case .network(let network):
      guard network.prefixLength == 128 else { return 0 }
      return hostCount(.destination, subject: keyHash(network.address.description))
    case .domain(let name):
      // Names are remembered by their registered domain.
      return hostCount(.name, subject: keyHash(name))
    case .fingerprint: return 0
    }
  }
}

/// What the hosts of the site had to do with indicators on a day.
private struct IndicatorHits {
  struct Hit {
    let index: Int
    var count: Int64 = 0
    var firstTime = Instant(microseconds: .max)
  }
  private struct Key: Hashable {
    let host: String
    let index: Int
  }
  private var hits: [Key: Hit] = [:]
  private var hosts: [Int: Set<String>] = [:]
  private let inputs: ScoringInputs
  private let set: IndicatorSet
  /// Domains that a name server asked for because somebody asked it.
  private var handedOn: Set<SeenKey> = []

  init(_ inputs: ScoringInputs, _ indicators: IndicatorInputs) throws {
    self.inputs = inputs
    set = indicators.set
    try inputs.tables.domains.forEachBatch { batch in
      let rows = DomainBatch(batch)
      for row in 0..<rows.rowCount where !rows.isOwn(row) {
        handedOn.insert(
          SeenKey(subject: rows.subject(row), host: keyHash(rows.host[row] ?? "")))
      }
    }
    try inputs.tables.pairs.forEachBatch { batch in
      let pairs = PairBatch(batch)
      for row in 0..<pairs.rowCount where pairs.kind[row] != PairKind.dns.rawValue {
        let responder = pairs.responder.bytes(row)
        guard let index = index(of: responder) else { continue }
        let pair = pairs.row(row)
        add(pair.key.originator.text, index, pair.conversations, at: pair.firstTime)
      }
    }
    try LoginRow.forEach(in: inputs.tables.logins) { login in
      // Whoever was turned away is one of many strangers.
      guard login.isExternal, let time = login.firstSuccess,
        let index = Address(login.source).flatMap(set.index(of:))
      else { return }
      add(login.destination, index, login.successes, at: time)
    }
    try indicators.events[.dns]?.forEachBatch { [handedOn] batch in
      let names = batch[Event.dnsQuestion]
      try addNames(in: batch, Event.dnsQuestion) { row, host in
        handedOn.contains(
          SeenKey(subject: Subject.domain(names.bytes(row)), host: keyHash(host)))
      }
    }
    try indicators.events[.tls]?.forEachBatch { batch in
      try addNames(in: batch, Event.tlsServerName) { _, _ in false }
      try addFingerprints(in: batch, Event.tlsJA3)
      try addFingerprints(in: batch, Event.tlsJA4)
    }
  }

  private func index(of text: UnsafeRawBufferPointer) -> Int? {
    if let address = Address(parsing: text) { return set.index(of: address) }
    return set.index(ofName: text)
  }

  /// - Parameter isLeftOut: whether a row of a host doesn't count.
  private mutating func addNames(
    in batch: Batch, _ key: ColumnKey<Strings>, except isLeftOut: (Int, String) -> Bool
  ) throws {
    guard set.hasDomains else { return }
    let names = batch[key]
    try addRows(of: batch, except: isLeftOut) { [set] row in set.index(ofName: names.bytes(row)) }
  }

  private mutating func addFingerprints(in batch: Batch, _ key: ColumnKey<Strings>) throws {
    guard set.hasFingerprints else { return }
    let fingerprints = batch[key]
    try addRows(of: batch, except: { _, _ in false }) { [set] row in
      fingerprints[row].flatMap(set.index(ofFingerprint:))
    }
  }

  private mutating func addRows(
    of batch: Batch, except isLeftOut: (Int, String) -> Bool, _ find: (Int) -> Int?
  ) throws {
    let (addresses, hosts) = (batch[Event.sourceAddress], batch[Event.sourceHost])
    let times = batch[Event.time]
    for row in 0..<batch.rowCount {
      guard let index = find(row),
        let host = addresses[row]?.description ?? hosts[row], !isLeftOut(row, host)
      else { continue }
      add(host, index, 1, at: times.value(row))
    }
  }

  private mutating func add(_ host: String, _ index: Int, _ count: Int64, at time: Instant) {
    guard inputs.activeHours[host] != nil, host != HostHour.internet else { return }
    let key = Key(host: host, index: index)
    var hit = hits[key] ?? Hit(index: index)
    hit.count += count
    hit.firstTime = min(hit.firstTime, time)
    hits[key] = hit
    hosts[index, default: []].insert(host)
  }

  func hostCount(_ index: Int) -> Int { hosts[index]?.count ?? 0 }

  /// By host, in the order of their names.
  func byHost() -> [(host: String, hits: [Hit])] {
    var byHost: [String: [Hit]] = [:]
    for (key, hit) in hits { byHost[key.host, default: []].append(hit) }
    return byHost.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
      ($0.key, $0.value.sorted { $0.index < $1.index })
    }
  }
}
