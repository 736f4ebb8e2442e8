import Columnar
import Events
import Features
import Glibc

/// One outside destination of a host, met for the first time at most a few days ago: what passed
/// since then, over all ports.
struct YoungDestination {
  let originator: NamedEndpoint
  let responder: NamedEndpoint
  /// The pair of the port that got most.
  private var largest: PairKey
  private(set) var bytesSent: Int64 = 0
  private(set) var bytesSentToday: Int64 = 0
  private(set) var bytesReceived: Int64 = 0
  /// On the day itself.
  private(set) var seconds = 0.0
  private(set) var longestSeconds = 0.0
  private(set) var conversations: Int64 = 0
  private(set) var firstTime: Instant
  /// Days since it was first met.
  private(set) var age = 0
  private var most: Int64 = -1

  /// With the port that got most.
  var peer: String { largest.peer }

  fileprivate init(_ pair: PairRow) {
    originator = pair.key.originator
    responder = pair.key.responder
    largest = pair.key
    firstTime = pair.firstTime
  }

  fileprivate mutating func add(_ pair: PairRow, past: PairRow?) {
    let sent = pair.bytesSent + (past?.bytesSent ?? 0)
    bytesSent += sent
    bytesSentToday += pair.bytesSent
    bytesReceived += pair.bytesReceived + (past?.bytesReceived ?? 0)
    seconds += Double(pair.durationMicroseconds) / 1_000_000
    longestSeconds = max(longestSeconds, Double(pair.longestMicroseconds) / 1_000_000)
    conversations += pair.conversations
    if sent > most {
      most = sent
      largest = pair.key
    }
    firstTime = min(firstTime, pair.firstTime)
  }

  fileprivate mutating func setAge(_ state: SiteState) {
    let key = SeenKey(subject: keyHash(responder.text), host: keyHash(originator.text))
    age = state.seen.days(.destination, key).age ?? 0
  }

  /// The known host's record and its peers', for those that can be judged.
  static func forEach(
    _ inputs: ScoringInputs, youngDays: Int, _ body: (YoungDestination, HostRecord) throws -> Void
  ) throws {
    var current: YoungDestination?
    func end() throws {
      guard var destination = current, !inputs.isNew(destination.originator.text),
        let record = inputs.state.hosts[destination.originator.text]
      else { return }
      destination.setAge(inputs.state)
      if destination.age <= youngDays { try body(destination, record) }
    }
    try inputs.forEachPair { pair, past in
      guard pair.isExternal, pair.key.kind == .conversation else { return }
      if current?.originator != pair.key.originator || current?.responder != pair.key.responder {
        try end()
        current = YoungDestination(pair)
      }
      current?.add(pair, past: past)
    }
    try end()
  }
}

/// How far a figure of a young destination is above what its host, drawn towards its peers, is used
/// to with such destinations.
struct YoungFigure {
  /// Spreads above the median, of log1p of the figure in its unit.
  let z: Double
  /// 1 for a destination that hardly any host knows, 0 for one that half of them know.
  let rarity: Double
  /// The share of hosts that never met the destination.
  let hostsWithoutDestination: Double
  private let usual: Center
  private let leastSpread: Double
  private let unit: Double
  private let value: Double

  init(
    _ value: Double, unit: Double, usual own: Center, peers: PeerCenters, leastSpread: Double,
    of destination: YoungDestination, record: HostRecord, inputs: ScoringInputs
  ) {
    self.init(
      value, unit: unit,
      usual: own.shrunk(sampleCount: record.daysSeen, towards: peers[record.entityClass]),
      leastSpread: leastSpread,
      hostCount: inputs.hostCount(.destination, subject: keyHash(destination.responder.text)),
      population: inputs.population)
  }

  /// - Parameters:
  ///   - usual: of log1p of the figure in its unit.
  ///   - hostCount: hosts that know the destination.
  init(
    _ value: Double, unit: Double, usual: Center, leastSpread: Double, hostCount: Int,
    population: Int
  ) {
    self.value = value
    self.unit = unit
    self.leastSpread = leastSpread
    self.usual = usual
    z = (log1p(value / unit) - usual.median) / max(1.4826 * usual.deviation, leastSpread)
    let hostCount = max(1, hostCount)
    rarity = Prevalence.rarity(hostCount: hostCount, of: population)
    hostsWithoutDestination = max(0, 1 - Double(hostCount) / Double(population))
  }

  /// z, down to a quarter of it where many know the destination.
  var score: Double { z * (1 + 3 * rarity) / 4 }

  func evidence(_ feature: String) -> Evidence {
    let spread = max(1.4826 * usual.deviation, leastSpread)
    return Evidence(
      feature, contribution: z, actual: value, typical: expm1(usual.median) * unit,
      spread: (expm1(usual.median + spread) - expm1(usual.median)) * unit)
  }
}

/// The middle of a figure of hosts, over the hosts of a class.
struct PeerCenters {
  private var centers: [EntityClass: Center] = [:]

  init(_ state: SiteState, _ figure: (HostRecord) -> Center) {
    self.init(state.hosts.values, figure)
  }

  init(_ records: some Sequence<HostRecord>, _ figure: (HostRecord) -> Center) {
    var medians: [EntityClass: [Double]] = [:]
    var deviations: [EntityClass: [Double]] = [:]
    for record in records {
      let center = figure(record)
      medians[record.entityClass, default: []].append(center.median)
      deviations[record.entityClass, default: []].append(center.deviation)
    }
    for (entityClass, values) in medians {
      centers[entityClass] = Center(
        median: values.sorted().sortedMedian,
        deviation: (deviations[entityClass] ?? [0]).sorted().sortedMedian)
    }
  }

  subscript(_ entityClass: EntityClass) -> Center? { centers[entityClass] }
}

extension ScoringInputs {
  /// Calls `body` with each pair of the day, in order, and its history where it has one.
  func forEachPair(_ body: (PairRow, PairRow?) throws -> Void) throws {
    let today = try PairCursor(pairs: tables.pairs, values: tables.pairValues, day: day)
    let history = try PairCursor(
      pairs: state.pairHistory, values: state.pairHistoryValues, day: day)
    while let row = today.current {
      try body(row, try history.advance(to: today) ? history.current : nil)
      try today.advance()
    }
  }
}
