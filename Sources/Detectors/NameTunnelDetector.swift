import Columnar
import Events
import Features
import Glibc

/// Hosts whose questions for names under one domain carry more than such questions usually do, in
/// a day or over weeks: a tunnel through the name service.
///
/// z = (log1p(information in the different names below the domain) − median) /
/// max(1.4826 MAD, floor), against the most that the host, drawn towards its peers, gave to any
/// domain by each of its days; less where many hosts know the domain, more where the questions are
/// of types that ordinary clients hardly ask for. For young domains all counts that they were given
/// within 28 days; for others, what is beyond their usual day. Length times entropy as the measure
/// of what names carry: Nadler, Aminov, Shabtai 2019, doi:10.1016/j.cose.2018.09.006.
struct NameTunnelDetector: Detector {
  let name = "dns-tunnel"
  let specificity = Specificity.technique
  let neededDays = 3
  let eventClasses: [EventClass] = [.dns]
  let misledBy: Set<SourceFault.Kind> = [.repeated, .keys]

  func obstacle(_ inputs: ScoringInputs) -> String? {
    inputs.learning([.name], days: neededDays, of: "names")
  }

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastBytes = try settings.number("least_bytes")
    let leastSpread = try settings.number("least_spread")
    let typeWeight = try settings.number("unusual_type_weight")
    let histories = try NameHistories(inputs.state.nameHistory)
    let novelty = DomainNovelty(asOf: inputs.day, seen: inputs.state.seen)
    let peers = NamePeers(inputs.state, \.carried)
    let domains = try AskedDomains(inputs)
    try domains.forEachHost { host, rows in
      let usual = peers.usual(host)
      let hash = keyHash(host)
      for row in rows {
        let today = row.rows.carriedBits(row.index)
        let before = histories.bits(SeenKey(subject: row.subject, host: hash))
        // What nearly all went on earlier days was judged on those.
        guard Double(today + before) / 8 >= leastBytes, today * 20 >= before else { continue }
        let first = novelty.firstDay(row.subject)
        let carried = CarriedBits(
          today: today, before: before, earlierDays: min(28, inputs.state.dayCount),
          isYoung: novelty.isYoung(first, on: inputs.day)
        ).bytes
        guard carried >= leastBytes else { continue }
        let figure = YoungFigure(
          carried, unit: NameHabits.carriedUnit, usual: usual, leastSpread: leastSpread,
          hostCount: domains.hostCount(row.subject), population: inputs.population)
        let unusual =
          Double(row.rows.unusualTypes.value(row.index)) / Double(max(1, row.queries))
        let score = figure.score * (1 + typeWeight * unusual)
        guard score >= floor else { continue }
        try vote(
          RawVote(
            entity: host, window: inputs.wholeDay, detector: name, score: score, floor: floor,
            ceiling: ceiling, peer: row.domain,
            evidence: [
              figure.evidence("bytes_in_names"),
              Evidence(
                "names_under_domain", contribution: figure.rarity,
                actual: Double(row.rows.names.value(row.index))),
              Evidence("unusual_types_share", contribution: unusual, actual: unusual),
            ]))
      }
    }
  }
}
