/// Ranks the votes of days, in ascending order of days, among the 28 days before each.
struct VoteCalibrator {
  private let history: VoteHistory
  private let options: CalibrationOptions
  private var references: [ReferenceKey: SlidingReference] = [:]
  private var repeats: [ReferenceKey: SlidingReference] = [:]

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

  /// - Parameters:
  ///   - keepsVotes: whether the result holds the votes beside what they come to.
  ///   - keepsRanks: whether it holds where the votes lie among others.
  mutating func scores(at position: Int, keepsVotes: Bool, keepsRanks: Bool) -> DayScores {
    let day = history.days[position]
    let window = history.reference(before: position)
    let siteWide = SiteWideDays(history, window: window, today: position)
    let groups = ClassGroups(history, position: position)
    var votes: [CalibratedVote] = []
    var ranks: [VoteRank] = []
    for detector in history.detectors.indices {
      for (dayVotes, isHost) in [(day.hostVotes, true), (day.otherVotes, false)] {
        let rows = dayVotes.rows(of: detector)
        guard !rows.isEmpty else { continue }
        let days = isHost ? siteWide.usualPositions[detector] : Array(window)
        let usual = days.filter { history.days[$0].ran[detector] }
        // A detector that just started has nothing to be compared with.
        let isComparable = usual.count >= min(days.count, CalibrationConstants.leastDaysForLine)
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
          let isLeftOut = dayVotes.isRepeat[row] && score > tail.repeatThreshold
          if keepsRanks, isComparable, !isLeftOut, siteWide.highToday[detector] == nil,
            tail.voters.count >= VoteUniformity.leastVoters
          {
            ranks.append(
              VoteRank(
                detector: detector, group: group,
                share: midP(value, among: tail.voters, count: tail.voters.count)))
          }
          let isCertain =
            isHost && dayVotes.atCeiling[row]
            && options.fixedRuleDetectors.contains(history.detectors[detector])
          votes.append(
            CalibratedVote(
              entity: dayVotes.entities[row], detector: detector, score: score,
              pValue: isComparable ? midP(value, among: tail.voters, count: tail.count) : 1,
              depth: isComparable ? tail.pareto.depth(value) : 0, isCertain: isCertain,
              isAbsorbed: isHost && !isCertain && !standsOut.contains(score)
                && siteWide.featuresToday[detector].contains(dayVotes.features[row]),
              cause: dayVotes.causes[row],
              peer: dayVotes.peers[row], isHost: isHost,
              corroborates: history.corroborates[detector],
              weight: history.weights[detector]))
        }
      }
    }
    return DayScores(
      position: position, earlierDays: history.window(before: position).count,
      siteWide: siteWide, votes: votes, ranks: ranks,
      keepsVotes: keepsVotes)
  }

  private mutating func tail(
    _ detector: Int, _ group: Group, _ groups: ClassGroups, positions: [Int], floor: Double,
    isHost: Bool
  ) -> ReferenceTail {
    if group == .ownHistories {
      let hostDays = positions.reduce(0) { $0 + history.days[$1].usualHostCount }
      let all = reference(detector, .allHosts, positions, isHost: true, entityDays: hostDays)
      let pool = OwnHistoryPool(
        history, detector: detector, classes: groups.pooled, positions: positions,
        group: VoteSpread(all: all.scores, floor: floor))
      return ReferenceTail(
        voters: pool.standardisedScores(), count: pool.entityDayCount, floor: 0,
        repeatThreshold: .infinity, pool: pool)
    }
    let count = positions.reduce(0) {
      guard case .entityClass(let wanted) = group else {
        return $0 + history.days[$1].usualHostCount
      }
      return $0 + history.days[$1].usualClassCounts[wanted]
    }
    let votes = reference(detector, group, positions, isHost: isHost, entityDays: count)
    return ReferenceTail(
      voters: votes.scores, count: count, floor: floor,
      repeatThreshold: votes.repeatThreshold, pool: nil)
  }

  /// Scores of the group's votes on some days, ascending, and above which of them repeats are left
  /// out.
  ///
  /// Repeats in the tail (the greatest 2 % of entity-days, at least 8) are left out: what goes on
  /// for days is one finding, as it is asked for once, and must not set the bar for all others day
  /// after day (runs of exceedances are declustered likewise: Ferro and Segers 2003,
  /// doi:10.1111/1467-9868.00401). So are votes on what people found attacked.
  private mutating func reference(
    _ detector: Int, _ group: Group, _ positions: [Int], isHost: Bool, entityDays: Int
  ) -> (scores: [Double], repeatThreshold: Double) {
    let days = history.days
    func scores(_ position: Int, repeatsOnly: Bool) -> [Double] {
      let votes = isHost ? days[position].hostVotes : days[position].otherVotes
      var rows = Array(votes.rows(of: detector))
      if repeatsOnly { rows.removeAll { !votes.isRepeat[$0] } }
      let attacked = days[position].attacked
      if !attacked.isEmpty { rows.removeAll { attacked.contains(votes.entities[$0]) } }
      if case .entityClass(let wanted) = group {
        rows.removeAll { Int(votes.classes[$0]) != wanted }
      }
      return rows.map { votes.scores[$0] }
    }
    let key = ReferenceKey(detector: detector, group: group)
    references[key, default: SlidingReference()].move(to: positions) {
      scores($0, repeatsOnly: false)
    }
    repeats[key, default: SlidingReference()].move(to: positions) {
      scores($0, repeatsOnly: true)
    }
    let all = references[key]?.scores ?? []
    let tailCount = ParetoTail.excessCount(entityDays)
    let threshold = all.count > tailCount ? all[all.count - tailCount - 1] : -.infinity
    let scores = all.merged(
      removing: (repeats[key]?.scores ?? []).filter { $0 > threshold }, adding: [])
    return (scores, threshold)
  }
}

/// What a vote is ranked among.
private struct ReferenceTail {
  /// Ascending.
  let voters: [Double]
  /// Entity-days, with and without a vote.
  let count: Int
  let pareto: ParetoTail
  /// Repeats with a greater score are left out of `voters`.
  let repeatThreshold: Double
  private let pool: OwnHistoryPool?

  init(
    voters: [Double], count: Int, floor: Double, repeatThreshold: Double, pool: OwnHistoryPool?
  ) {
    self.voters = voters
    self.count = count
    self.repeatThreshold = repeatThreshold
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
  static let spreads = 6.0

  init(_ scores: [Double]) {
    var values = scores
    usual = median(&values)
    for index in values.indices { values[index] = abs(values[index] - usual) }
    spread = max(1.4826 * median(&values), VoteSpread.leastRelativeSpread * abs(usual))
  }

  func contains(_ score: Double) -> Bool { score > usual + Self.spreads * spread }
}
