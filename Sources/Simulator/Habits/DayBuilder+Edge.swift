extension DayBuilder {
  /// What the Internet does to the firm's published addresses, and they to it.
  mutating func faceInternet() {
    var random = firm.random(.edge, 0, day: day)
    beScanned(&random)
    serveVisitors(&random)
    exchangeMail(&random)
  }

  private static let scannedPorts: [UInt16] = [
    23, 22, 445, 3389, 80, 8080, 443, 5060, 1433, 6379, 2323, 8443, 5555, 81, 3306, 5900, 25, 21,
    8728, 2375, 7547, 9200, 11_211, 139, 8000, 37_215,
  ]

  private mutating func beScanned(_ random: inout SeededRandom) {
    // The Internet knows nothing of the firm's clocks.
    let stretch = clock.passed(at: 24) / 24
    for _ in 0..<random.poisson(220) {
      // A known scanner returns; most are seen once.
      let source =
        random.chance(0.4)
        ? firm.internet.address(of: UInt32(3_000_000 + random.zipf(400)))
        : firm.internet.stranger(&random)
      let count = min(300, 1 + Int(random.exponential(mean: random.chance(0.1) ? 45 : 3)))
      let port = DayBuilder.scannedPorts[random.zipf(DayBuilder.scannedPorts.count)]
      var hour = random.within(0...23.9)
      for _ in 0..<count {
        let target = Addressing.published + UInt32(1 + random.below(62))
        let isOther = random.chance(0.25)
        let hit = isOther ? UInt16(1 + random.below(49_000)) : port
        guard !offers(target, hit) else { continue }
        tcp(
          at: clock.after(hour * stretch), from: source, to: target, hit,
          Exchange(sent: 0, received: 0, seconds: 0), outcome: .unanswered, random: &random)
        hour = min(23.99, hour + random.exponential(mean: 0.002))
      }
    }
  }

  private func offers(_ address: UInt32, _ port: UInt16) -> Bool {
    (address == firm.address(.webServer) && (port == 443 || port == 80))
      || (address == firm.address(.mailRelay) && port == 25)
  }

  private mutating func serveVisitors(_ random: inout SeededRandom) {
    for _ in 0..<random.poisson(isWorkday ? 260 : 120) {
      let visitor = firm.internet.stranger(&random)
      var hour = random.chance(0.3) ? random.within(0...23.9) : workingHour(&random)
      for _ in 0..<min(30, 1 + random.poisson(2.5)) {
        tcp(
          at: clock.at(hour), from: visitor, to: firm.address(.webServer),
          random.chance(0.9) ? 443 : 80,
          random.exchange(sent: 1800, received: 40_000, seconds: 6), service: .tls,
          outcome: random.chance(0.05) ? .reset : .complete, random: &random)
        hour = min(23.99, hour + random.exponential(mean: 0.01))
      }
    }
  }

  private mutating func exchangeMail(_ random: inout SeededRandom) {
    let relay = firm.address(.mailRelay)
    for _ in 0..<random.poisson(isWorkday ? 380 : 130) {
      let isPartner = random.chance(0.5)
      let outside =
        isPartner
        ? firm.internet.address(of: UInt32(2_000_000 + random.zipf(150)))
        : firm.internet.stranger(&random)
      let isOut = random.chance(0.35)
      tcp(
        at: clock.at(workingHour(&random)), from: isOut ? relay : outside,
        to: isOut ? outside : relay, 25,
        random.exchange(sent: 28_000, received: 1200, seconds: 3), service: .smtp,
        outcome: random.chance(0.04) ? (isOut ? .unanswered : .reset) : .complete,
        random: &random)
    }
  }
}
