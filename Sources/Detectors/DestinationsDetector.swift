import Columnar
import Events
import Features
import Glibc

/// Hosts that meet more new networks, ports and services than they are used to, weighed by how rare
/// these are among their peers.
///
/// The score is the sum of the surprises in bits, −log2 P(X ≥ n) of a negative binomial with the
/// host's usual number of new things a day.
struct DestinationsDetector: Detector {
  let name = "destinations"
  let neededDays = 3
  let eventClasses: [EventClass] = [.flow]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let limits = Limits(
      floor: try settings.number("floor"), ceiling: try settings.number("ceiling"),
      shape: try settings.number("shape"), cap: try settings.number("cap"))
    let habits = NoveltyHabits(inputs.state)
    let opened = try OpenedServices(inputs)
    var found = NewThings()
    func judge() throws {
      guard let host = found.host?.text, !inputs.isNew(host),
        let record = inputs.state.hosts[host]
      else { return }
      found.services = opened.byHost[host] ?? []
      if let one = verdict(on: found, host: record, habits: habits, inputs, limits) {
        try vote(one)
      }
    }
    try inputs.tables.pairs.forEachBatch { batch in
      let pairs = PairBatch(batch)
      for row in 0..<pairs.rowCount
      where pairs.kind[row] == PairKind.conversation.rawValue {
        let pair = pairs.row(row)
        if pair.key.originator != found.host {
          try judge()
          found = NewThings(host: pair.key.originator)
        }
        if !opened.isShared(pair) { found.add(pair, inputs: inputs) }
      }
    }
    try judge()
  }

  private struct Limits {
    let floor, ceiling, shape, cap: Double
  }

  private func verdict(
    on found: NewThings, host: HostRecord, habits: NoveltyHabits, _ inputs: ScoringInputs,
    _ limits: Limits
  ) -> RawVote? {
    var evidence: [Evidence] = []
    var lead: (bits: Double, thing: NewThings.Thing)?
    func judge(_ things: [NewThings.Thing], _ kind: Seen.Kind, _ feature: String) {
      let weights = things.map { habits.rarity(kind, subject: $0.subject, host: host) }
      let weight = weights.reduce(0, +)
      let mean = habits.mean(kind, host: host)
      let bits = min(
        NegativeBinomial.surprise(weight, mean: mean, shape: limits.shape), limits.cap)
      guard bits > 0 else { return }
      let rarest = zip(things, weights).max { ($0.1, $1.0.time) < ($1.1, $0.0.time) }
      if let rarest, bits > lead?.bits ?? 0 { lead = (bits, rarest.0) }
      evidence.append(
        Evidence(
          feature, contribution: bits, actual: Double(things.count), typical: mean,
          spread: (mean + mean * mean / limits.shape).squareRoot()))
    }
    judge(found.networks, .network, "new_networks")
    judge(found.ports, .port, "new_ports")
    judge(found.services, .service, "new_services")
    evidence.sort { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
    let score = evidence.reduce(0) { $0 + $1.contribution }
    guard score >= limits.floor, let lead else { return nil }
    return RawVote(
      entity: host.name, window: inputs.window(of: lead.thing.time), detector: name,
      score: score, floor: limits.floor, ceiling: limits.ceiling, peer: lead.thing.peer,
      evidence: evidence)
  }
}

extension ScoringInputs {
  /// 1 for what at most 2 % of hosts, or one, met within the last 28 days, 0 for what at least half
  /// did, in between by the logarithm.
  func rarity(_ kind: Seen.Kind, subject: UInt64) -> Double {
    Prevalence.rarity(hostCount: hostCount(kind, subject: subject), of: population)
  }
}
