import Columnar

extension DayBuilder {
  /// The monitor asks its charges how they are, to the second.
  mutating func poll() {
    var random = firm.random(.monitoring, 0, day: day)
    let monitor = firm.address(.monitor)
    let charges = firm.hosts.filter {
      !$0.role.isPersonal && !Addressing.isPublished($0.address) && $0.role != .monitor
    }
    for host in charges {
      let isServer = Addressing.isServer(host.address)
      repeatedly(isServer ? 120 : 300, 0.003, 0...24, &random) { builder, moment, random in
        builder.ping(
          at: moment, from: monitor, to: host.address, isAnswered: !random.chance(0.002),
          random: &random)
      }
      guard isServer || host.role == .printer else { continue }
      repeatedly(300, 0.003, 0...24, &random) { builder, moment, random in
        builder.udp(
          at: moment, from: monitor, to: host.address, 161,
          Exchange(sent: 430, received: 610, seconds: 0.04), service: .snmp, packets: (6, 6),
          random: &random)
      }
    }
    for (role, port): (Role, UInt16) in [
      (.intranet, 443), (.application, 8443), (.mailServer, 443), (.webServer, 443),
    ] {
      repeatedly(60, 0.01, 0...24, &random) { builder, moment, random in
        builder.tcp(
          at: moment, from: monitor, to: builder.firm.address(role), port,
          random.exchange(sent: 600, received: 2400, seconds: 0.05, spread: 0.1), service: .tls,
          random: &random)
      }
    }
  }

  /// Once a week the monitor looks at every address for what answers there.
  mutating func takeInventory() {
    guard firm.timeline.isInventoryDay(day) else { return }
    var random = firm.random(.inventory, 0, day: day)
    let scanner = firm.address(.monitor)
    let known = Set(firm.hosts.filter { $0.firstDay <= day }.map(\.address))
    var moment = clock.at(random.within(12.1...12.6))
    for block in [Addressing.servers, Addressing.workstations, Addressing.printers] {
      for number in UInt32(1)...254 {
        let target = block + number
        guard target != scanner else { continue }
        ping(
          at: moment, from: scanner, to: target, isAnswered: known.contains(target),
          random: &random)
        moment = moment.advanced(bySeconds: random.within(0.02...0.3))
        guard known.contains(target) else { continue }
        for port: UInt16 in [22, 80, 135, 443, 445, 3389, 9100] where random.chance(0.9) {
          tcp(
            at: moment, from: scanner, to: target, port,
            Exchange(sent: 200, received: 400, seconds: 0.1),
            outcome: random.chance(0.35) ? .reset : .rejected, random: &random)
          moment = moment.advanced(bySeconds: random.within(0.01...0.1))
        }
      }
    }
  }
}
