import Events
import Features

/// Which host of the site most of what each other one was asked on a day beyond its habit came from.
struct Instigators {
  private struct Excess {
    var total = 0.0
    var largest = 0.0
    var originator: NamedEndpoint?
  }
  /// Of the excess, to be named.
  private static let leastShare = 0.5
  /// Measures of what a host is asked.
  private static let measures: Set<String> = ["in_conversations", "in_failed", "in_ports"]
  private var excesses: [NamedEndpoint: Excess] = [:]

  /// Compares the conversations of each pair with the most that it had on one of the days before.
  init(_ inputs: ScoringInputs) throws {
    let today = try PairCursor(
      pairs: inputs.tables.pairs, values: inputs.tables.pairValues, day: inputs.day)
    let history = try PairCursor(
      pairs: inputs.state.pairHistory, values: inputs.state.pairHistoryValues, day: inputs.day)
    // Of one originator and responder; pairs differ in their ports.
    var ends: (originator: NamedEndpoint, responder: NamedEndpoint)?
    var excess = 0.0
    func endPair() {
      guard let ends, excess > 0 else { return }
      var entry = excesses[ends.responder] ?? Excess()
      entry.total += excess
      if excess > entry.largest { (entry.largest, entry.originator) = (excess, ends.originator) }
      excesses[ends.responder] = entry
      excess = 0
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
        excess += max(
          0, Double(pair.conversations) - (try past?.currentValues().busiestDay ?? 0))
      }
      try today.advance()
    }
    endPair()
  }

  /// The host that most of what a host was asked came from; nil where it came from several, or
  /// where the evidence is foremost of something else.
  func instigator(of host: String, _ evidence: [Evidence]) -> String? {
    guard let feature = evidence.first?.feature, Instigators.measures.contains(feature),
      let excess = excesses[NamedEndpoint(host)],
      excess.largest >= Instigators.leastShare * excess.total
    else { return nil }
    return excess.originator?.text
  }
}
