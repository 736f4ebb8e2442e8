import Columnar
import Events

/// Where and when an attack happens, drawn before its strength.
struct AttackScope: Sendable {
  let kind: AttackKind
  /// Position in the plan; names its random streams.
  let number: Int
  /// Counted from the simulation's first day.
  let days: ClosedRange<Int>
  let host: Host

  /// A stream for the attack as a whole.
  func random(_ firm: Firm, _ part: UInt64) -> SeededRandom {
    SeededRandom(seed: firm.seed, Stream.attackPlan.rawValue, UInt64(number), part)
  }
}

/// A number that says how strong an attack is.
package struct Strength: Sendable {
  package let name: String
  package let value: Double
}

/// An attack of drawn strength. It uses the same exchanges and the same outside addresses as
/// ordinary traffic, so nothing but its behaviour tells it apart.
protocol Attack: Sendable {
  var scope: AttackScope { get }
  /// The address at the other end, where there is one that matters.
  var peer: UInt32? { get }
  var strength: [Strength] { get }
  /// How its conversations sign their host's person in; nil where they sign nobody in.
  var signIns: SignInOutcome? { get }
  /// Adds what happens on the builder's day.
  func act(in day: inout DayBuilder, _ random: inout SeededRandom)
}

extension Attack {
  var peer: UInt32? { nil }
  var signIns: SignInOutcome? { nil }
}

extension DayBuilder {
  /// Adds all that the attack does on this day.
  mutating func add(_ attack: any Attack) {
    guard attack.scope.days.contains(day) else { return }
    self.attack = Int32(attack.scope.number)
    var random = firm.random(.attackDay, attack.scope.number, day: day)
    attack.act(in: &self, &random)
    self.attack = nil
  }

  /// A start, in hours, such that `hours` fit while the host is on; people's hours come first.
  func opportunity(_ host: Host, lasting hours: Double, _ random: inout SeededRandom) -> Double {
    let presence = firm.presence(of: host, on: day)
    let fitting = (presence.work + presence.on).filter { $0.upperBound - $0.lowerBound > hours }
    guard let range = fitting.first else {
      return random.within(9...max(9.1, 17 - hours))
    }
    return random.within(range.lowerBound...range.upperBound - hours)
  }

  func isOn(_ host: Host, at moment: Instant) -> Bool {
    firm.presence(of: host, on: day).on.contains {
      clock.at($0.lowerBound) <= moment && moment <= clock.at($0.upperBound)
    }
  }

  /// Moments a renewal process reaches on this day: from `begin`, each a jittered period after the
  /// one before.
  func moments(
    from begin: Instant, to end: Instant, every period: Double, jitter: Double,
    _ random: SeededRandom
  ) -> [(index: Int, moment: Instant)] {
    var random = random
    var result: [(Int, Instant)] = []
    var moment = begin
    var index = 0
    while moment < end && moment < clock.end {
      if moment >= clock.start { result.append((index, moment)) }
      moment = moment.advanced(bySeconds: random.jittered(period, by: jitter))
      index += 1
    }
    return result
  }

  /// One attempt to connect, which goes as the target's role has it.
  mutating func probe(
    at moment: Instant, from client: UInt32, to target: UInt32, _ port: UInt16,
    _ random: inout SeededRandom
  ) {
    let host = firm.hosts.first { $0.address == target && $0.firstDay <= day }
    let outcome: Outcome
    if let host, !host.role.isPersonal || isOn(host, at: moment) {
      outcome = host.role.answers(port) ? .reset : random.chance(0.6) ? .rejected : .unanswered
    } else {
      outcome = .unanswered
    }
    tcp(
      at: moment, from: client, to: target, port,
      Exchange(sent: 0, received: 0, seconds: 0.002), outcome: outcome, random: &random)
  }
}

extension Role {
  /// Whether something listens there.
  func answers(_ port: UInt16) -> Bool {
    let ports: Set<UInt16> =
      switch self {
      case .workstation, .laptop: [135, 445]
      case .domainController: [53, 88, 135, 389, 445, 3389]
      case .fileServer, .updateServer: [135, 445, 3389, 5985]
      case .mailServer, .intranet: [22, 25, 443]
      case .database: [22, 5432]
      case .application: [22, 8443]
      case .backup, .monitor: [22, 443, 10_050]
      case .webServer, .mailRelay: [22, 443]
      case .printer: [80, 443, 9100]
      case .camera, .videoRecorder: [80, 554]
      case .phone, .telephoneExchange: [80, 5060]
      case .iot: [80]
      }
    return ports.contains(port)
  }
}
