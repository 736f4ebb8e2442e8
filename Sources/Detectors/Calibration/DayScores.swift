/// The order of fused statistics: by the statistic's power of two, then by depth, then by the
/// statistic.
///
/// A vote beyond the whole reference gives the same p however far beyond it is, so its statistic
/// differs from that of a chance record by no more than what further weak votes add. Those are
/// ties, which depth orders. (On a simulated site at f = 0.2 this finds .72 of single votes at the
/// top ten-thousandth of a detector's votes, and the order by the statistic itself .22.)
struct Strength: Comparable {
  /// ≥ 0.
  let statistic: Double
  let depth: Double

  /// Below that of every vote.
  static let least = Strength(statistic: .leastNonzeroMagnitude, depth: 0)

  static func < (a: Strength, b: Strength) -> Bool {
    // The exponent of 0 is the least Int.
    let (levelA, levelB) = (a.statistic.exponent, b.statistic.exponent)
    if levelA != levelB { return levelA < levelB }
    return (a.depth, a.statistic) < (b.depth, b.statistic)
  }
}

/// What the votes on one entity and day come to, before it is compared with other days.
struct EntityDayScore {
  let entity: Int32
  let position: Int
  let isHost: Bool
  let voteCount: Int
  /// Whether all of its votes are part of what is site-wide on the day, or what others did that are
  /// asked about instead.
  let isAbsorbed: Bool
  /// Whether some of its votes are what others did that are asked about instead.
  let hasCause: Bool
  var strength: Strength
  let leadingDetector: Int
  /// Raw score of the leading detector.
  let leadingScore: Double
  /// What it says, the leading detector first.
  let statements: [Statement]
  /// Whether the leading detector decides by its fixed rule.
  let isCertain: Bool

  /// Strangest first; entities that are the same in all else go by name.
  static func isStranger(_ a: EntityDayScore, _ b: EntityDayScore) -> Bool {
    a.strength == b.strength
      ? (a.position, a.entity) < (b.position, b.entity) : b.strength < a.strength
  }
}

/// What one detector says of an entity and day.
struct Statement {
  let detector: Int
  /// The other end that it is about; −1 for none, and where the detector asks about the host.
  let peer: Int32
  /// Whether it is worth asking about by itself: it leads, or is at most
  /// `CalibrationConstants.tellingP`.
  let isTelling: Bool
}

/// A detector's vote on an entity and day, with its p-value.
struct CalibratedVote {
  let entity: Int32
  let detector: Int
  let score: Double
  let pValue: Double
  let depth: Double
  let isCertain: Bool
  /// Whether it is part of what is site-wide on the day, or what a host did that is asked about
  /// instead.
  var isAbsorbed: Bool
  /// The host whose doing it was; −1 where none is named.
  let cause: Int32
  /// The other end by which it is asked about; −1 for none, and where its detector asks about the
  /// host.
  let peer: Int32
  let isHost: Bool
  /// Whether it weighs only beside others.
  let corroborates: Bool
  let weight: Double

  /// What it adds to the statistic of its entity and day.
  var statistic: Double { weight * cauchyStatistic(pValue) }
  var strength: Strength { Strength(statistic: statistic, depth: weight * depth) }
}

extension [CalibratedVote] {
  /// The ranges of neighbours that belong together.
  fileprivate func chunks(_ belong: (Element, Element) -> Bool) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for index in indices where index + 1 == count || !belong(self[index], self[index + 1]) {
      ranges.append(start..<index + 1)
      start = index + 1
    }
    return ranges
  }

  /// Who is named as the cause of votes on at least two others. Sorted by entity.
  fileprivate var causesOfSeveral: Set<Int32> {
    var last: [Int32: Int32] = [:]
    var several: Set<Int32> = []
    for vote in self where vote.cause >= 0 && !vote.isCertain {
      if let other = last.updateValue(vote.entity, forKey: vote.cause), other != vote.entity {
        several.insert(vote.cause)
      }
    }
    return several
  }
}

/// A day's votes ranked among the 28 days before it.
struct DayScores {
  let position: Int
  /// Days with data among the 28 before.
  let earlierDays: Int
  let siteWide: SiteWideDays
  var isSiteWide: Bool { siteWide.highToday.contains { $0 != nil } }
  /// A score per entity with a vote, by entity.
  let scores: [EntityDayScore]
  /// By entity, then detector; empty where only the scores are kept.
  let votes: [CalibratedVote]
  /// Of the votes that can be ranked, without what is site-wide and what repeats itself.
  let ranks: [VoteRank]
}

extension DayScores {
  init(
    position: Int, earlierDays: Int, siteWide: SiteWideDays, votes unsorted: [CalibratedVote],
    ranks: [VoteRank], keepsVotes: Bool
  ) {
    var votes = unsorted.sorted { ($0.entity, $0.detector) < ($1.entity, $1.detector) }
    let entities = votes.chunks { $0.entity == $1.entity }
    var scores = entities.map { EntityDayScore(votes[$0], position: position) }
    let causes = votes.causesOfSeveral
    var indices: [Int32: Int] = [:]
    for (index, score) in scores.enumerated() { indices[score.entity] = index }
    func precedes(_ a: EntityDayScore, _ b: EntityDayScore) -> Bool {
      let (isA, isB) = (causes.contains(a.entity), causes.contains(b.entity))
      return isA == isB ? b.strength < a.strength : isA
    }
    // What one host did to others is asked for once: with the host, if it did so to several, or is
    // the stranger one even without what others did to it. Those are settled first.
    for index in scores.indices.sorted(by: {
      precedes(scores[$0], scores[$1]) || (!precedes(scores[$1], scores[$0]) && $0 < $1)
    }) {
      let rows = entities[index]
      let score = scores[index]
      var isCaused = false
      for row in rows where !votes[row].isCertain {
        guard let cause = indices[votes[row].cause], !scores[cause].isAbsorbed,
          precedes(scores[cause], score)
        else { continue }
        // Who did it to several is as strange as the strangest of it.
        if !votes[row].isAbsorbed, causes.contains(votes[row].cause) {
          scores[cause].strength = max(scores[cause].strength, votes[row].strength)
        }
        votes[row].isAbsorbed = true
        isCaused = true
      }
      if isCaused {
        scores[index] = EntityDayScore(votes[rows], hasCause: true, position: position)
      }
    }
    self.init(
      position: position, earlierDays: earlierDays, siteWide: siteWide, scores: scores,
      votes: keepsVotes ? votes : [], ranks: ranks)
  }
}

extension EntityDayScore {
  /// - Parameter votes: those of one entity, by detector; at least one.
  init(_ votes: ArraySlice<CalibratedVote>, hasCause: Bool = false, position: Int) {
    let standing = votes.filter { !$0.isAbsorbed }
    let found = standing.filter { !$0.corroborates }
    // Beside what another host did, witnesses alone say nothing.
    let isAbsorbed = standing.isEmpty || (hasCause && found.isEmpty)
    let leading = Self.leading(isAbsorbed ? votes : found.isEmpty ? standing[...] : found[...])
    self.init(
      entity: leading.entity, position: position, isHost: leading.isHost, voteCount: votes.count,
      isAbsorbed: isAbsorbed, hasCause: hasCause,
      strength: Strength(
        statistic: Self.fused(standing, found),
        depth: found.reduce(0) { $0 + $1.weight * $1.depth }),
      leadingDetector: leading.detector,
      leadingScore: leading.score, statements: Self.statements(standing, leading),
      isCertain: leading.isCertain)
  }

  private static func statements(
    _ standing: [CalibratedVote], _ leading: CalibratedVote
  ) -> [Statement] {
    [Statement(detector: leading.detector, peer: leading.peer, isTelling: true)]
      + standing.filter { $0.detector != leading.detector }.map {
        Statement(
          detector: $0.detector, peer: $0.peer,
          isTelling: !$0.corroborates && $0.pValue <= CalibrationConstants.tellingP)
      }
  }

  /// What the votes come to: the sum of those found, and of each that corroborates them at most as
  /// much as the strongest of them.
  private static func fused(_ standing: [CalibratedVote], _ found: [CalibratedVote]) -> Double {
    let strongest = found.map(\.statistic).max() ?? 0
    return standing.reduce(0) {
      $0 + ($1.corroborates ? min($1.statistic, strongest) : $1.statistic)
    }
  }

  /// The vote that adds most, among certain ones where there are any.
  private static func leading(_ votes: ArraySlice<CalibratedVote>) -> CalibratedVote {
    var leading = votes[votes.startIndex]
    for vote in votes.dropFirst() {
      if vote.isCertain != leading.isCertain {
        if vote.isCertain { leading = vote }
      } else if (leading.statistic, leading.weight * leading.depth)
        < (vote.statistic, vote.weight * vote.depth)
      {
        leading = vote
      }
    }
    return leading
  }
}
