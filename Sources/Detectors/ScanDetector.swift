import Columnar
import Events
import Features
import Glibc

/// Hosts that try many destinations, or many ports of one, that don't answer: the threshold random
/// walk over first contacts (Jung, Paxson, Berger, Balakrishnan 2004), θ0 = .8, θ1 = .2,
/// α = β = .01. Works without history.
struct ScanDetector: Detector {
  let name = "scan"
  let specificity = Specificity.technique
  let neededDays = 0
  let eventClasses: [EventClass] = [.flow]
  // Without addresses or ports it sees less, never more.
  let misledBy: Set<SourceFault.Kind> = []

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let limits = Limits(
      floor: try settings.number("floor"), ceiling: try settings.number("ceiling"),
      usualSpreads: try settings.number("usual_spreads"),
      blindPenalty: try settings.number("blind_penalty"))
    let knowsOutcomes = try ScanDetector.knowsOutcomes(inputs.tables.pairs)
    var contacts = HostContacts(host: nil)
    try inputs.tables.pairs.forEachBatch { batch in
      let pairs = PairBatch(batch)
      for row in 0..<pairs.rowCount
      where pairs.kind[row] == PairKind.conversation.rawValue {
        let pair = pairs.row(row)
        if pair.key.originator != contacts.host {
          try judge(contacts, inputs, limits, knowsOutcomes, vote)
          contacts = HostContacts(host: pair.key.originator)
        }
        contacts.add(pair)
      }
    }
    try judge(contacts, inputs, limits, knowsOutcomes, vote)
  }

  private struct Limits {
    let floor, ceiling, usualSpreads, blindPenalty: Double
  }

  /// Logs without state or counters call every conversation answered.
  private static func knowsOutcomes(_ pairs: any BatchSource) throws -> Bool {
    var conversations: Int64 = 0
    var failed: Int64 = 0
    try pairs.forEachBatch { batch in
      let pair = PairBatch(batch)
      for row in 0..<pair.rowCount {
        conversations += pair.conversations.value(row)
        failed += pair.failed.value(row)
      }
    }
    return failed > 0 || conversations < 1000
  }

  private func judge(
    _ contacts: HostContacts, _ inputs: ScoringInputs, _ limits: Limits, _ knowsOutcomes: Bool,
    _ vote: (RawVote) throws -> Void
  ) throws {
    guard let host = contacts.host?.text else { return }
    let record = inputs.state.hosts[host]
    let scans = contacts.scans(
      isKnown: { destination in
        let key = SeenKey(subject: keyHash(destination), host: keyHash(host))
        return !inputs.state.seen.days(.destination, key).isEmpty
      }, knowsOutcomes: knowsOutcomes)
    for scan in scans {
      let isDestinations = scan.peer == nil
      let usual = record?.unanswered ?? Center(median: 0, deviation: 0)
      let spread = max(1.4826 * usual.deviation, 0.35)
      let isUsual =
        isDestinations && record != nil && inputs.state.dayCount >= 3
        && log1p(Double(scan.times.count)) < usual.median + limits.usualSpreads * spread
      if isUsual { continue }
      let carried = isDestinations && knowsOutcomes ? record?.unansweredInWeek ?? 0 : 0
      for (count, time) in scan.alerts(carried: carried) {
        let score = log10(Double(count)) - (knowsOutcomes ? 0 : limits.blindPenalty)
        try vote(
          RawVote(
            entity: host, window: inputs.window(of: time), detector: name, score: score,
            floor: limits.floor, ceiling: knowsOutcomes ? limits.ceiling : .infinity,
            peer: scan.peer,
            evidence: [
              Evidence(
                isDestinations ? "unanswered_destinations" : "unanswered_ports",
                contribution: score, actual: Double(count), typical: expm1(usual.median),
                spread: expm1(usual.median + spread) - expm1(usual.median)),
              Evidence("answered_first_contacts", contribution: 0, actual: Double(scan.answered)),
            ]))
      }
    }
  }
}

/// A host's first contacts of a day.
struct HostContacts {
  struct Scan {
    /// The one destination of a port scan; nil for many.
    let peer: String?
    /// When each destination or port was first tried in vain, ascending.
    var times: [Instant]
    var answered: Int

    /// The tries that reach a power of ten from 10 on, and the day's last, each with the number of
    /// tries by then.
    /// - Parameter carried: destinations tried in vain on the days before.
    func alerts(carried: Int) -> [(count: Int, time: Instant)] {
      guard let last = times.last, carried + times.count >= 10 else { return [] }
      var alerts: [(count: Int, time: Instant)] = []
      var power = 10
      while power < carried + times.count {
        if power > carried { alerts.append((power, times[power - carried - 1])) }
        power *= 10
      }
      alerts.append((carried + times.count, last))
      return alerts
    }
  }

  let host: NamedEndpoint?
  /// In the order of `pairs.arrow`: all ports of a destination together.
  private var tries: [(destination: String, time: Instant, isAnswered: Bool)] = []

  init(host: NamedEndpoint?) { self.host = host }

  mutating func add(_ pair: PairRow) {
    tries.append((pair.key.responder.text, pair.firstTime, pair.failed < pair.conversations))
  }

  /// The scans that the walk finds.
  /// - Parameters:
  ///   - isKnown: whether the host spoke to a destination on an earlier day.
  ///   - knowsOutcomes: without outcomes every new destination counts as tried in vain.
  func scans(isKnown: (String) -> Bool, knowsOutcomes: Bool) -> [Scan] {
    var destinations: [(time: Instant, isAnswered: Bool)] = []
    var scans: [Scan] = []
    var start = 0
    while start < tries.count {
      var end = start + 1
      while end < tries.count && tries[end].destination == tries[start].destination { end += 1 }
      let ports = tries[start..<end]
      if ports.count >= 10,
        let scan = RandomWalk.scan(
          ports.map { ($0.time, knowsOutcomes && $0.isAnswered) }, peer: tries[start].destination)
      {
        scans.append(scan)
      }
      if !isKnown(tries[start].destination), let first = ports.map(\.time).min() {
        destinations.append((first, knowsOutcomes && ports.contains { $0.isAnswered }))
      }
      start = end
    }
    if let scan = RandomWalk.scan(destinations, peer: nil) { scans.insert(scan, at: 0) }
    return scans
  }
}

/// The threshold random walk (Jung et al. 2004, eq. 4 … 9).
enum RandomWalk {
  /// ln((1 − θ1) / (1 − θ0)) for an unanswered first contact; its negative for an answered one.
  static let step = log(0.8 / 0.2)
  /// ln((1 − β) / α); its negative clears.
  static let bound = log(0.99 / 0.01)

  /// The unanswered first contacts of a host for which the walk ends at "scanner" at any time.
  /// After it ends at "no scanner" it starts again.
  static func scan(
    _ contacts: [(time: Instant, isAnswered: Bool)], peer: String?
  ) -> HostContacts.Scan? {
    let ordered = contacts.sorted {
      ($0.time, $0.isAnswered ? 1 : 0) < ($1.time, $1.isAnswered ? 1 : 0)
    }
    var walk = 0.0
    var isScanner = false
    for contact in ordered where !isScanner {
      walk += contact.isAnswered ? -step : step
      if walk >= bound { isScanner = true }
      if walk <= -bound { walk = 0 }
    }
    guard isScanner else { return nil }
    return HostContacts.Scan(
      peer: peer, times: ordered.filter { !$0.isAnswered }.map(\.time),
      answered: ordered.count { $0.isAnswered })
  }
}
