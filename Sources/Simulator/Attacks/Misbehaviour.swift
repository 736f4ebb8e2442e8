import Columnar

/// A camera that begins to speak another protocol.
struct CameraProtocol: Attack {
  let scope: AttackScope
  private let target: UInt32
  private let port: UInt16
  private let count: Int
  private let hours: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    port = random.pick([22, 23, 445, 1883, 6667, 8081])
    target =
      port == 445
      ? random.pick(firm.personal).address : firm.internet.rareSite(&random).address
    count = random.within(12...100)
    hours = random.within(0.7...5)
  }

  var peer: UInt32? { target }
  var strength: [Strength] {
    [
      Strength(name: "connections", value: Double(count)), Strength(name: "hours", value: hours),
      Strength(name: "port", value: Double(port)),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let begin = random.within(0...23 - hours)
    for _ in 0..<count {
      day.tcp(
        at: day.clock.at(begin + hours * random.unit()), from: scope.host.address, to: target, port,
        random.exchange(sent: 1500, received: 3000, seconds: 12),
        outcome: random.chance(0.15) ? .unanswered : .complete, random: &random)
    }
  }
}

/// Hundreds of connections that nobody accepts, to a few addresses.
struct FailureBurst: Attack {
  let scope: AttackScope
  private let targets: [UInt32]
  private let port: UInt16
  private let count: Int
  private let minutes: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    let isOutside = random.chance(0.4)
    targets = (0..<random.within(1...5)).map { _ in
      isOutside
        ? firm.internet.rareSite(&random).address
        : random.pick(firm.hosts.filter { !$0.role.isPersonal }).address
    }
    port = random.pick([1433, 3306, 5985, 8081, 9200, 27_017])
    count = random.within(120...600)
    minutes = random.within(4.0...30)
  }

  var peer: UInt32? { targets.first }
  var strength: [Strength] {
    [
      Strength(name: "connections", value: Double(count)),
      Strength(name: "targets", value: Double(targets.count)),
      Strength(name: "minutes", value: minutes),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let begin = day.opportunity(scope.host, lasting: minutes / 60, &random)
    for _ in 0..<count {
      day.tcp(
        at: day.clock.at(begin + minutes / 60 * random.unit()), from: scope.host.address,
        to: random.pick(targets), port, Exchange(sent: 0, received: 0, seconds: 0),
        outcome: random.chance(0.5) ? .rejected : .unanswered, random: &random)
    }
  }
}

/// Names from a generator, hardly any of which exist.
struct GeneratedNames: Attack {
  let scope: AttackScope
  private let count: Int
  private let hours: Double
  private let length: Int

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    count = random.within(60...500)
    hours = random.within(0.2...4)
    length = random.within(9...18)
  }

  var strength: [Strength] {
    [
      Strength(name: "names", value: Double(count)), Strength(name: "hours", value: hours),
      Strength(name: "length", value: Double(length)),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let begin = day.opportunity(scope.host, lasting: hours, &random)
    for _ in 0..<count {
      let letters = random.within(length - 2...length + 2)
      let name = random.label(letters, from: "abcdefghijklmnopqrstuvwxyz")
      let ending = random.pick(["example", "com.example", "net.example", "test"])
      day.lookup(
        "\(name).\(ending)", at: day.clock.at(begin + hours * random.unit()),
        from: scope.host.address, exists: false, remembered: 0, random: &random)
    }
  }
}

/// A machine that delivers mail by itself.
struct SpamSender: Attack {
  let scope: AttackScope
  private let recipients: Int
  private let hours: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    recipients = random.within(40...400)
    hours = random.within(0.5...4)
  }

  var strength: [Strength] {
    [
      Strength(name: "recipients", value: Double(recipients)),
      Strength(name: "hours", value: hours),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let begin = day.opportunity(scope.host, lasting: hours, &random)
    for _ in 0..<recipients {
      let site = day.firm.internet.rareSite(&random)
      let moment = day.clock.at(begin + hours * random.unit())
      day.lookup(
        day.firm.internet.name(of: site.index), at: moment.advanced(bySeconds: -0.1),
        from: scope.host.address, answers: [site.address], remembered: 0.1, random: &random)
      day.tcp(
        at: moment, from: scope.host.address, to: site.address, 25,
        random.exchange(sent: 9000, received: 900, seconds: 4), service: .smtp,
        outcome: random.chance(0.35) ? .unanswered : .complete, random: &random)
    }
  }
}
