import Events
import Features

/// Which host of the site most of what each other one was asked on a day beyond its habit came
/// from.
struct Instigators: Sendable {
  /// How much more one host asked than on its busiest day before.
  private struct Excess: Sendable {
    var total = 0.0
    var largest = 0.0
    var originator: NamedEndpoint?

    mutating func add(_ count: Double, of originator: NamedEndpoint) {
      total += count
      if count > largest { (largest, self.originator) = (count, originator) }
    }
  }
  private struct Asked: Sendable {
    var all = Excess()
    var failed = Excess()
  }
  /// Of what the site's hosts asked too much, and of what the finding says is too much, which may
  /// have come from outside.
  private static let leastShare = 0.5
  private var asked: [NamedEndpoint: Asked] = [:]

  /// Compares the conversations of each pair with the most that it had on one of the days before.
  init(_ tables: DayTables, _ state: SiteState) throws {
    let today = try PairCursor(pairs: tables.pairs, values: tables.pairValues, day: tables.day)
    let history = try PairCursor(
      pairs: state.pairHistory, values: state.pairHistoryValues, day: tables.day)
    // Of one originator and responder; pairs differ in their ports.
    var ends: (originator: NamedEndpoint, responder: NamedEndpoint)?
    var all = 0.0
    var failed = 0.0
    func endPair() {
      guard let ends, all > 0 else { return }
      asked[ends.responder, default: Asked()].all.add(all, of: ends.originator)
      asked[ends.responder]?.failed.add(min(all, failed), of: ends.originator)
      (all, failed) = (0, 0)
    }
    while today.isConversation {
      if !today.isExternal, let pair = today.current {
        if let last = ends,
          last.originator != pair.key.originator || last.responder != pair.key.responder
        {
          endPair()
        }
        ends = (pair.key.originator, pair.key.responder)
        let past = try history.advance(to: today) ? history : nil
        all += max(0, Double(pair.conversations) - (try past?.currentValues().busiestDay ?? 0))
        failed += Double(pair.failed)
      }
      try today.advance()
    }
    endPair()
  }

  /// The host that most of what a host was asked came from; nil where it came from several or from
  /// outside, or where the evidence is of something else as well.
  func instigator(of host: String, _ evidence: [Evidence]) -> String? {
    guard let lead = evidence.first, evidence.allSatisfy({ $0.feature.hasPrefix("in_") }),
      let asked = asked[NamedEndpoint(host)], let actual = lead.actual
    else { return nil }
    let excess: Excess
    switch lead.feature {
    case "in_conversations": excess = asked.all
    case "in_failed": excess = asked.failed
    default: return nil
    }
    let found = max(excess.total, actual - (lead.typical ?? 0))
    return excess.largest >= Instigators.leastShare * found ? excess.originator?.text : nil
  }
}
