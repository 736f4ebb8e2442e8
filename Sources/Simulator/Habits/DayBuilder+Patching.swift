extension DayBuilder {
  /// Updates roll out: every machine that is on fetches them, from the update server or outside,
  /// and hands parts to its neighbours.
  mutating func patch() {
    guard firm.timeline.isPatchMorning(day) else { return }
    for host in firm.personal {
      var random = firm.random(.patches, host.index, day: day)
      let presence = firm.presence(of: host, on: day)
      guard let work = presence.work.last ?? presence.on.last else { continue }
      let begin = max(work.lowerBound, 8.5) + random.exponential(mean: 0.4)
      guard begin < work.upperBound else { continue }
      let size = random.lognormal(median: 4e8, spread: 0.4)
      let isDirect = random.chance(0.4)
      for part in 0..<random.within(6...24) {
        let share = size / 15
        let target =
          isDirect
          ? firm.internet.provider(.systemUpdates, choice: part % 6)
          : firm.address(.updateServer)
        tcp(
          at: clock.at(begin + Double(part) * 0.01), from: host.address, to: target,
          isDirect ? 443 : 8530,
          Exchange(sent: share / 180, received: share, seconds: share / 5e6 + 1),
          service: isDirect ? .tls : .http, random: &random)
      }
      for _ in 0..<random.within(2...10) {
        let peer = random.pick(firm.personal)
        guard peer.index != host.index else { continue }
        let isOn = firm.presence(of: peer, on: day).isOn(begin...begin + 0.2)
        tcp(
          at: clock.at(begin + random.unit() * 0.2), from: host.address, to: peer.address, 7680,
          random.exchange(sent: 20_000, received: 8e6, seconds: 6),
          outcome: isOn ? .complete : .unanswered, random: &random)
      }
    }
  }
}
