import Columnar
import Events
import Features
import Glibc

/// Hosts that speak what hosts of their kind do not: a protocol that none of their peers uses, a
/// server of a basic service that nobody else asks, the outside though they keep to themselves.
///
/// The score is the sum of three surprises in bits. A new port: −log2((n + s) / (N + 1)), where n
/// of N peers used it before and s is the share of all hosts that did, but at most that of new
/// ports with such a host, which phones that draw theirs for each call have every day. A new server
/// of names, times or mail: of N hosts that ask for such n asked this one, −log2((n + ½) / (N +
/// 1)). The outside: on n of its N days the host had an answer from there. Only conversations that
/// were answered count.
struct ProtocolDetector: Detector {
  let name = "protocol"
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let cap = try settings.number("cap")
    let habits = NoveltyHabits(inputs.state)
    let opened = try OpenedServices(inputs)
    let servers = try NewServers(inputs)
    var spoken = Spoken(host: nil)
    func judge() throws {
      guard let host = spoken.host?.text, !inputs.isNew(host),
        let record = inputs.state.hosts[host]
      else { return }
      let surprises = spoken.surprises(record, habits: habits, servers: servers, inputs)
        .map { $0.capped(cap) }.sorted { ($1.bits, $0.feature) < ($0.bits, $1.feature) }
      let score = surprises.reduce(0) { $0 + $1.bits }
      guard score >= floor, let lead = surprises.first else { return }
      try vote(
        RawVote(
          entity: host, window: inputs.window(of: lead.time), detector: name, score: score,
          floor: floor, ceiling: ceiling, peer: lead.peer,
          evidence: surprises.map {
            Evidence($0.feature, contribution: $0.bits, actual: $0.share)
          }))
    }
    try inputs.tables.pairs.forEachBatch { batch in
      let pairs = PairBatch(batch)
      for row in 0..<pairs.rowCount
      where pairs.kind[row] == PairKind.conversation.rawValue {
        let pair = pairs.row(row)
        if pair.key.originator != spoken.host {
          try judge()
          spoken = Spoken(host: pair.key.originator)
        }
        guard pair.failed < pair.conversations, !opened.isShared(pair) else { continue }
        spoken.add(pair, inputs: inputs)
      }
    }
    try judge()
  }
}

/// How unlikely one thing is that a host did.
private struct Surprise {
  let feature: String
  /// How common it is: 0 … 1.
  let share: Double
  let peer: String
  let time: Instant
  private(set) var bits: Double

  /// - Parameters:
  ///   - count: of how many of `total` it is known.
  ///   - prior: what is taken for the share where there are none to ask.
  init(
    _ feature: String, count: Int, of total: Int, prior: Double = 0.5, peer: String, time: Instant
  ) {
    self.feature = feature
    self.peer = peer
    self.time = time
    share = total == 0 ? 0 : Double(count) / Double(total)
    bits = max(0, -log2((Double(count) + prior) / (Double(total) + 1)))
  }

  func capped(_ cap: Double) -> Surprise {
    var capped = self
    capped.bits = min(bits, cap)
    return capped
  }
}

/// What a host got answers to on the day, as far as it may be strange.
private struct Spoken {
  let host: NamedEndpoint?
  /// Ports that the host never used before, each once.
  private var newPorts: [PairRow] = []
  /// Servers of basic services that it never met before.
  private var newServers: [PairRow] = []
  private var firstOutside: PairRow?
  private var known: Set<UInt64> = []

  init(host: NamedEndpoint?) { self.host = host }

  mutating func add(_ pair: PairRow, inputs: ScoringInputs) {
    let host = keyHash(pair.key.originator.text)
    let port = Subject.port(pair.key.port, protocol: pair.key.ianaNumber)
    if known.insert(port).inserted,
      inputs.state.seen.days(.port, SeenKey(subject: port, host: host)).isEmpty
    {
      newPorts.append(pair)
    }
    if BasicService.has(port: pair.key.port, ianaNumber: pair.key.ianaNumber),
      inputs.isNewDestination(pair)
    {
      newServers.append(pair)
    }
    if pair.isExternal, pair.firstTime < firstOutside?.firstTime ?? Instant(microseconds: .max) {
      firstOutside = pair
    }
  }

  /// At most one of each kind, the least likely.
  func surprises(
    _ record: HostRecord, habits: NoveltyHabits, servers: NewServers, _ inputs: ScoringInputs
  ) -> [Surprise] {
    // The chance of at least one new port on a day, of a Poisson count.
    let usual = -log2(-expm1(-habits.mean(.port, host: record)))
    let ports = newPorts.map { pair in
      let port = Subject.port(pair.key.port, protocol: pair.key.ianaNumber)
      let (users, peers) = habits.users(.port, subject: port, peersOf: record)
      let others = Double(inputs.state.seen.site(.port, subject: port).hostCount)
      return Surprise(
        "peers_with_protocol", count: users, of: peers,
        prior: (others + 0.5) / Double(inputs.state.hosts.count + 1), peer: pair.peer,
        time: pair.firstTime
      ).capped(usual)
    }
    let asked = newServers.map { servers.surprise($0, inputs) }
    let outside = firstOutside.map { pair in
      let key = SeenKey(subject: Subject.outside, host: keyHash(record.name))
      return Surprise(
        "days_with_outside", count: inputs.state.seen.days(.outside, key).count,
        of: inputs.state.seen.days(.host, SeenKey(number: keyHash(record.name))).count,
        peer: pair.peer, time: pair.firstTime)
    }
    func least(_ surprises: [Surprise]) -> Surprise? {
      surprises.max { ($0.bits, $1.time) < ($1.bits, $0.time) }
    }
    // What happens every other time is not worth a word.
    return [least(ports), least(asked), outside].compactMap { $0 }.filter { $0.bits > 1 }
  }
}

/// Services that a network has few servers of.
private enum BasicService {
  private static let udp: Set<UInt16> = [53, 67, 123, 514]
  private static let tcp: Set<UInt16> = [25, 53, 88, 389, 465, 587, 636, 853]

  static func has(port: UInt16, ianaNumber: UInt8) -> Bool {
    switch ianaNumber {
    case 6: tcp.contains(port)
    case 17: udp.contains(port)
    default: false
    }
  }
}

/// How many hosts turned to servers of basic services that they had not met before: where many do,
/// as with pools of time servers, it says little of one.
private struct NewServers {
  private var hosts: [UInt64: Int] = [:]

  init(_ inputs: ScoringInputs) throws {
    var counted: Set<UInt64> = []
    var originator: NamedEndpoint?
    try inputs.tables.pairs.forEachBatch { batch in
      let pairs = PairBatch(batch)
      for row in 0..<pairs.rowCount
      where pairs.kind[row] == PairKind.conversation.rawValue {
        let number = pairs.ianaNumber.value(row)
        guard BasicService.has(port: pairs.port.value(row), ianaNumber: number),
          pairs.failed.value(row) < pairs.conversations.value(row)
        else { continue }
        let pair = pairs.row(row)
        if pair.key.originator != originator {
          originator = pair.key.originator
          counted.removeAll(keepingCapacity: true)
        }
        let port = Subject.port(pair.key.port, protocol: number)
        if !counted.contains(port), inputs.isNewDestination(pair) {
          counted.insert(port)
          hosts[port, default: 0] += 1
        }
      }
    }
  }

  func surprise(_ pair: PairRow, _ inputs: ScoringInputs) -> Surprise {
    let port = Subject.port(pair.key.port, protocol: pair.key.ianaNumber)
    let users = inputs.hostCount(.port, subject: port)
    let ofServer = inputs.hostCount(.destination, subject: keyHash(pair.key.responder.text))
    // The host itself says nothing of how common it is.
    let count = max(ofServer, hosts[port] ?? 1) - 1
    return Surprise(
      "hosts_with_server", count: count, of: max(users - 1, count), peer: pair.peer,
      time: pair.firstTime)
  }
}

extension ScoringInputs {
  /// Whether the originator of a pair never met its responder before.
  fileprivate func isNewDestination(_ pair: PairRow) -> Bool {
    let key = SeenKey(
      subject: keyHash(pair.key.responder.text), host: keyHash(pair.key.originator.text))
    return state.seen.days(.destination, key).isEmpty
  }
}
