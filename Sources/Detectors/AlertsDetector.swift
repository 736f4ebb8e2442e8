import Columnar
import Events
import Features
import Glibc

/// Rules of intrusion detectors and virus scanners that named a host and hardly ever do: evidence
/// beside what other detectors find, never a finding of its own.
///
/// The score is the sum, over the host's three strangest rules, of the surprise in bits that the
/// rule names this host on a day, by its severity. Rules that name most hosts, or somebody on most
/// days, weigh nothing.
struct AlertsDetector: Detector {
  let name = "ids"
  let specificity = Specificity.technique
  let neededDays = 3
  let eventClasses: [EventClass] = [.alert]
  let corroborates = true

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let weights = try SeverityWeights(settings)
    let rules = RulePrevalence(inputs)
    var (host, alerts) = ("", [RatedAlert]())
    func judge() throws {
      alerts.sort { ($1.score, $0.rule) < ($0.score, $1.rule) }
      let telling = alerts.prefix(3).filter { $0.score > 0 }
      let score = telling.reduce(0) { $0 + $1.score }
      guard let lead = telling.first, score >= floor else { return }
      try vote(
        RawVote(
          entity: host, window: inputs.window(of: lead.time), detector: name, score: score,
          floor: floor, ceiling: ceiling, peer: lead.rule,
          evidence: [
            Evidence(
              "rare_alert_rules", contribution: score, actual: Double(telling.count), typical: 0),
            Evidence("alerts_of_rule", contribution: 0, actual: Double(lead.count)),
            Evidence("alert_severity", contribution: 0, actual: Double(lead.severity)),
          ]))
    }
    try inputs.tables[Alert.schema].forEachBatch { batch in
      let (hosts, names) = (batch[Alert.host], batch[Alert.rule])
      let (counts, severities) = (batch[Alert.count], batch[Alert.severity])
      let times = batch[Alert.firstTime]
      for row in 0..<batch.rowCount {
        guard let name = hosts[row], let rule = names[row], inputs.activeHours[name] != nil else {
          continue
        }
        if name != host {
          try judge()
          (host, alerts) = (name, [])
        }
        let severity = severities.value(row)
        alerts.append(
          RatedAlert(
            rule: rule, score: rules.surprise(of: rule, at: name) * weights[severity],
            count: counts.value(row), severity: severity, time: times.value(row)))
      }
    }
    try judge()
  }
}

private struct RatedAlert {
  let rule: String
  let score: Double
  let count: Int64
  let severity: UInt8
  let time: Instant
}

/// What an alert's severity makes of its surprise.
private struct SeverityWeights {
  private let weights: [Double]

  init(_ settings: Settings) throws {
    weights = try ["unknown", "informational", "low", "medium", "high", "critical", "critical"].map
    {
      try settings.number("weight_\($0)")
    }
  }

  subscript(severity: UInt8) -> Double { weights[min(Int(severity), weights.count - 1)] }
}

/// How usual it is that a rule names a host.
private struct RulePrevalence {
  /// Fewer hosts that share a rule make it no rule that fires at somebody every day.
  private static let leastHosts = 3
  private let inputs: ScoringInputs
  private let hostDays, days: Double

  init(_ inputs: ScoringInputs) {
    self.inputs = inputs
    hostDays = inputs.state.hosts.values.reduce(0) { $0 + Double($1.daysSeen) }
    days = Double(min(28, max(1, inputs.state.dayCount)))
  }

  /// In bits, 0 for what is noise.
  func surprise(of rule: String, at host: String) -> Double {
    let subject = keyHash(rule)
    let (siteDays, ownDays, hostCount) = (
      inputs.state.seen.site(.alertRule, subject: subject).days,
      inputs.state.seen.days(.alertRule, SeenKey(subject: subject, host: keyHash(host))),
      inputs.hostCount(.alertRule, subject: subject)
    )
    let siteShare = (Double(inputs.namedHostDays(subject)) + 0.5) / (hostDays + 1)
    let known = Double(inputs.state.hosts[host]?.daysSeen ?? 0)
    let share = (Double(ownDays.countOfMonth) + 4 * siteShare) / (known + 4)
    let hostShare = Double(hostCount) / Double(inputs.population)
    let dayShare =
      hostCount >= RulePrevalence.leastHosts ? Double(siteDays.countOfMonth) / days : 0
    return -log2(min(1, share)) * max(0, 1 - 2 * max(hostShare, dayShare))
  }
}

extension DayBits {
  /// Days of the last 28.
  fileprivate var countOfMonth: Int { (low & (1 << 28 - 1)).nonzeroBitCount }
}

extension ScoringInputs {
  /// Host-days of the last 28 on which a rule named a host.
  fileprivate func namedHostDays(_ subject: UInt64) -> Int {
    state.seen.entries(.alertRule, subject: subject).reduce(0) { $0 + $1.days.countOfMonth }
  }
}
