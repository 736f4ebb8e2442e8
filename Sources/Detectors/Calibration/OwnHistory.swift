/// Where and how widely a detector's votes lie.
struct VoteSpread {
  let usual: Double
  let spread: Double

  /// The least spread, as a share of the usual score.
  static let leastRelativeSpread = 0.1

  /// Of one entity's votes: median and 1.4826 MAD, shrunk to `group` by (n·own + k·group)/(n + k).
  init(_ scores: [Double], group: VoteSpread) {
    var values = scores
    let own = median(&values)
    for index in values.indices { values[index] = abs(values[index] - own) }
    let weight = Double(scores.count) / (Double(scores.count) + OwnHistoryPool.shrinkage)
    usual = weight * own + (1 - weight) * group.usual
    spread = max(
      weight * 1.4826 * median(&values) + (1 - weight) * group.spread,
      Self.leastRelativeSpread * abs(usual))
  }

  /// Of all hosts' votes, ascending: median and interquartile range over 1.349.
  init(all scores: [Double], floor: Double) {
    usual = scores.isEmpty ? floor : scores[scores.count / 2]
    let range = scores.isEmpty ? 0 : scores[scores.count * 3 / 4] - scores[scores.count / 4]
    spread = max(range / 1.349, Self.leastRelativeSpread * abs(usual), .leastNormalMagnitude)
  }

  /// How many spreads a score lies above the usual one.
  func standardised(_ score: Double) -> Double { (score - usual) / spread }
}

/// One detector's votes on the entities of small classes, each measured by the entity's other
/// votes, so that classes too small to be ranked in can share one tail.
///
/// Only votes count for what is usual: a server that votes now and then must not pass for a silent
/// one. How often it votes shows in its share of the tail.
struct OwnHistoryPool {
  private(set) var entityDayCount = 0
  private var scores: [Int32: [Double]] = [:]
  private let group: VoteSpread

  /// Votes of the group that an entity's own are weighed against.
  static let shrinkage = 2.0

  init(
    _ history: VoteHistory, detector: Int, classes: [Bool], positions: [Int], group: VoteSpread
  ) {
    self.group = group
    for position in positions {
      let day = history.days[position]
      for entityClass in classes.indices where classes[entityClass] {
        entityDayCount += day.usualClassCounts[entityClass]
      }
      let votes = day.hostVotes
      for row in votes.rows(of: detector)
      where classes[Int(votes.classes[row])] && !day.attacked.contains(votes.entities[row]) {
        scores[votes.entities[row], default: []].append(votes.scores[row])
      }
    }
  }

  /// A score on an entity, measured by its votes of the window.
  func standardised(_ score: Double, of entity: Int32) -> Double {
    VoteSpread(scores[entity] ?? [], group: group).standardised(score)
  }

  /// Every score of the window, measured by the entity's votes on other days; ascending.
  func standardisedScores() -> [Double] {
    var standardised: [Double] = []
    for (_, own) in scores {
      for (position, score) in own.enumerated() {
        var others = own
        others.remove(at: position)
        standardised.append(VoteSpread(others, group: group).standardised(score))
      }
    }
    return standardised.sorted()
  }
}

/// The median; sorts the values. 0 for none.
func median(_ values: inout [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  values.sort()
  let middle = values.count / 2
  return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
}
