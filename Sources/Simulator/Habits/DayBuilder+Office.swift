import Columnar

extension DayBuilder {
  /// What a person does with the firm's own servers.
  mutating func useOffice(_ host: Host, _ person: Person, _ presence: Presence) {
    var random = firm.random(.office, host.index, day: day)
    for work in presence.work {
      signIn(host, at: work.lowerBound, &random)
      pollMail(host, work, &random)
      let hours = work.upperBound - work.lowerBound
      let pace = hours * person.activity
      for _ in 0..<random.poisson(pace * 2.2) { openFile(host, work, &random) }
      for _ in 0..<random.poisson(pace * 0.9) {
        let exchange = random.exchange(sent: 2500, received: 40_000, seconds: 4)
        internalVisit(host, .intranet, 443, .tls, exchange, work, &random)
      }
      for _ in 0..<random.poisson(pace * 0.35) { print(host, person, work, &random) }
      if person.department == .accounting || person.department == .sales {
        for _ in 0..<random.poisson(pace * 2) {
          let exchange = random.exchange(sent: 6000, received: 60_000, seconds: 90)
          internalVisit(host, .application, 8443, .tls, exchange, work, &random)
        }
      }
      if person.department == .engineering { develop(host, person, work, &random) }
      if person.department == .administration { administer(host, person, work, &random) }
      exchangeWithColleague(host, work, &random)
    }
  }

  private mutating func internalVisit(
    _ host: Host, _ role: Role, _ port: UInt16, _ service: Service, _ exchange: Exchange,
    _ work: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    let outcome: Outcome =
      random.chance(0.008) ? .rejected : random.chance(0.04) ? .reset : .complete
    tcp(
      at: clock.at(random.within(work)), from: host.address, to: firm.address(role), port, exchange,
      service: service, outcome: outcome, random: &random)
  }

  private mutating func signIn(_ host: Host, at hour: Double, _ random: inout SeededRandom) {
    var moment = clock.at(hour)
    let controller = firm.address(.domainController)
    for (port, service): (UInt16, Service) in [
      (88, .kerberos), (389, .ldap), (88, .kerberos), (445, .smb), (135, .none), (49_667, .none),
    ] {
      tcp(
        at: moment, from: host.address, to: controller, port,
        random.exchange(sent: 1800, received: 2600, seconds: port == 445 ? 40 : 0.3, spread: 0.6),
        service: service, random: &random)
      moment = moment.advanced(bySeconds: random.exponential(mean: 1.5))
    }
  }

  private mutating func pollMail(
    _ host: Host, _ work: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    let period = random.within(420.0...900)
    var hour = work.lowerBound + random.unit() * period / 3600
    while hour < work.upperBound {
      let hasMail = random.chance(0.3)
      tcp(
        at: clock.at(hour), from: host.address, to: firm.address(.mailServer), 443,
        random.exchange(
          sent: 1500, received: hasMail ? 60_000 : 2200, seconds: 1.2, spread: hasMail ? 1 : 0.3),
        service: .tls, random: &random)
      hour += random.jittered(period, by: 0.04) / 3600
    }
  }

  private mutating func openFile(
    _ host: Host, _ work: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    var exchange = random.exchange(sent: 9000, received: 180_000, seconds: 60)
    if random.chance(0.25) { swap(&exchange.sent, &exchange.received) }
    internalVisit(host, .fileServer, 445, .smb, exchange, work, &random)
    if random.chance(0.3) {
      let ticket = random.exchange(sent: 1700, received: 1700, seconds: 0.02, spread: 0.3)
      internalVisit(host, .domainController, 88, .kerberos, ticket, work, &random)
    }
  }

  private mutating func print(
    _ host: Host, _ person: Person, _ work: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    let printers = firm.hosts(.printer)
    let usual = printers[host.index % printers.count]
    let printer = random.chance(0.9) ? usual : random.pick(printers)
    tcp(
      at: clock.at(random.within(work)), from: host.address, to: printer.address, 9100,
      random.exchange(sent: 400_000, received: 900, seconds: 9), random: &random)
  }

  private mutating func develop(
    _ host: Host, _ person: Person, _ work: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    let pace = (work.upperBound - work.lowerBound) * person.activity
    for _ in 0..<random.poisson(pace * 0.8) {
      tcp(
        at: clock.at(random.within(work)), from: host.address,
        to: firm.internet.provider(.sourceHosting, choice: random.below(2)), 22,
        random.exchange(sent: 20_000, received: 60_000, seconds: 5), service: .ssh, random: &random)
    }
    for _ in 0..<random.poisson(pace * 0.5) {
      tcp(
        at: clock.at(random.within(work)), from: host.address,
        to: firm.internet.provider(.packages, choice: random.below(4)), 443,
        random.exchange(sent: 4000, received: 2e6, seconds: 6), service: .tls, random: &random)
    }
    for _ in 0..<random.poisson(pace * 0.5) {
      let exchange = random.exchange(sent: 12_000, received: 90_000, seconds: 200)
      internalVisit(
        host, random.chance(0.6) ? .application : .database, random.chance(0.6) ? 22 : 5432, .ssh,
        exchange, work, &random)
    }
    if random.chance(0.15) {
      let site = firm.internet.rareSite(&random)
      let port = random.pick([UInt16(22), 8080, 8443, 9000, 3000, 5000, 9418, 27_017])
      for _ in 0..<random.within(1...6) {
        tcp(
          at: clock.at(random.within(work)), from: host.address, to: site.address, port,
          random.exchange(sent: 4000, received: 30_000, seconds: 30),
          outcome: random.chance(0.15) ? .unanswered : .complete, random: &random)
      }
    }
  }

  /// An administrator's remote sessions, to servers and sometimes to a colleague's machine.
  private mutating func administer(
    _ host: Host, _ person: Person, _ work: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    let servers = firm.hosts.filter { Addressing.isServer($0.address) }
    for _ in 0..<random.poisson((work.upperBound - work.lowerBound) * 1.1) {
      let helps = random.chance(0.15)
      let target = helps ? random.pick(firm.personal) : random.pick(servers)
      let port = random.pick([UInt16(22), 3389, 3389, 5985, 445])
      tcp(
        at: clock.at(random.within(work)), from: host.address, to: target.address, port,
        random.exchange(sent: 60_000, received: 400_000, seconds: 400),
        service: port == 22 ? .ssh : port == 3389 ? .rdp : port == 445 ? .smb : .none,
        outcome: random.chance(0.06) ? .unanswered : .complete, random: &random)
    }
  }

  /// Now and then a share on a colleague's machine, more often one of few.
  private mutating func exchangeWithColleague(
    _ host: Host, _ work: ClosedRange<Double>, _ random: inout SeededRandom
  ) {
    guard random.chance(0.18) else { return }
    let near = firm.personal[(host.index * 5 + random.below(3)) % firm.personal.count]
    let colleague = random.chance(0.7) ? near : random.pick(firm.personal)
    guard colleague.index != host.index else { return }
    let isOn = firm.presence(of: colleague, on: day).on.contains { $0.overlaps(work) }
    tcp(
      at: clock.at(random.within(work)), from: host.address, to: colleague.address, 445,
      random.exchange(sent: 30_000, received: 300_000, seconds: 20), service: .smb,
      outcome: isOn ? .complete : .unanswered, random: &random)
  }
}
