import Columnar

/// A machine that calls home: every ten minutes, every six hours, or behind an address that many
/// sites share.
struct Beacon: Attack {
  let scope: AttackScope
  private let home: Site
  private let period: Double
  private let jitter: Double
  private let sent: Double
  private let received: Double
  private let loss: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    switch scope.kind {
    case .sixHourBeacon:
      (period, jitter) = (21_600, random.within(0.02...0.15))
      home = firm.internet.rareSite(&random)
    case .sharedAddressBeacon:
      (period, jitter) = (random.within(300.0...1200), random.within(0.1...0.35))
      home = firm.internet.popularSite(&random)
    default:
      (period, jitter) = (600, 0.3)
      home = firm.internet.rareSite(&random)
    }
    sent = random.lognormal(median: 600, spread: 0.5)
    received = random.lognormal(median: 900, spread: 0.7)
    loss = random.within(0...0.1)
  }

  var peer: UInt32? { home.address }
  var strength: [Strength] {
    [
      Strength(name: "period_seconds", value: period), Strength(name: "jitter", value: jitter),
      Strength(name: "loss", value: loss), Strength(name: "bytes_sent_each", value: sent),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let (begin, end) = scope.span(day.firm)
    let schedule = day.moments(
      from: begin, to: end, every: period, jitter: jitter, scope.random(day.firm, 2))
    for (index, moment) in schedule where day.isOn(scope.host, at: moment) {
      if index % 12 == 0 {
        day.lookup(
          day.firm.internet.name(of: home.index), at: moment.advanced(bySeconds: -0.05),
          from: scope.host.address, answers: [home.address], random: &random)
      }
      let hasOrder = random.chance(0.03)
      day.visit(
        at: moment, from: scope.host.address, home,
        random.exchange(
          sent: hasOrder ? sent * 20 : sent, received: received, seconds: 0.7,
          spread: hasOrder ? 1 : 0.25),
        failing: loss, random: &random)
    }
  }
}

/// A connection to a mining pool, kept up for as long as the machine is on.
struct CryptoMiner: Attack {
  let scope: AttackScope
  private let pool: UInt32
  private let port: UInt16
  private let secondsPerShare: Double
  private let sessionHours: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    pool = firm.internet.rareSite(&random).address
    port = random.pick([443, 3333, 4444, 5555, 8080, 14_444])
    secondsPerShare = random.within(8.0...45)
    sessionHours = random.within(2.0...12)
  }

  var peer: UInt32? { pool }
  var strength: [Strength] {
    [
      Strength(name: "seconds_per_share", value: secondsPerShare),
      Strength(name: "session_hours", value: sessionHours),
      Strength(name: "port", value: Double(port)),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let (begin, end) = scope.span(day.firm)
    for on in day.firm.presence(of: scope.host, on: day.day).on {
      var moment = max(begin, day.clock.at(on.lowerBound))
      let stop = min(end, day.clock.at(on.upperBound))
      while moment < stop {
        let left = Double(stop.microseconds - moment.microseconds) / 1_000_000
        let seconds = min(left, random.exponential(mean: sessionHours * 3600) + 60)
        let shares = seconds / secondsPerShare
        day.tcp(
          at: moment, from: scope.host.address, to: pool, port,
          Exchange(
            sent: 400 + shares * random.within(150...260),
            received: 900 + shares * random.within(90...200) + seconds / 40 * 280,
            seconds: seconds),
          outcome: .reset, random: &random)
        moment = moment.advanced(bySeconds: seconds + random.within(2...40))
      }
    }
  }
}
