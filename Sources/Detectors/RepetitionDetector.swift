import Columnar
import Events
import Features

/// Hosts that turn to one service again and again, far more often than they did and than others do:
/// passwords being guessed, programs that fail in a loop.
///
/// The score is the surprise −log2 P(X ≥ n) in bits of a negative binomial with the usual number of
/// a pair's conversations on a day: the most of its days in the history that is kept of pairs, or
/// what nine of ten other hosts stay below with a service on the same port, whichever is more. The
/// same is asked of the conversations that failed alone. As many questions for names as others
/// asked the host are not its own: resolvers ask them on.
struct RepetitionDetector: Detector {
  let name = "repetition"
  let specificity = Specificity.technique
  let neededDays = 3
  let eventClasses: [EventClass] = [.flow]
  let misledBy: Set<SourceFault.Kind> = [.repeated, .keys]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let shape = try settings.number("shape")
    let leastCount = try settings.number("least_conversations")
    let leastUsual = try settings.number("least_usual")
    let asked = try AskedNames(inputs)
    let others = try PortCounts(inputs, asked, leastCount: leastCount)
    let today = try PairCursor(
      pairs: inputs.tables.pairs, values: inputs.tables.pairValues, day: inputs.day)
    let history = try PairCursor(
      pairs: inputs.state.pairHistory, values: inputs.state.pairHistoryValues, day: inputs.day)
    while !today.isAtEnd {
      if Double(today.conversations) >= leastCount, let pair = today.current,
        pair.key.kind == .conversation, !inputs.isNew(pair.key.originator.text)
      {
        let past = try history.advance(to: today) ? history : nil
        let busiest = try past?.currentValues().busiestDay ?? 0
        let failedShare =
          past?.current.map { Double($0.failed) / Double(max(1, $0.conversations)) } ?? 0
        let usual = others.usual(pair)
        let own = max(
          0, pair.conversations - asked.relayed(pair.key.originator, pair.port))
        let all = Repetition(
          "conversations_with_service", count: own,
          usual: max(leastUsual, busiest, usual.all), shape: shape)
        let failed = Repetition(
          "failed_with_service", count: min(pair.failed, own),
          usual: max(leastUsual / 2, busiest * failedShare, usual.failed), shape: shape)
        let found = [all, failed].filter { $0.bits > 0 }.sorted { $0.bits > $1.bits }
        if let lead = found.first, lead.bits >= floor {
          try vote(
            RawVote(
              entity: pair.key.originator.text, window: inputs.wholeDay, detector: name,
              score: lead.bits, floor: floor, ceiling: ceiling, peer: pair.peer,
              evidence: found.map(\.evidence)))
        }
      }
      try today.advance()
    }
  }
}

/// How often a host turned to a service, beside what is usual.
private struct Repetition {
  let feature: String
  let bits: Double
  private let count: Int64
  private let usual: Double
  private let spread: Double

  init(_ feature: String, count: Int64, usual: Double, shape: Double) {
    self.feature = feature
    self.count = count
    self.usual = usual
    spread = (usual + usual * usual / shape).squareRoot()
    // Of large counts only the ratio matters, and the tail's terms grow with them.
    let scale = max(1, usual / 100)
    bits =
      Double(count) > usual
      ? NegativeBinomial.surprise(Double(count) / scale, mean: usual / scale, shape: shape) : 0
  }

  var evidence: Evidence {
    Evidence(feature, contribution: bits, actual: Double(count), typical: usual, spread: spread)
  }
}

extension PairRow {
  /// The port and protocol, as one number.
  fileprivate var port: UInt64 { Subject.port(key.port, protocol: key.ianaNumber) }
}

/// How often others asked the site's hosts for names on the day, and they may have asked on.
private struct AskedNames {
  private static let port: UInt16 = 53
  private var conversations: [NamedEndpoint: [UInt64: Int64]] = [:]

  init(_ inputs: ScoringInputs) throws {
    try inputs.tables.services.forEachBatch { batch in
      let host = batch[Service.host]
      let (port, ianaNumber) = (batch[Service.port], batch[Service.ianaNumber])
      let count = batch[Service.conversations]
      for row in 0..<batch.rowCount where port.value(row) == AskedNames.port {
        let subject = Subject.port(AskedNames.port, protocol: ianaNumber.value(row))
        conversations[NamedEndpoint(host.bytes(row)), default: [:]][subject] = count.value(row)
      }
    }
  }

  /// Of what a host asked on a port, what it was asked itself.
  func relayed(_ host: NamedEndpoint, _ port: UInt64) -> Int64 { conversations[host]?[port] ?? 0 }
}

/// The most that each host turned to one service on a port on the day.
private struct PortCounts {
  struct Count {
    var all: Int64 = 0
    var failed: Int64 = 0
  }
  private struct Port {
    var counts: [NamedEndpoint: Count] = [:]
    /// Ascending.
    var all: [Int64] = []
    var failed: [Int64] = []
  }
  private static let quantile = 0.9
  /// By port and protocol, where some host turned to one service often enough to be judged.
  private var ports: [UInt64: Port] = [:]

  init(_ inputs: ScoringInputs, _ asked: AskedNames, leastCount: Double) throws {
    func forEachPair(_ body: (PairBatch, Int, UInt64) -> Void) throws {
      try inputs.tables.pairs.forEachBatch { batch in
        let pairs = PairBatch(batch)
        for row in 0..<pairs.rowCount
        where pairs.kind[row] == PairKind.conversation.rawValue {
          body(
            pairs, row,
            Subject.port(pairs.port.value(row), protocol: pairs.ianaNumber.value(row)))
        }
      }
    }
    try forEachPair { pairs, row, port in
      if Double(pairs.conversations.value(row)) >= leastCount { ports[port] = Port() }
    }
    try forEachPair { pairs, row, port in
      guard ports[port] != nil else { return }
      let host = NamedEndpoint(pairs.originator.bytes(row))
      let own = max(0, pairs.conversations.value(row) - asked.relayed(host, port))
      ports[port]?.counts[host, default: Count()].add(
        Count(all: own, failed: min(own, pairs.failed.value(row))))
    }
    ports = ports.mapValues { port in
      Port(
        counts: port.counts, all: port.counts.values.map(\.all).sorted(),
        failed: port.counts.values.map(\.failed).sorted())
    }
  }

  /// What nine of ten other hosts stay below, of all and of failed conversations; 0 where no other
  /// uses the port.
  func usual(_ pair: PairRow) -> (all: Double, failed: Double) {
    guard let port = ports[pair.port], let own = port.counts[pair.key.originator] else {
      return (0, 0)
    }
    func usual(_ sorted: [Int64], without own: Int64) -> Double {
      guard sorted.count > 1 else { return 0 }
      let place = Int(Double(sorted.count - 2) * PortCounts.quantile)
      // The host's own number is one of them.
      return Double(sorted[own <= sorted[place] ? place + 1 : place])
    }
    return (usual(port.all, without: own.all), usual(port.failed, without: own.failed))
  }
}

extension PortCounts.Count {
  fileprivate mutating func add(_ other: Self) {
    all = max(all, other.all)
    failed = max(failed, other.failed)
  }
}
