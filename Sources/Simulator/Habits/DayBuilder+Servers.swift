import Columnar
import Events

extension DayBuilder {
  /// What servers do by themselves.
  mutating func runServers() {
    var random = firm.random(.servers, 0, day: day)
    let applications = firm.address(.application)
    repeatedly(240, 0.3, 0...24, &random) { builder, moment, random in
      builder.tcp(
        at: moment, from: applications, to: builder.firm.address(.database), 5432,
        random.exchange(sent: 30_000, received: 300_000, seconds: 20), random: &random)
    }
    repeatedly(900, 0.01, 0...24, &random) { builder, moment, random in
      for host in builder.firm.hosts where Addressing.isServer(host.address) {
        guard host.role != .domainController, random.chance(0.3) else { continue }
        builder.tcp(
          at: moment.advanced(bySeconds: random.within(0...600.0)), from: host.address,
          to: builder.firm.address(.domainController), random.pick([389, 88]),
          random.exchange(sent: 1800, received: 2500, seconds: 0.3, spread: 0.4), service: .ldap,
          random: &random)
      }
    }
    for host in firm.hosts where Addressing.isServer(host.address) {
      repeatedly(2048, 0.001, 0...24, &random) { builder, moment, random in
        builder.udp(
          at: moment, from: host.address,
          to: builder.firm.internet.provider(.timeService, choice: host.index % 4), 123,
          Exchange(sent: 48, received: 48, seconds: 0), service: .ntp, clientPort: 123,
          random: &random)
      }
      repeatedly(21_600, 0.1, 0...24, &random) { builder, moment, random in
        builder.tcp(
          at: moment, from: host.address,
          to: builder.firm.internet.provider(.packages, choice: random.below(4)), 443,
          random.exchange(sent: 3000, received: 500_000, seconds: 4), service: .tls,
          random: &random)
      }
    }
    relayMail(&random)
    if day >= firm.timeline.newServiceDay {
      for _ in 0..<(isWorkday ? random.within(20...60) : 3) {
        tcp(
          at: clock.at(random.within(8...18)), from: random.pick(firm.personal).address,
          to: applications, 8081, random.exchange(sent: 2000, received: 25_000, seconds: 3),
          service: .http, random: &random)
      }
    }
  }

  /// Between the mail server and the relay that faces the Internet.
  private mutating func relayMail(_ random: inout SeededRandom) {
    for _ in 0..<random.poisson(isWorkday ? 420 : 90) {
      let isOut = random.chance(0.4)
      let (from, to) =
        isOut
        ? (firm.address(.mailServer), firm.address(.mailRelay))
        : (firm.address(.mailRelay), firm.address(.mailServer))
      tcp(
        at: clock.at(workingHour(&random)), from: from, to: to, 25,
        random.exchange(sent: 30_000, received: 900, seconds: 1.5), service: .smtp,
        random: &random)
    }
  }

  /// An hour of the day, mostly between 8 and 18.
  func workingHour(_ random: inout SeededRandom) -> Double {
    if !isWorkday || random.chance(0.2) { return random.within(0...23.98) }
    return min(23.9, max(0, 13 + 2.9 * random.normal()))
  }

  /// Full on Saturdays, increments on other nights, then a copy to a vault outside.
  mutating func backUp() {
    var random = firm.random(.backups, 0, day: day)
    let isFull = firm.timeline.date(day).weekday == 5
    let backup = firm.address(.backup)
    var hour = 1 + random.within(0...0.3)
    for host in firm.hosts where Addressing.isServer(host.address) && host.role != .backup {
      let median = isFull ? 9e9 : 4e8
      let size = random.lognormal(median: median, spread: 0.5)
      let parts = isFull ? 4 : 1
      for _ in 0..<parts {
        let seconds = size / Double(parts) / 6e7 + 5
        tcp(
          at: clock.at(hour), from: backup, to: host.address, 10_050,
          Exchange(
            sent: size / Double(parts) / 200, received: size / Double(parts), seconds: seconds),
          random: &random)
        hour += seconds / 3600 + 0.01
      }
    }
    let copied = random.lognormal(median: isFull ? 2e10 : 2.5e9, spread: 0.3)
    let seconds = min(copied / 1e7, 9000)
    for part in 0..<6 {
      tcp(
        at: clock.at(4.5 + Double(part) * seconds / 6 / 3600), from: backup,
        to: firm.internet.provider(.offsiteBackup, choice: part % 3), 443,
        Exchange(sent: copied / 6, received: copied / 900, seconds: seconds / 6), service: .tls,
        random: &random)
    }
    for host in firm.personal where firm.presence(of: host, on: day).isOn(0...6) {
      tcp(
        at: clock.at(random.within(2...5.5)), from: host.address, to: backup, 10_051,
        random.exchange(sent: 8e7, received: 200_000, seconds: 30, spread: 1), random: &random)
    }
  }
}
