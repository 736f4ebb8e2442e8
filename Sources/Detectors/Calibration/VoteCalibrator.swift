/// Ranks the votes of days, in ascending order of days, among the 28 days before each.
struct VoteCalibrator {
  private let history: VoteHistory
  private let options: CalibrationOptions
  private var references: [ReferenceKey: SlidingReference] = [:]

  private struct ReferenceKey: Hashable {
    let detector: Int
    let group: Group
  }

  /// Whose votes a vote is ranked among.
  enum Group: Hashable {
    case allHosts
    case entityClass(Int)
    /// Entities of small classes, each measured by its own history.
    case ownHistories
  }

  init(_ history: VoteHistory, _ options: CalibrationOptions) {
    self.history = history
    self.options = options
  }

  /// - Parameter keepsVotes: whether the result holds the votes beside what they come to.
  mutating func scores(at position: Int, keepsVotes: Bool) -> DayScores {
    let day = history.days[position]
    let window = history.positions(
      from: day.day - CalibrationConstants.referenceDays, through: day.day - 1)
    let siteWide = SiteWideDays(history, window: window, today: position)
    let groups = ClassGroups(history, window: window)
    var votes: [CalibratedVote] = []
    for detector in history.detectors.indices {
      for (dayVotes, isHost) in [(day.hostVotes, true), (day.otherVotes, false)] {
        let rows = dayVotes.rows(of: detector)
        guard !rows.isEmpty else { continue }
        let usual = isHost ? siteWide.usualPositions[detector] : Array(window)
        let standsOut = DayOutliers(Array(dayVotes.scores[rows]))
        var tails: [Group: ReferenceTail] = [:]
        for row in rows {
          let entityClass = Int(dayVotes.classes[row])
          let group = isHost ? groups.group(of: entityClass) : .entityClass(entityClass)
          if tails[group] == nil {
            tails[group] = tail(
              detector, group, groups, positions: usual, floor: dayVotes.floors[detector],
              isHost: isHost)
          }
          guard let tail = tails[group] else { continue }
          let score = dayVotes.scores[row]
          let value = tail.comparable(score, of: dayVotes.entities[row])
          let isCertain =
            isHost && dayVotes.atCeiling[row]
            && options.fixedRuleDetectors.contains(history.detectors[detector])
          votes.append(
            CalibratedVote(
              entity: dayVotes.entities[row], detector: detector, score: score,
              pValue: midP(value, among: tail.voters, count: tail.count),
              depth: tail.pareto.depth(value), isCertain: isCertain,
              isAbsorbed: isHost && siteWide.highToday[detector] != nil && !isCertain
                && !standsOut.contains(score),
              isHost: isHost))
        }
      }
    }
    return DayScores(
      position: position, earlierDays: window.count, siteWide: siteWide, votes: votes,
      keepsVotes: keepsVotes)
  }

  private mutating func tail(
    _ detector: Int, _ group: Group, _ groups: ClassGroups, positions: [Int], floor: Double,
    isHost: Bool
  ) -> ReferenceTail {
    if group == .ownHistories {
      let all = reference(detector, .allHosts, positions, isHost: true)
      let pool = OwnHistoryPool(
        history, detector: detector, classes: groups.pooled, positions: positions,
        group: VoteSpread(all: all, floor: floor))
      return ReferenceTail(
        voters: pool.standardisedScores(), count: pool.entityDayCount, floor: 0, pool: pool)
    }
    let count = positions.reduce(0) {
      guard case .entityClass(let wanted) = group else { return $0 + history.days[$1].hostCount }
      return $0 + history.days[$1].classCounts[wanted]
    }
    return ReferenceTail(
      voters: reference(detector, group, positions, isHost: isHost), count: count, floor: floor,
      pool: nil)
  }

  /// Scores of the group's votes on some days, ascending.
  private mutating func reference(
    _ detector: Int, _ group: Group, _ positions: [Int], isHost: Bool
  ) -> [Double] {
    let key = ReferenceKey(detector: detector, group: group)
    let days = history.days
    references[key, default: SlidingReference()].move(to: positions) { position in
      let votes = isHost ? days[position].hostVotes : days[position].otherVotes
      let rows = votes.rows(of: detector)
      guard case .entityClass(let wanted) = group else { return Array(votes.scores[rows]) }
      return rows.filter { Int(votes.classes[$0]) == wanted }.map { votes.scores[$0] }
    }
    return references[key]?.scores ?? []
  }
}

/// What a vote is ranked among.
private struct ReferenceTail {
  /// Ascending.
  let voters: [Double]
  /// Entity-days, with and without a vote.
  let count: Int
  let pareto: ParetoTail
  private let pool: OwnHistoryPool?

  init(voters: [Double], count: Int, floor: Double, pool: OwnHistoryPool?) {
    self.voters = voters
    self.count = count
    self.pool = pool
    pareto = ParetoTail(voters, count: count, floor: floor)
  }

  /// The score on the scale of `voters`.
  func comparable(_ score: Double, of entity: Int32) -> Double {
    pool?.standardised(score, of: entity) ?? score
  }
}

/// Which scores stand out of the others of the same detector and day.
private struct DayOutliers {
  private let usual: Double
  private let spread: Double

  /// Robust spreads above the median of the day's votes.
  static let spreads = 10.0

  init(_ scores: [Double]) {
    var values = scores
    usual = median(&values)
    for index in values.indices { values[index] = abs(values[index] - usual) }
    spread = max(1.4826 * median(&values), VoteSpread.leastRelativeSpread * abs(usual))
  }

  func contains(_ score: Double) -> Bool { score > usual + Self.spreads * spread }
}
