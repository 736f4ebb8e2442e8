import Columnar
import Events
import Features

/// Hosts that turn to one service again and again, far more often than they did and than others do:
/// passwords being guessed, programs that fail in a loop.
///
/// The score is the surprise −log2 P(X ≥ n) in bits of a negative binomial with the usual number of a
/// pair's conversations on a day: the most of its days within the last 28, or what nine of ten other
/// hosts stay below with a service on the same port, whichever is more. The same is asked of the
/// conversations that failed alone.
struct RepetitionDetector: Detector {
  let name = "repetition"
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
    let others = try PortCounts(inputs)
    let today = try PairCursor(
      pairs: inputs.tables.pairs, values: inputs.tables.pairValues, day: inputs.day)
    let history = try PairCursor(
      pairs: inputs.state.pairHistory, values: inputs.state.pairHistoryValues, day: inputs.day)
    while let pair = today.current {
      try today.advance()
      guard pair.key.kind == .conversation, Double(pair.conversations) >= leastCount,
        !inputs.isNew(pair.key.originator.text)
      else { continue }
      while let past = history.current, past.key < pair.key { try history.advance() }
      let past = history.current.flatMap { $0.key == pair.key ? $0 : nil }
      let busiest = past == nil ? 0 : Repetition.busiestDay(try history.currentValues())
      let failedShare = past.map { Double($0.failed) / Double(max(1, $0.conversations)) } ?? 0
      let all = Repetition(
        "conversations_with_service", count: pair.conversations,
        usual: max(leastUsual, busiest, others.usual(pair, \.all)), shape: shape)
      let failed = Repetition(
        "failed_with_service", count: pair.failed,
        usual: max(leastUsual / 2, busiest * failedShare, others.usual(pair, \.failed)),
        shape: shape)
      let lead = failed.bits > all.bits ? failed : all
      guard lead.bits >= floor else { continue }
      try vote(
        RawVote(
          entity: pair.key.originator.text, window: inputs.wholeDay, detector: name,
          score: lead.bits, floor: floor, ceiling: ceiling, peer: pair.peer,
          evidence: [lead, lead.feature == all.feature ? failed : all].map(\.evidence)))
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
    bits =
      Double(count) > usual
      ? NegativeBinomial.surprise(Double(count), mean: usual, shape: shape) : 0
  }

  var evidence: Evidence {
    Evidence(feature, contribution: bits, actual: Double(count), typical: usual, spread: spread)
  }

  /// The most conversations that the history of a pair has on one day.
  static func busiestDay(_ history: [ValueCount]) -> Double {
    var days: [Int64: Int64] = [:]
    for value in history where value.measure == PairHistoryValue.slot {
      days[value.value / 4, default: 0] += Int64(value.count)
    }
    return Double(days.values.max() ?? 0)
  }
}

/// The most that each host turned to one service on a port on the day.
private struct PortCounts {
  struct Count {
    var all: Int64 = 0
    var failed: Int64 = 0
  }
  private static let quantile = 0.9
  /// By port and protocol, then by host.
  private var counts: [UInt64: [NamedEndpoint: Count]] = [:]

  init(_ inputs: ScoringInputs) throws {
    try inputs.tables.pairs.forEachBatch { batch in
      let pairs = PairBatch(batch)
      for row in 0..<pairs.rowCount
      where pairs.kind[row] == PairKind.conversation.rawValue {
        let port = Subject.port(pairs.port.value(row), protocol: pairs.ianaNumber.value(row))
        let host = pairs.row(row).key.originator
        var count = counts[port]?[host] ?? Count()
        count.all = max(count.all, pairs.conversations.value(row))
        count.failed = max(count.failed, pairs.failed.value(row))
        counts[port, default: [:]][host] = count
      }
    }
  }

  /// What nine of ten other hosts stay below; 0 where no other uses the port.
  func usual(_ pair: PairRow, _ count: KeyPath<Count, Int64>) -> Double {
    let port = Subject.port(pair.key.port, protocol: pair.key.ianaNumber)
    let others = (counts[port] ?? [:]).filter { $0.key != pair.key.originator }
      .map { $0.value[keyPath: count] }.sorted()
    guard !others.isEmpty else { return 0 }
    return Double(others[Int(Double(others.count - 1) * PortCounts.quantile)])
  }
}
