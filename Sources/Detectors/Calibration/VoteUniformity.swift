import Columnar
import Events

/// Where a vote lies among the votes that it is ranked among, rather than among all host-days.
struct VoteRank {
  let detector: Int
  let group: VoteCalibrator.Group
  /// The vote's p as a share of the greatest that a vote could have; in (0, 1]. Uniform where votes
  /// go on as before.
  let share: Double
}

/// How far the p-values of a detector's votes on hosts that are ranked together are from uniform.
///
/// Most host-days have no vote and so no p of their own: of a detector that votes on a share v of
/// them, p is uniform over the votes' part, 0 … v, and it is p / v that is compared.
struct VoteUniformity {
  let detector: String
  let entityClass: String
  let voteCount: Int
  /// Kolmogorov's distance from the uniform distribution on 0 … 1.
  let distance: Double

  /// Fewer votes of a reference make ranks too coarse.
  static let leastVoters = 20

  /// By detector, then class.
  static func all(_ ranks: [VoteRank], _ history: VoteHistory) -> [VoteUniformity] {
    struct Key: Hashable {
      let detector: Int
      let group: VoteCalibrator.Group
    }
    return Dictionary(grouping: ranks) { Key(detector: $0.detector, group: $0.group) }.map {
      VoteUniformity(
        detector: history.detectors[$0.detector], entityClass: $0.group.name(in: history),
        voteCount: $1.count, distance: kolmogorovDistance($1.map(\.share)))
    }.sorted { ($0.detector, $0.entityClass) < ($1.detector, $1.entityClass) }
  }
}

extension VoteCalibrator.Group {
  fileprivate func name(in history: VoteHistory) -> String {
    switch self {
    case .allHosts: "all hosts"
    case .entityClass(let entityClass): history.classes[entityClass].name
    case .ownHistories: "small classes"
    }
  }
}

/// The greatest distance of the distribution of some values from the uniform one on 0 … 1
/// (Kolmogorov 1933); 0 without values.
func kolmogorovDistance(_ values: [Double]) -> Double {
  let count = Double(values.count)
  return values.sorted().enumerated().reduce(0) { greatest, value in
    let (index, value) = (Double(value.offset), value.element)
    return max(greatest, value - index / count, (index + 1) / count - value)
  }
}

extension DayDecisions {
  /// Writes `vote_drift.arrow`.
  package func writeDrift(to sink: any BatchSink) throws {
    let table = TableBuilder(VoteDrift.schema)
    for row in uniformity {
      table.column(VoteDrift.detector).append(row.detector)
      table.column(VoteDrift.entityClass).append(row.entityClass)
      table.column(VoteDrift.votes).append(Int64(row.voteCount))
      table.column(VoteDrift.distance).append(row.distance)
    }
    try sink.write(table.finishBatch())
  }
}
