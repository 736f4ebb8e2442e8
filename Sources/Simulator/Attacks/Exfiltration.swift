import Columnar

/// Gigabytes to one outside address within an hour or so.
struct BulkExfiltration: Attack {
  let scope: AttackScope
  private let home: UInt32
  private let bytes: Double
  private let hours: Double
  private let parts: Int

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    home = firm.internet.rareSite(&random).address
    bytes = random.lognormal(median: 2.2e9, spread: 0.5)
    hours = random.within(0.3...1.5)
    parts = random.within(1...12)
  }

  var peer: UInt32? { home }
  var strength: [Strength] {
    [
      Strength(name: "bytes", value: bytes.rounded()), Strength(name: "hours", value: hours),
      Strength(name: "connections", value: Double(parts)),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    var hour = day.opportunity(scope.host, lasting: hours, &random)
    for _ in 0..<parts {
      let share = bytes / Double(parts)
      day.tcp(
        at: day.clock.at(hour), from: scope.host.address, to: home, 443,
        Exchange(
          sent: share, received: share / 250, seconds: hours * 3600 / Double(parts) * 0.97),
        service: .tls, random: &random)
      hour += hours / Double(parts)
    }
  }
}

/// Some megabytes now and then, for days, to an address that nobody spoke to before.
struct SlowExfiltration: Attack {
  let scope: AttackScope
  private let home: Site
  private let period: Double
  private let chunk: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    home = firm.internet.rareSite(&random)
    period = random.within(1200.0...3600)
    chunk = random.lognormal(median: 2.5e6, spread: 0.5)
  }

  var peer: UInt32? { home.address }
  var strength: [Strength] {
    [
      Strength(name: "period_seconds", value: period),
      Strength(name: "bytes_each", value: chunk.rounded()),
      Strength(name: "days", value: Double(scope.days.count)),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let (begin, end) = scope.span(day.firm)
    let schedule = day.moments(
      from: begin, to: end, every: period, jitter: 0.5, scope.random(day.firm, 2))
    for (_, moment) in schedule where day.isOn(scope.host, at: moment) {
      let size = random.lognormal(median: chunk, spread: 0.3)
      day.visit(
        at: moment, from: scope.host.address, home,
        Exchange(sent: size, received: size / 120, seconds: size / 9e5), random: &random)
    }
  }
}

/// Data in the names that are asked for.
struct NameTunnel: Attack {
  let scope: AttackScope
  private let domain: String
  private let perSecond: Double
  private let hours: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    domain = String(firm.internet.name(of: firm.internet.rareSite(&random).index).dropFirst(4))
    perSecond = random.within(0.05...1.5)
    hours = random.within(0.5...3)
  }

  var strength: [Strength] {
    [Strength(name: "per_second", value: perSecond), Strength(name: "hours", value: hours)]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let begin = day.opportunity(scope.host, lasting: hours, &random)
    var elapsed = 0.0
    while elapsed < hours * 3600 {
      let label = random.label(random.within(24...60), from: "abcdefghijklmnopqrstuvwxyz234567")
      let answer = random.label(random.within(16...120), from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
      day.lookup(
        "\(label).\(domain)", at: day.clock.at(begin).advanced(bySeconds: elapsed),
        from: scope.host.address, kind: .txt, text: answer, remembered: 0, random: &random)
      elapsed += random.exponential(mean: 1 / perSecond)
    }
  }
}

extension SeededRandom {
  /// Random letters.
  mutating func label(_ length: Int, from alphabet: StaticString) -> String {
    let letters = alphabet.withUTF8Buffer { Array($0) }
    return String(decoding: (0..<length).map { _ in pick(letters) }, as: UTF8.self)
  }
}
