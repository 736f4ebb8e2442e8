extension AttackPlan {
  /// The days of the first cycle from which a baseline is learned, clean unless asked for
  /// otherwise.
  static let learning = 0..<17

  /// Attacks on the learning days, of random kinds, until a share of the days on which machines
  /// that attacks begin from are there is attacked.
  static func contamination(_ share: Double, of kinds: [AttackKind], firm: Firm) -> [any Attack] {
    var random = SeededRandom(seed: firm.seed, Stream.contamination.rawValue)
    var attacks: [any Attack] = []
    for isPersonal in [true, false] {
      let own = kinds.filter { ($0 != .cameraProtocol) == isPersonal }
      guard !own.isEmpty else { continue }
      let hosts = isPersonal ? firm.personal : firm.hosts(.camera)
      let hostDays = hosts.flatMap { host in
        learning.filter { firm.presence(of: host, on: $0).isLong }.map { (host: host, day: $0) }
      }
      var left = Int((Double(hostDays.count) * share).rounded())
      var attacked: Set<HostOnDay> = []
      for (host, day) in random.shuffled(hostDays) where left > 0 {
        guard !attacked.contains(HostOnDay(host: host.index, day: day)) else { continue }
        let kind = random.pick(own)
        let days = day...min(day + random.within(kind.dayCount) - 1, learning.upperBound - 1)
        for other in days where firm.presence(of: host, on: other).isLong {
          if attacked.insert(HostOnDay(host: host.index, day: other)).inserted { left -= 1 }
        }
        let scope = AttackScope(
          kind: kind, number: firstContaminating + attacks.count, days: days, host: host)
        attacks.append(make(scope, firm))
      }
    }
    return attacks
  }

  /// Beyond the numbers of all other attacks.
  private static let firstContaminating = 1_000_000

  private struct HostOnDay: Hashable {
    let host: Int
    let day: Int
  }
}

extension Presence {
  /// Whether the machine is on for long enough for any attack.
  fileprivate var isLong: Bool { on.contains { $0.upperBound - $0.lowerBound >= 6 } }
}
