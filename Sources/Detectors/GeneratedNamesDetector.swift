import Columnar
import Events
import Features
import Glibc

/// Hosts that ask for many domains that nobody of the site asked for before and that look drawn by
/// chance or do not exist: an algorithm that searches for its master (Yadav et al. 2010,
/// doi:10.1145/1879141.1879148; Antonakakis et al. 2012).
///
/// z = (log1p(Σ weight of new domains) − median) / max(1.4826 MAD, floor), against the host's own
/// days, drawn towards its peers; of the day, or of the week against seven such days.
struct GeneratedNamesDetector: Detector {
  let name = "dga"
  let specificity = Specificity.technique
  let neededDays = 3
  let eventClasses: [EventClass] = [.dns]
  let misledBy: Set<SourceFault.Kind> = [.keys]

  func obstacle(_ inputs: ScoringInputs) -> String? {
    inputs.learning([.name], days: neededDays, of: "names")
  }

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastDomains = try settings.number("least_domains")
    let leastSpread = try settings.number("least_spread")
    let weekSpread = try settings.number("week_spread")
    let model = try NameModel(inputs.state.nameGrams)
    let novelty = DomainNovelty(asOf: inputs.day, seen: inputs.state.seen)
    let peers = NamePeers(inputs.state, \.generated)
    let domains = try AskedDomains(inputs)
    try domains.forEachHost { host, rows in
      var found = NewDomains()
      for row in rows where novelty.firstDay(row.subject) == nil {
        found.add(row, model: model, hostCount: domains.hostCount(row.subject), inputs)
      }
      guard found.weight > 0 else { return }
      let usual = peers.usual(host)
      let spread = max(1.4826 * usual.deviation, leastSpread)
      // A domain a day that does not exist is nobody's.
      let usualWeek = log1p(7 * max(1, expm1(usual.median)))
      let week = found.weight + (inputs.state.nameHabits[host]?.generatedInWeek ?? 0)
      // A burst counts on its own day only.
      let isSpread = 14 * found.weight >= week
      let ofWeek = isSpread ? (log1p(week) - usualWeek) / (spread * weekSpread) : 0
      let z = max(
        found.weight >= leastDomains ? (log1p(found.weight) - usual.median) / spread : 0, ofWeek)
      guard z >= floor else { return }
      let queries = rows.reduce(0) { $0 + $1.queries }
      let missing = rows.reduce(0) { $0 + $1.missing }
      try vote(
        RawVote(
          entity: host, window: inputs.window(of: found.firstTime), detector: name, score: z,
          floor: floor, ceiling: ceiling, peer: found.example,
          evidence: [
            Evidence(
              "new_domains_as_generated", contribution: z, actual: found.weight,
              typical: expm1(usual.median),
              spread: expm1(usual.median + spread) - expm1(usual.median)
            ),
            Evidence(
              "new_domains_missing", contribution: found.missing / Double(max(1, rows.count)),
              actual: found.missing),
            Evidence(
              "missing_share", contribution: 0, actual: Double(missing) / Double(max(1, queries))),
          ]))
    }
  }
}

/// The domains that a host asked for and nobody before.
private struct NewDomains {
  private(set) var weight = 0.0
  private(set) var missing = 0.0
  private(set) var firstTime = Instant(microseconds: .max)
  /// The one that looks most as if generated.
  private(set) var example: String?
  private var most = 0.0

  mutating func add(
    _ row: AskedDomains.Row, model: NameModel, hostCount: Int, _ inputs: ScoringInputs
  ) {
    let rarity = Prevalence.rarity(hostCount: hostCount, of: inputs.population)
    let part =
      rarity * model.weight(ofUnseen: row.rows.domain.bytes(row.index), isMissing: row.isMissing)
    guard part > 0 else { return }
    weight += part
    if row.isMissing { missing += 1 }
    if part >= 0.5 { firstTime = min(firstTime, row.rows.firstTime.value(row.index)) }
    if part > most { (most, example) = (part, row.domain) }
  }
}
