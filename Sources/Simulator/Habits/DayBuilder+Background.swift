import Columnar

extension DayBuilder {
  /// What a machine does while it is on, whoever sits at it.
  mutating func runInBackground(_ host: Host, _ person: Person, _ presence: Presence) {
    var habits = firm.random(.background, host.index, day: -1)
    let antivirusPeriod = habits.pick([1800.0, 3600, 3600, 7200])
    let timePeriod = habits.pick([1024.0, 2048, 4096])
    let telemetryPeriod = habits.within(1500.0...5400)
    let syncPeriod = habits.within(290.0...610)
    let groupPolicyPeriod = habits.within(5400.0...6600)
    let usesAgent = habits.chance(0.15)
    let agentSite = firm.internet.rareSite(&habits)
    let agentPeriod = habits.pick([300.0, 600, 900, 3600, 21_600])
    let agentJitter = habits.within(0.0...0.2)

    var random = firm.random(.background, host.index, day: day)
    for on in presence.on {
      repeatedly(antivirusPeriod, 0.02, on, &random) { builder, moment, random in
        let isNew = random.chance(0.08)
        builder.provider(
          .antivirus, at: moment, host, &random,
          sent: 900, received: isNew ? 700_000 : 1800, seconds: isNew ? 4 : 0.4, spread: 0.25)
      }
      repeatedly(timePeriod, 0.002, on, &random) { builder, moment, random in
        builder.udp(
          at: moment, from: host.address,
          to: builder.firm.internet.provider(.timeService, choice: host.index % 4), 123,
          Exchange(sent: 48, received: 48, seconds: 0), service: .ntp,
          packets: (1, random.chance(0.03) ? 0 : 1), clientPort: 123, random: &random)
      }
      repeatedly(telemetryPeriod, 0.15, on, &random) { builder, moment, random in
        builder.provider(
          .telemetry, at: moment, host, &random,
          sent: 6000, received: 2000, seconds: 2, spread: 0.6)
      }
      if person.usesCloudSync {
        repeatedly(syncPeriod, 0.05, on, &random) { builder, moment, random in
          let hasNews = random.chance(0.07)
          builder.provider(
            .cloudStorage, at: moment, host, &random,
            sent: hasNews ? 300_000 : 1400, received: hasNews ? 40_000 : 1700, seconds: 1.5,
            spread: hasNews ? 1.2 : 0.2)
        }
      }
      repeatedly(groupPolicyPeriod, 0.1, on, &random) { builder, moment, random in
        builder.tcp(
          at: moment, from: host.address, to: builder.firm.address(.domainController), 389,
          random.exchange(sent: 2500, received: 7000, seconds: 0.4, spread: 0.4), service: .ldap,
          random: &random)
      }
      if usesAgent {
        repeatedly(agentPeriod, agentJitter, on, &random) { builder, moment, random in
          builder.visit(
            at: moment, from: host.address, agentSite,
            random.exchange(sent: 800, received: 1200, seconds: 0.6, spread: 0.3), random: &random)
        }
      }
      stayInTouch(host, on, &random)
      announce(host, on, &random)
    }
  }

  /// One connection to the shared chat service, kept open for hours.
  private mutating func stayInTouch(
    _ host: Host, _ on: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    var hour = on.lowerBound + random.unit() * 0.1
    while hour < on.upperBound - 0.05 {
      let length = min(on.upperBound - hour, random.lognormal(median: 3, spread: 0.7), 20)
      let seconds = length * 3600
      tcp(
        at: clock.at(hour), from: host.address,
        to: firm.internet.provider(.chat, choice: random.below(4)), 443,
        Exchange(
          sent: 900 + seconds * random.lognormal(median: 4, spread: 0.5),
          received: 3000 + seconds * random.lognormal(median: 9, spread: 0.5), seconds: seconds),
        service: .tls, outcome: random.chance(0.3) ? .reset : .complete, random: &random)
      hour += length + 0.002 + random.exponential(mean: 0.02)
    }
  }

  /// A lease from the directory's DHCP, the gateway's answer, and calls to the neighbourhood that
  /// nobody answers.
  private mutating func announce(
    _ host: Host, _ on: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    ping(
      at: clock.at(on.lowerBound), from: host.address, to: Addressing.gateway, count: 4,
      random: &random)
    repeatedly(14_400, 0.05, on, &random) { builder, moment, random in
      builder.udp(
        at: moment, from: host.address, to: builder.firm.address(.domainController), 67,
        Exchange(sent: 310, received: 320, seconds: 0.02), clientPort: 68, random: &random)
    }
    repeatedly(5400, 0.4, on, &random) { builder, moment, random in
      let isNameService = random.chance(0.6)
      builder.udp(
        at: moment, from: host.address,
        to: isNameService ? Addressing.nameMulticast : Addressing.deviceMulticast,
        isNameService ? 5353 : 1900, random.exchange(sent: 260, received: 0, seconds: 3),
        packets: (random.within(1...4), 0), clientPort: isNameService ? 5353 : nil,
        random: &random)
    }
  }

  private mutating func provider(
    _ provider: Internet.Provider, at moment: Instant, _ host: Host, _ random: inout SeededRandom,
    sent: Double, received: Double, seconds: Double, spread: Double
  ) {
    let address = firm.internet.provider(provider, choice: random.below(6))
    if random.chance(0.25) {
      lookup(
        firm.internet.name(of: provider), at: moment.advanced(bySeconds: -0.04),
        from: host.address, answers: [address], remembered: 0.8, random: &random)
    }
    tcp(
      at: moment, from: host.address, to: address, 443,
      random.exchange(sent: sent, received: received, seconds: seconds, spread: spread),
      service: .tls, outcome: random.chance(0.01) ? .unanswered : .complete, random: &random)
  }

  /// Every `period` seconds with a jitter, at a phase of the day's own. Programs count the time
  /// that passes, also where clocks skip an hour or show one twice.
  mutating func repeatedly(
    _ period: Double, _ jitter: Double, _ hours: ClosedRange<Double>,
    _ random: inout SeededRandom,
    _ body: (inout DayBuilder, Instant, inout SeededRandom) -> Void
  ) {
    var passed = clock.passed(at: hours.lowerBound) + random.unit() * period / 3600
    let end = clock.passed(at: hours.upperBound)
    while passed < end {
      body(&self, clock.after(passed), &random)
      passed += random.jittered(period, by: jitter) / 3600
    }
  }
}
