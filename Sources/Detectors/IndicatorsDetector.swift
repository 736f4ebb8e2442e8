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

  init(_ inputs: ScoringInputs, _ indicators: IndicatorInputs) throws {
    let tables = inputs.tables
    let lookup = try IndicatorLookup(
      indicators.set,
      in: IndicatorTables(
        pairs: tables.pairs, domains: tables.domains, logins: tables.logins,
        events: indicators.events),
      isHost: { inputs.activeHours[$0] != nil })
    try lookup.forEach { add($0) }
  }

  private mutating func add(_ contact: IndicatorContact) {
    let key = Key(host: contact.host, index: contact.index)
    var hit = hits[key] ?? Hit(index: contact.index)
    hit.count += contact.count
    hit.firstTime = min(hit.firstTime, contact.firstTime)
    hits[key] = hit
    hosts[contact.index, default: []].insert(contact.host)
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
