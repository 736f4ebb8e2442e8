import Columnar
import Detectors
import Events
import Glibc
import TestSupport

extension SplitMix {
  /// In (0, 1).
  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992 }
}

struct SimulatedVote: Hashable {
  var kind = EntityKind.host
  var entity: String
  var detector: String
  var score: Double
  var floor = 1.0
  var ceiling = Double.infinity
  var window = 0
  /// What the vote is foremost about.
  var feature: String?
  /// The host whose doing it was.
  var cause: String?
  var peer: String?
}

struct SimulatedHost: Hashable {
  var kind = EntityKind.host
  var name: String
  var entityClass = "workstation"
}

/// Votes of a site day by day, as the stage would store them.
struct SimulatedVotes {
  static let firstDay = CivilDate(dayNumber: 20_500)

  var hosts: [SimulatedHost]
  /// Days of which nothing was stored.
  var missingDays: Set<Int> = []
  /// By day, from `firstDay`.
  var days: [[SimulatedVote]]

  /// A site on which nothing happens: detectors vote by chance.
  /// - Parameters:
  ///   - voteShare: probability that a detector votes on a host-day.
  ///   - dependence: probability that a detector copies the host-day's common draw.
  init(
    hosts: [SimulatedHost], detectors: [String], dayCount: Int, voteShare: Double = 0.1,
    dependence: Double = 0, seed: UInt64
  ) {
    var generator = SplitMix(seed: seed)
    self.hosts = hosts
    days = (0..<dayCount).map { _ in
      hosts.flatMap { host in
        let common = generator.uniform()
        return detectors.compactMap { detector -> SimulatedVote? in
          let isCopy = generator.uniform() < dependence
          let own = generator.uniform()
          let draw = isCopy ? common : own
          guard draw < voteShare else { return nil }
          return SimulatedVote(
            kind: host.kind, entity: host.name, detector: detector,
            score: 1 - log(draw / voteShare))
        }
      }
    }
  }

  static func workstations(_ count: Int, named prefix: String = "w") -> [SimulatedHost] {
    (0..<count).map { SimulatedHost(name: prefix + pad($0, 3)) }
  }

  static let detectors = (0..<10).map { "detector\($0)" }

  static func date(_ day: Int) -> CivilDate { firstDay.advanced(by: day) }

  func scoredDay(_ day: Int) -> ScoredDay {
    let hostDays = TableBuilder(HostDay.schema)
    for host in hosts {
      hostDays.column(HostDay.entityKind).append(host.kind.rawValue)
      hostDays.column(HostDay.entity).append(host.name)
      hostDays.column(HostDay.entityClass).append(host.entityClass)
      hostDays.column(HostDay.daysOfHistory).append(UInt32(min(day, 28)))
    }
    return ScoredDay(
      date: Self.date(day), votes: [Table(schema: Vote.schema, batches: [voteBatch(day)])],
      hostDays: Table(schema: HostDay.schema, batches: [hostDays.finishBatch()]))
  }

  func voteBatch(_ day: Int) -> Batch {
    let votes = TableBuilder(Vote.schema)
    for vote in days[day] {
      votes.column(Vote.entityKind).append(vote.kind.rawValue)
      votes.column(Vote.entity).append(vote.entity)
      let start = Int64(Self.date(day).dayNumber * 24 + vote.window) * 3_600_000_000
      votes.column(Vote.windowStart).append(Instant(microseconds: start))
      votes.column(Vote.windowEnd).append(Instant(microseconds: start + 3_600_000_000))
      votes.column(Vote.detector).append(vote.detector)
      votes.column(Vote.rawScore).append(vote.score)
      votes.column(Vote.pValue).appendNull()
      votes.column(Vote.floor).append(vote.floor)
      votes.column(Vote.ceiling).append(vote.ceiling)
      votes.column(Vote.peer).append(vote.peer)
      votes.column(Vote.cause).append(vote.cause)
      votes.column(Vote.features[0]).append(vote.feature)
      for key in Vote.features.dropFirst() { votes.column(key).appendNull() }
      for key in Vote.contributions + Vote.actuals + Vote.typicals + Vote.spreads {
        votes.column(key).appendNull()
      }
    }
    return votes.finishBatch()
  }

  func history(
    through lastDay: Int? = nil, from firstDay: Int = 0, attacked: Set<AttackedHostDay> = []
  ) throws -> VoteHistory {
    try VoteHistory(
      (firstDay...(lastDay ?? days.count - 1)).filter { !missingDays.contains($0) }
        .map(scoredDay), attacked: attacked)
  }

  func decisions(_ range: ClosedRange<Int>, _ options: CalibrationOptions = .init()) throws
    -> [DayDecisions]
  {
    calibrate(
      try history(through: range.upperBound),
      dates: Self.date(range.lowerBound)...Self.date(range.upperBound), options: options)
  }
}

extension DayDecisions {
  var decided: [EntityDecision] { entities.filter { $0.decision == .decide } }

  func row(of entity: String) -> EntityDecision? { entities.first { $0.entity == entity } }
}

/// A site of 60 workstations on which detectors vote by chance.
func quietSite(
  _ hosts: [SimulatedHost] = SimulatedVotes.workstations(60), dayCount: Int,
  voteShare: Double = 0.1, seed: UInt64 = 5
) -> SimulatedVotes {
  SimulatedVotes(
    hosts: hosts, detectors: Array(SimulatedVotes.detectors.prefix(6)), dayCount: dayCount,
    voteShare: voteShare, seed: seed)
}
