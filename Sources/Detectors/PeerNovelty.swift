import Events
import Features
import Glibc

/// How rare and how young the other end of a pair is at this site, after RITA's modifiers: known to
/// at most 2 % of hosts raises a score, to at least 50 % lowers it; seen for at most 7 days raises
/// it, for at least 30 lowers it; in between it varies evenly (with the logarithm of prevalence).
struct PeerNovelty {
  /// −1 … 1
  let rarity: Double
  /// −1 … 1
  let youth: Double
  /// Hosts that met the peer, the judged one among them.
  let hostCount: Int
  /// Days since any host first met it; 0 for a peer first met on this day.
  let age: Int

  static let youngDays = 7

  init(_ key: PairKey, inputs: ScoringInputs) {
    let (kind, subject) = Subject.responder(of: key)
    hostCount = max(1, inputs.hostCount(kind, subject: subject))
    age = inputs.state.seen.site(kind, subject: subject).days.age ?? 0
    rarity = 2 * Prevalence.rarity(hostCount: hostCount, of: inputs.population) - 1
    let known = inputs.state.days.age ?? 0
    youth = PeerNovelty.youth(age: age, ofRecords: known)
  }

  /// Whether the host never met the other end in the 90 days before.
  static func isFirst(_ key: PairKey, inputs: ScoringInputs) -> Bool {
    let (kind, subject) = Subject.responder(of: key)
    let host = keyHash(key.originator.text)
    return inputs.state.seen.days(kind, SeenKey(subject: subject, host: host)).isEmpty
  }

  /// 1 up to 7 days, −1 from 30 days on, or from 3 days after the records began: what was there by
  /// then may be older than they are. Records of less than a week say so with their share of it.
  static func youth(age: Int, ofRecords known: Int) -> Double {
    let settled = min(30, known - 3)
    if age >= settled { return -min(1, Double(known) / 7) }
    return age <= youngDays
      ? 1 : 1 - 2 * Double(age - youngDays) / Double(settled - youngDays)
  }
}
