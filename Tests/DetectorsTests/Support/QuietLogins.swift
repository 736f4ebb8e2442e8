import Events
import TestSupport

/// Sign-ins of a firm: forty people at their own machines, three administrators on ten servers, a
/// service that runs everywhere, machines' own accounts, tunnels from home, and a server on the
/// Internet at which strangers guess day and night.
struct QuietLogins {
  static func machine(_ user: Int) -> String { "10.1.0.\(user + 10)" }
  static let controller = "10.2.0.2"
  static let files = "10.2.0.5"
  static let exposed = "10.2.0.80"
  static func server(_ number: Int) -> String { "10.2.0.\(number + 20)" }
  static func name(_ user: Int) -> String { "user\(user)" }

  static func login(
    _ second: Double, _ user: String, from source: String, to destination: String,
    _ action: String = "success"
  ) -> TestEvent {
    TestEvent(
      second: second,
      [
        "user_name": .text(user), "user_domain": .text("CORP"), "source_ip": .address(source),
        "destination_ip": .address(destination), "event_action": .text(action),
      ])
  }

  static func tunnel(
    _ second: Double, _ user: String, from source: String, device: String,
    _ action: String = "start"
  ) -> TestEvent {
    TestEvent(
      second: second,
      [
        "user_name": .text(user), "source_ip": .address(source), "source_host": .text(device),
        "observer_name": .text("gateway"), "event_action": .text(action),
      ])
  }

  /// The events of a day, 0 being a Monday.
  static func day(_ number: Int) -> [EventClass: [TestEvent]] {
    var random = SplitMix(seed: UInt64(number) + 77)
    var auth: [TestEvent] = []
    func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    for user in 0..<40 where number % 7 < 5 {
      let start = 28_800 + Double.random(in: 0..<3600, using: &random)
      let typos =
        number % 7 == 0 && chance(0.5)
        ? Int.random(in: 1...5, using: &random)
        : chance(0.2) ? Int.random(in: 1...2, using: &random) : 0
      for typo in 0..<typos {
        auth.append(
          login(
            start - 100 + Double(typo), name(user), from: machine(user), to: controller, "failure"))
      }
      let desk = chance(0.01) ? Int.random(in: 0..<40, using: &random) : user
      auth.append(login(start, name(user), from: machine(desk), to: controller))
      auth.append(login(start + 60, name(user), from: machine(desk), to: files))
      if user < 3 {
        for _ in 0..<2 {
          auth.append(
            login(
              start + 600, name(user), from: machine(user),
              to: server(.random(in: 0..<10, using: &random))))
        }
      }
      auth.append(
        login(start + 5, "WS\(user)$", from: machine(user), to: controller, "failure"))
    }
    for server in 0..<10 {
      for round in 0..<20 {
        auth.append(
          login(Double(round) * 4000, "svc_backup", from: "10.2.0.9", to: self.server(server)))
      }
    }
    let strangers = Int.random(in: 5...40, using: &random)
    for stranger in 0..<strangers {
      for attempt in 0..<Int.random(in: 1...12, using: &random) {
        auth.append(
          login(
            Double(stranger) * 2000 + Double(attempt), "guess\(attempt * stranger % 97)",
            from: "198.51.\(number % 200).\(stranger)", to: exposed, "failure"))
      }
    }
    var vpn: [TestEvent] = []
    for user in 10..<20 {
      let network =
        chance(0.05) ? "203.0.\(Int.random(in: 0..<200, using: &random))" : "192.0.\(user)"
      vpn.append(tunnel(70_000, name(user), from: "\(network).7", device: "LAPTOP\(user)"))
    }
    return [.auth: auth, .vpn: vpn]
  }

  static func site(days: Int) throws -> TestSite { try longest.get().first(days) }

  private static let longest = Result {
    var site = TestSite()
    for number in 0..<26 { try site.add([], events: day(number)) }
    return site
  }
}
