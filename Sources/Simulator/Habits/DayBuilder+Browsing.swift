import Columnar

extension DayBuilder {
  /// A person at a browser: sessions at favourite, popular and, every day, never seen sites.
  mutating func browse(_ host: Host, _ person: Person, _ presence: Presence) {
    var random = firm.random(.browsing, host.index, day: day)
    let dayFactor = random.lognormal(median: 1, spread: 0.35)
    for work in presence.work {
      let hours = work.upperBound - work.lowerBound
      for _ in 0..<random.poisson(hours * 10 * person.activity * dayFactor) {
        let start = clock.at(random.within(work))
        session(at: start, host.address, person.favourites, &random)
      }
    }
  }

  /// A page and what it draws in from elsewhere.
  mutating func session(
    at start: Instant, _ client: UInt32, _ favourites: [UInt32], _ random: inout SeededRandom
  ) {
    let draw = random.unit()
    let site: Site
    if draw < 0.62 && !favourites.isEmpty {
      site = firm.internet.site(favourites[random.zipf(favourites.count)], choice: random.below(3))
    } else if draw < 0.93 {
      site = firm.internet.popularSite(&random)
    } else {
      site = firm.internet.rareSite(&random)
    }
    if random.chance(0.55) {
      lookup(
        firm.internet.name(of: site.index), at: start, from: client, answers: [site.address],
        random: &random)
    }
    if random.chance(0.012) { mistype(at: start, client, &random) }
    var moment = start.advanced(bySeconds: 0.03 + random.exponential(mean: 0.05))
    let count = 1 + min(25, random.poisson(random.exponential(mean: 2.2)))
    for number in 0..<count {
      let target = number > 0 && random.chance(0.45) ? firm.internet.popularSite(&random) : site
      var exchange = random.exchange(sent: 1900, received: 14_000, seconds: 7)
      if random.chance(0.01) { exchange = random.exchange(sent: 9000, received: 9e6, seconds: 60) }
      if random.chance(0.004) {
        exchange = random.exchange(sent: 2.5e6, received: 9000, seconds: 25)
      }
      visit(at: moment, from: client, target, exchange, random: &random)
      moment = moment.advanced(bySeconds: random.exponential(mean: number < 4 ? 0.4 : 25))
    }
  }

  private mutating func mistype(
    at start: Instant, _ client: UInt32, _ random: inout SeededRandom
  ) {
    let wrong = firm.internet.rareSite(&random)
    lookup(
      "www.x\(firm.internet.name(of: wrong.index).dropFirst(4))", at: start, from: client,
      exists: false, remembered: 0, random: &random)
  }

  /// Calls over a shared relay, and now and then a large upload to storage that everybody knows.
  mutating func meetAndShare(_ host: Host, _ person: Person, _ presence: Presence) {
    var random = firm.random(.calls, host.index, day: day)
    guard let work = presence.work.first else { return }
    for _ in 0..<random.poisson(0.6 * person.activity) {
      let start = clock.at(random.within(work))
      let seconds = min(7200, random.lognormal(median: 1700, spread: 0.6))
      let rate = random.lognormal(median: 90_000, spread: 0.7)
      let relay = firm.internet.provider(.meetings, choice: random.below(6))
      lookup(
        firm.internet.name(of: .meetings), at: start, from: host.address, answers: [relay],
        random: &random)
      udp(
        at: start.advanced(bySeconds: 1.2), from: host.address, to: relay,
        random.chance(0.8) ? 3478 : 50_000 + UInt16(random.below(1000)),
        Exchange(sent: rate * seconds, received: 1.6 * rate * seconds, seconds: seconds),
        packets: (Int(rate * seconds / 900), Int(rate * seconds / 600)), random: &random)
    }
    if random.chance(0.02) {
      let size = random.lognormal(median: 5e8, spread: 1)
      tcp(
        at: clock.at(random.within(work)), from: host.address,
        to: firm.internet.provider(.cloudStorage, choice: random.below(6)), 443,
        Exchange(sent: size, received: size / 300, seconds: size / 4e6), service: .tls,
        random: &random)
    }
  }
}
