import Columnar

extension DayBuilder {
  mutating func runDevices() {
    for host in firm.hosts {
      switch host.role {
      case .camera: film(host)
      case .phone: beReachable(host)
      case .telephoneExchange: trunk(host)
      case .iot: report(host)
      case .printer: idle(host)
      default: break
      }
    }
  }

  /// A stream to the recorder, broken off and begun anew some times a day.
  private mutating func film(_ camera: Host) {
    var habits = firm.random(.devices, camera.index, day: -1)
    let rate = habits.lognormal(median: 180_000, spread: 0.3)
    var random = firm.random(.devices, camera.index, day: day)
    let recorder = firm.address(.videoRecorder)
    var hour = random.unit() * 0.01
    let midnight = clock.passed(at: 24)
    while hour < midnight - 0.1 {
      let length = min(midnight - hour, random.exponential(mean: 9) + 0.2)
      let seconds = length * 3600
      let motion = random.lognormal(median: rate, spread: 0.15)
      tcp(
        at: clock.after(hour), from: recorder, to: camera.address, 554,
        Exchange(sent: seconds * 12, received: seconds * motion, seconds: seconds),
        outcome: .reset, random: &random)
      hour += length + random.within(0.001...0.02)
    }
    askTheTime(camera, 3600, &random)
    if random.chance(0.02) {
      let site = firm.internet.provider(.deviceCloud, choice: random.below(3))
      tcp(
        at: clock.at(random.within(2...5)), from: camera.address, to: site, 443,
        random.exchange(sent: 2000, received: 3e6, seconds: 20), service: .tls, random: &random)
    }
  }

  private mutating func askTheTime(
    _ host: Host, _ period: Double, _ random: inout SeededRandom
  ) {
    repeatedly(period, 0.003, 0...24, &random) { builder, moment, random in
      builder.udp(
        at: moment, from: host.address,
        to: builder.firm.internet.provider(.timeService, choice: host.index % 4), 123,
        Exchange(sent: 48, received: 48, seconds: 0), service: .ntp, clientPort: 123,
        random: &random)
    }
  }

  private mutating func beReachable(_ phone: Host) {
    var random = firm.random(.devices, phone.index, day: day)
    let exchange = firm.address(.telephoneExchange)
    repeatedly(phone.index % 2 == 0 ? 300 : 600, 0.01, 0...24, &random) { builder, moment, random in
      builder.udp(
        at: moment, from: phone.address, to: exchange, 5060,
        Exchange(sent: 620, received: 540, seconds: 0.02), service: .sip, packets: (2, 2),
        clientPort: 5060, random: &random)
    }
    let usual = firm.random(.devices, phone.index, day: -1)
    var habits = usual
    for _ in 0..<random.poisson((isWorkday ? 7 : 0.2) * habits.lognormal(median: 0.8, spread: 0.5))
    {
      let seconds = min(3600, random.lognormal(median: 110, spread: 1))
      let bytes = seconds * 8600
      udp(
        at: clock.at(workingHour(&random)), from: phone.address, to: exchange,
        UInt16(10_000 + 2 * random.below(5000)),
        Exchange(sent: bytes, received: bytes, seconds: seconds),
        packets: (Int(seconds * 50) + 1, Int(seconds * 50) + 1), random: &random)
    }
  }

  private mutating func trunk(_ exchange: Host) {
    var random = firm.random(.devices, exchange.index, day: day)
    let carrier = firm.internet.provider(.telephony, choice: 0)
    repeatedly(60, 0.005, 0...24, &random) { builder, moment, random in
      builder.udp(
        at: moment, from: exchange.address, to: carrier, 5060,
        Exchange(sent: 480, received: 420, seconds: 0.03), service: .sip, clientPort: 5060,
        random: &random)
    }
    for _ in 0..<random.poisson(isWorkday ? 45 : 3) {
      let seconds = min(3600, random.lognormal(median: 110, spread: 1))
      udp(
        at: clock.at(workingHour(&random)), from: exchange.address, to: carrier,
        UInt16(16_384 + 2 * random.below(8000)),
        Exchange(sent: seconds * 8600, received: seconds * 8600, seconds: seconds),
        packets: (Int(seconds * 50) + 1, Int(seconds * 50) + 1), random: &random)
    }
  }

  /// Meters and displays that keep a connection to their maker.
  private mutating func report(_ device: Host) {
    var habits = firm.random(.devices, device.index, day: -1)
    let period = habits.pick([60.0, 300, 300, 900])
    let keepsOpen = habits.chance(0.4)
    let own = firm.internet.rareSite(&habits).address
    let cloud = habits.chance(0.6) ? firm.internet.provider(.deviceCloud, choice: 0) : own
    var random = firm.random(.devices, device.index, day: day)
    askTheTime(device, 4096, &random)
    if keepsOpen {
      var hour = random.unit() * 0.02
      let midnight = clock.passed(at: 24)
      while hour < midnight - 0.1 {
        let length = min(midnight - hour, random.exponential(mean: 7) + 0.1)
        tcp(
          at: clock.after(hour), from: device.address, to: cloud, 8883,
          Exchange(
            sent: length * 3600 * 3, received: length * 3600 * 2, seconds: length * 3600),
          service: .tls, outcome: .reset, random: &random)
        hour += length + 0.003
      }
      return
    }
    repeatedly(period, 0.02, 0...24, &random) { builder, moment, random in
      builder.tcp(
        at: moment, from: device.address, to: cloud, 443,
        random.exchange(sent: 700, received: 500, seconds: 0.5, spread: 0.15), service: .tls,
        outcome: random.chance(0.01) ? .unanswered : .complete, random: &random)
    }
  }

  /// Printers ask their maker for news, and the directory for names.
  private mutating func idle(_ printer: Host) {
    var random = firm.random(.devices, printer.index, day: day)
    askTheTime(printer, 21_600, &random)
    repeatedly(14_400, 0.2, 0...24, &random) { builder, moment, random in
      builder.tcp(
        at: moment, from: printer.address,
        to: builder.firm.internet.provider(.deviceCloud, choice: 1), 443,
        random.exchange(sent: 3000, received: 2000, seconds: 2, spread: 0.5), service: .tls,
        random: &random)
    }
    for _ in 0..<random.poisson(isWorkday ? 3 : 0.1) {
      tcp(
        at: clock.at(workingHour(&random)), from: printer.address, to: firm.address(.fileServer),
        445, random.exchange(sent: 900_000, received: 5000, seconds: 8), service: .smb,
        random: &random)
    }
  }
}
