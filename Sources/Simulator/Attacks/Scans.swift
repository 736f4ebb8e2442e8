import Columnar

extension AttackScope {
  /// The firm's inner addresses, used and unused, in an order of the attack's own.
  func innerAddresses(_ firm: Firm, _ part: UInt64) -> [UInt32] {
    var random = random(firm, part)
    let blocks = [
      Addressing.workstations, Addressing.servers, Addressing.printers, Addressing.cameras,
      Addressing.devices,
    ]
    let all = blocks.flatMap { block in (UInt32(1)...254).map { block + $0 } }
    return random.shuffled(all.filter { $0 != host.address })
  }
}

/// Many addresses or many ports within minutes.
struct FastScan: Attack {
  let scope: AttackScope
  private let probeCount: Int
  private let perSecond: Double
  private let isVertical: Bool
  private let port: UInt16

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    probeCount = random.within(120...900)
    perSecond = random.within(2.0...40)
    isVertical = random.chance(0.3)
    port = random.pick([22, 80, 135, 443, 445, 3389, 5900])
  }

  var strength: [Strength] {
    [
      Strength(name: "probes", value: Double(probeCount)),
      Strength(name: "per_second", value: perSecond),
      Strength(name: "vertical", value: isVertical ? 1 : 0),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let seconds = Double(probeCount) / perSecond
    let hour = day.opportunity(scope.host, lasting: seconds / 3600, &random)
    var moment = day.clock.at(hour)
    let addresses = scope.innerAddresses(day.firm, 1)
    for number in 0..<probeCount {
      let target = isVertical ? addresses[number / 400] : addresses[number % addresses.count]
      let port = isVertical ? UInt16(1 + random.below(10_000)) : self.port
      day.probe(at: moment, from: scope.host.address, to: target, port, &random)
      moment = moment.advanced(bySeconds: random.exponential(mean: 1 / perSecond))
    }
  }
}

/// One probe every few minutes, for days.
struct SlowScan: Attack {
  let scope: AttackScope
  private let period: Double
  private let ports: [UInt16]

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    period = random.within(240.0...1200)
    ports = Array(
      random.shuffled([22, 80, 135, 443, 445, 3389, 5985, 8080]).prefix(random.within(1...3)))
  }

  var strength: [Strength] {
    [
      Strength(name: "period_seconds", value: period),
      Strength(name: "ports", value: Double(ports.count)),
      Strength(name: "days", value: Double(scope.days.count)),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let (begin, end) = scope.span(day.firm)
    let addresses = scope.innerAddresses(day.firm, 1)
    let schedule = day.moments(
      from: begin, to: end, every: period, jitter: 0.6, scope.random(day.firm, 2))
    for (index, moment) in schedule where day.isOn(scope.host, at: moment) {
      day.probe(
        at: moment, from: scope.host.address, to: addresses[index / ports.count % addresses.count],
        ports[index % ports.count], &random)
    }
  }
}

/// One machine infects others, and all of them look for more.
struct Worm: Attack {
  let scope: AttackScope
  private let victims: [Host]
  private let perHour: Double
  private let spreadHours: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    let others = firm.personal.filter {
      $0.index != scope.host.index
        && !firm.presence(of: $0, on: scope.days.lowerBound).work.isEmpty
    }
    victims = Array(random.shuffled(others).prefix(random.within(2...5)))
    perHour = random.within(40.0...240)
    spreadHours = random.within(0.3...1.2)
  }

  var strength: [Strength] {
    [
      Strength(name: "infected", value: Double(victims.count + 1)),
      Strength(name: "probes_per_hour", value: perHour),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let first = day.opportunity(scope.host, lasting: 3, &random)
    let addresses = scope.innerAddresses(day.firm, 1)
    var carriers = [(host: scope.host, since: first)]
    for (number, victim) in victims.enumerated() {
      let source = random.pick(carriers)
      let hour = source.since + spreadHours * random.within(0.5...1.5)
      day.tcp(
        at: day.clock.at(hour), from: source.host.address, to: victim.address, 445,
        random.exchange(sent: 900_000, received: 20_000, seconds: 8, spread: 0.4), service: .smb,
        random: &random)
      if number < 5 { carriers.append((victim, hour + 0.03)) }
    }
    let until = first + 3
    for carrier in carriers {
      var hour = carrier.since
      while hour < until {
        hour += random.exponential(mean: 1 / perHour)
        let moment = day.clock.at(hour)
        guard day.isOn(carrier.host, at: moment) else { continue }
        let target = addresses[random.below(addresses.count)]
        day.probe(at: moment, from: carrier.host.address, to: target, 445, &random)
      }
    }
  }
}
