import Events
import Features

/// Sign-ins that are not the user's habit, guessed passwords, one source trying many users, and
/// journeys that nobody can make.
///
/// Four findings, the first three in bits, −log2 P(X ≥ n) of negative binomials: a user with more
/// new sources, destinations and devices than usual, and with more failures before a success than
/// usual; a host of the site with more users failing, or more failures, than usual; the same of all
/// outside sources together at a destination; a user at two places at once (`JourneyJudge`). A
/// host's strongest findings are voted for: what a host of the site does counts for it, what comes
/// from outside for what was signed in to.
struct AuthDetector: Detector {
  let name = "auth"
  let specificity = Specificity.technique
  let neededDays = 3
  let eventClasses: [EventClass] = [.auth, .vpn]
  let misledBy: Set<SourceFault.Kind> = [.keys, .repeated]

  /// Of what was never logged everything is new.
  func obstacle(_ inputs: ScoringInputs) -> String? {
    let days = inputs.state.loginHabits.dayCount
    return days < neededDays
      ? "learning: \(days) of \(neededDays) earlier days of sign-ins" : nil
  }

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let judge = try LoginJudge(inputs, settings)
    var found: [LoginFinding] = []
    var outside: [String: OutsideLogins] = [:]
    var crowds: [String: Set<UInt64>] = [:]
    try LoginRow.forEachSource(in: inputs.tables.logins) { rows in
      guard LoginRow.areStrangers(rows) else { return }
      for row in rows where row.successes > 0 {
        crowds[row.destination, default: []].insert(keyHash(row.user))
      }
      for (destination, failed) in FailedLogins.byDestination(rows) {
        outside[destination, default: OutsideLogins()].add(failed, from: rows[0].source)
      }
    }
    try LoginRow.forEachSource(in: inputs.tables.logins) { rows in
      found += judge.users(rows) { crowds[$0]?.count ?? 0 }
      found += judge.guessing(by: rows)
    }
    for (destination, logins) in outside.sorted(by: { $0.key < $1.key }) {
      found += judge.guessing(at: destination, logins)
    }
    found += try JourneyJudge(inputs, settings).findings()
    found.sort()
    let perHost = Int(try settings.number("findings_per_host"))
    let (floor, ceiling) = (try settings.number("floor"), try settings.number("ceiling"))
    var (last, count) = ("", 0)
    for finding in found where finding.score >= floor {
      count = finding.host == last ? count + 1 : 1
      last = finding.host
      guard count <= perHost else { continue }
      try vote(
        RawVote(
          entity: finding.host, window: inputs.window(of: finding.time), detector: name,
          score: finding.score, floor: floor, ceiling: ceiling, peer: finding.peer,
          evidence: finding.evidence))
    }
  }
}
