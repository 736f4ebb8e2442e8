/// The least fused statistic that is still decided.
struct DecisionLine {
  let strength: Strength

  func admits(_ score: EntityDayScore) -> Bool { score.strength >= strength }
}

extension DecisionLine {
  /// The loosest line at which the days, replayed with rule 5, ask for no more than
  /// `falseAlarmsPerDay` new decisions a day, less the standard error of such a count, and so does
  /// every stricter line; nil where even the strangest score asks for more. Without the standard
  /// error half of the sites would be asked for more than they allowed. It never admits more than
  /// `CalibrationConstants.mostAdmittedShare` of host-days.
  ///
  /// What fixed rules decide is no part of the count, since no line changes it. Where nothing was
  /// voted for on any of the replayed days, every line asks for nothing: from
  /// `CalibrationConstants.leastQuietDays` known days on it is the loosest, which admits every
  /// score, since the first vote at a quiet site is stranger than all that these days had.
  /// - Parameters:
  ///   - scores: every score of the days, strangest first.
  ///   - hostDayCount: hosts seen on the days, with and without a vote.
  ///   - knownDayCount: days before, replayed or not.
  init?(
    replaying scores: some Sequence<EntityDayScore>, dayCount: Int, hostDayCount: Int,
    knownDayCount: Int, falseAlarmsPerDay: Double, dayNumber: (EntityDayScore) -> Int
  ) {
    let promised = falseAlarmsPerDay * Double(dayCount)
    let allowed = max(0, promised - promised.squareRoot())
    let mostAdmitted = CalibrationConstants.mostAdmittedShare * Double(hostDayCount)
    var admittedCount = 0
    var asked: [Int32: (scores: [EntityDayScore], count: Int)] = [:]
    var askedCount = 0
    var accepted: EntityDayScore?
    var pending: EntityDayScore?

    let certain = scores.filter { $0.isCertain }.sorted { $0.position < $1.position }
    for score in certain { asked[score.entity, default: ([], 0)].scores.append(score) }
    for score in scores
    where !score.isCertain
      && score.isHost && !score.isAbsorbed && score.strength.statistic > 0
    {
      if let last = pending, last.strength != score.strength {
        if Double(askedCount) > allowed || Double(admittedCount) > mostAdmitted { break }
        accepted = last
      }
      admittedCount += 1
      var entry = asked[score.entity] ?? ([], 0)
      let place = entry.scores.partition { $0.position >= score.position }
      entry.scores.insert(score, at: place)
      let count = Self.newDecisions(entry.scores, dayNumber: dayNumber)
      askedCount += count - entry.count
      entry.count = count
      asked[score.entity] = entry
      pending = score
    }
    if let pending, Double(askedCount) <= allowed, Double(admittedCount) <= mostAdmitted {
      accepted = pending
    }
    if let accepted {
      strength = accepted.strength
    } else if pending == nil, dayCount >= CalibrationConstants.leastDaysForLine,
      knownDayCount >= CalibrationConstants.leastQuietDays
    {
      strength = .least
    } else {
      return nil
    }
  }

  private static func newDecisions(
    _ scores: [EntityDayScore], dayNumber: (EntityDayScore) -> Int
  ) -> Int {
    var state = RepeatState()
    var count = 0
    for score in scores {
      let day = dayNumber(score)
      let outcome = state.outcome(day: day, score: score)
      if outcome != .sighting && !score.isCertain { count += 1 }
      state.mark(day: day, score: score, as: outcome)
    }
    return count
  }
}
