/// Which attacks happen, where and when: drawn from the seed for every 28 days, in the last ten of
/// them, so that a baseline can be learned first. Some days stay clean.
package struct AttackPlan: Sendable {
  package enum Choice: String, CaseIterable, Sendable {
    case none, demo, all

    var kinds: [AttackKind] {
      switch self {
      case .none: []
      case .demo: AttackKind.demo
      case .all: AttackKind.allCases
      }
    }
  }

  /// Days of a cycle on which attacks may run; one of the last two stays clean.
  private static let active = 18...27
  /// Long attacks leave the cycle's end alone.
  private static let activeLong = 18...25

  let attacks: [any Attack]

  package init(_ choice: Choice, firm: Firm, dayCount: Int, contamination: Double = 0) {
    var attacks = AttackPlan.contamination(contamination, of: choice.kinds, firm: firm)
    for cycle in 0..<(dayCount + Timeline.cycle - 1) / Timeline.cycle {
      AttackPlan.draw(choice.kinds, cycle: cycle, firm: firm, into: &attacks)
    }
    self.attacks = attacks
  }

  private static func draw(
    _ kinds: [AttackKind], cycle: Int, firm: Firm, into attacks: inout [any Attack]
  ) {
    var random = SeededRandom(seed: firm.seed, Stream.attackPlan.rawValue, UInt64(cycle), 0xFACE)
    let clean = random.within(26...27)
    let base = cycle * Timeline.cycle
    var used: Set<Int> = []
    var queue: [Int] = []
    for kind in kinds {
      let length = random.within(kind.dayCount)
      let number =
        cycle * AttackKind.allCases.count + (AttackKind.allCases.firstIndex(of: kind) ?? 0)
      var best: AttackScope?
      for attempt in 0..<400 where best == nil {
        if queue.isEmpty { queue = random.shuffled(active.filter { $0 != clean }) }
        let first =
          length > 1
          ? random.within(activeLong.lowerBound...activeLong.upperBound - length + 1)
          : queue.removeLast()
        let host = random.pick(kind == .cameraProtocol ? firm.hosts(.camera) : firm.personal)
        let days = base + first...base + first + length - 1
        guard !used.contains(host.index), suits(host, kind, days, firm, attempt) else { continue }
        best = AttackScope(kind: kind, number: number, days: days, host: host)
      }
      guard let scope = best else { continue }
      used.insert(scope.host.index)
      attacks.append(make(scope, firm))
    }
  }

  /// Whether the host is there to be misused. After many attempts a small firm takes what it has.
  private static func suits(
    _ host: Host, _ kind: AttackKind, _ days: ClosedRange<Int>, _ firm: Firm, _ attempt: Int
  ) -> Bool {
    guard host.firstDay + 7 <= days.lowerBound else { return false }
    let presences = days.map { firm.presence(of: host, on: $0) }
    if kind.needsRunningMachine && attempt < 200 {
      return presences.allSatisfy { $0.isOn(0...24) }
    }
    return presences.allSatisfy { presence in
      presence.on.contains { $0.upperBound - $0.lowerBound >= 6 }
        && (days.count > 1 || kind == .cameraProtocol || !presence.work.isEmpty)
    }
  }

  static func make(_ scope: AttackScope, _ firm: Firm) -> any Attack {
    switch scope.kind {
    case .fastScan: FastScan(scope, firm)
    case .slowScan: SlowScan(scope, firm)
    case .tenMinuteBeacon, .sixHourBeacon, .sharedAddressBeacon: Beacon(scope, firm)
    case .bulkExfiltration: BulkExfiltration(scope, firm)
    case .slowExfiltration: SlowExfiltration(scope, firm)
    case .cameraProtocol: CameraProtocol(scope, firm)
    case .nightActivity: NightActivity(scope, firm)
    case .failureBurst: FailureBurst(scope, firm)
    case .cryptoMiner: CryptoMiner(scope, firm)
    case .nameTunnel: NameTunnel(scope, firm)
    case .generatedNames: GeneratedNames(scope, firm)
    case .passwordGuessing: PasswordGuessing(scope, firm)
    case .lateralMovement: LateralMovement(scope, firm)
    case .worm: Worm(scope, firm)
    case .spamSender: SpamSender(scope, firm)
    }
  }
}
