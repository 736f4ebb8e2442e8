import Columnar

/// A person's machine and account in use while the person sleeps.
struct NightActivity: Attack {
  let scope: AttackScope
  let signIns: SignInOutcome? = .success
  private let hours: Double
  private let pagesPerHour: Double
  private let files: Int

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    hours = random.within(0.8...3)
    pagesPerHour = random.within(5.0...20)
    files = random.within(15...80)
  }

  var strength: [Strength] {
    [
      Strength(name: "hours", value: hours), Strength(name: "pages_per_hour", value: pagesPerHour),
      Strength(name: "files", value: Double(files)),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let begin = random.within(0.5...4.8 - hours)
    let host = scope.host
    let favourites = day.firm.person(at: host)?.favourites ?? []
    for _ in 0..<random.poisson(hours * pagesPerHour) {
      day.session(
        at: day.clock.at(begin + hours * random.unit()), host.address, favourites, &random)
    }
    for _ in 0..<files {
      day.tcp(
        at: day.clock.at(begin + hours * random.unit()), from: host.address,
        to: day.firm.address(.fileServer), 445,
        random.exchange(sent: 9000, received: 250_000, seconds: 30), service: .smb,
        random: &random)
    }
    for _ in 0..<random.within(2...6) {
      day.tcp(
        at: day.clock.at(begin + hours * random.unit()), from: host.address,
        to: day.firm.address(.domainController), 88,
        random.exchange(sent: 1700, received: 1700, seconds: 0.02, spread: 0.3),
        service: .kerberos, random: &random)
    }
  }
}

/// Passwords tried against one server.
struct PasswordGuessing: Attack {
  let scope: AttackScope
  let signIns: SignInOutcome? = .failure
  private let target: UInt32
  private let port: UInt16
  private let attempts: Int
  private let perSecond: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    let choices: [(Role, UInt16)] = [
      (.fileServer, 445), (.domainController, 3389), (.application, 22), (.mailServer, 22),
      (.updateServer, 3389),
    ]
    let (role, port) = random.pick(choices)
    target = firm.address(role)
    self.port = port
    attempts = random.within(150...1500)
    perSecond = random.within(0.1...3)
  }

  var peer: UInt32? { target }
  var strength: [Strength] {
    [
      Strength(name: "attempts", value: Double(attempts)),
      Strength(name: "per_second", value: perSecond),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    let hours = min(8, Double(attempts) / perSecond / 3600)
    let begin = day.opportunity(scope.host, lasting: hours, &random)
    for _ in 0..<attempts {
      day.tcp(
        at: day.clock.at(begin + hours * random.unit()), from: scope.host.address, to: target, port,
        random.exchange(sent: 1600, received: 2100, seconds: 1.8, spread: 0.25),
        service: port == 22 ? .ssh : port == 445 ? .smb : .rdp,
        outcome: random.chance(0.4) ? .reset : .complete, random: &random)
    }
  }
}

/// From machine to machine towards a server.
struct LateralMovement: Attack {
  let scope: AttackScope
  let signIns: SignInOutcome? = .success
  private let path: [Host]
  private let gapHours: Double

  init(_ scope: AttackScope, _ firm: Firm) {
    var random = scope.random(firm, 0)
    self.scope = scope
    let others = firm.personal.filter {
      $0.index != scope.host.index
        && !firm.presence(of: $0, on: scope.days.lowerBound).work.isEmpty
    }
    let steps = random.shuffled(others).prefix(random.within(1...2))
    let goals = firm.hosts.filter { [.fileServer, .domainController, .database].contains($0.role) }
    path = [scope.host] + steps + [random.pick(goals)]
    gapHours = random.within(0.2...1)
  }

  var peer: UInt32? { path.last?.address }
  var strength: [Strength] {
    [
      Strength(name: "steps", value: Double(path.count - 1)),
      Strength(name: "gap_hours", value: gapHours),
    ]
  }

  func act(in day: inout DayBuilder, _ random: inout SeededRandom) {
    var hour = day.opportunity(scope.host, lasting: gapHours * Double(path.count), &random)
    for (from, to) in zip(path, path.dropFirst()) {
      let port = random.pick([UInt16(445), 3389, 5985])
      for step in 0..<random.within(2...5) {
        let isTool = step == 1
        day.tcp(
          at: day.clock.at(hour).advanced(bySeconds: Double(step) * random.within(5...90)),
          from: from.address, to: to.address, step == 0 ? 135 : port,
          random.exchange(
            sent: isTool ? 1.5e6 : 8000, received: isTool ? 20_000 : 12_000,
            seconds: isTool ? 12 : 200),
          service: port == 445 ? .smb : .none, random: &random)
      }
      hour += random.jittered(gapHours, by: 0.5)
    }
  }
}
