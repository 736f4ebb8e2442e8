import Events

/// Turns the raw votes of some days to decisions.
///
/// A day's result depends on that day and the `LookBack.calibrationDays` before it alone, so that
/// daily runs and a replay of the range agree. The history may hold more.
/// - Returns: a result for each of `dates` that has data.
package func calibrate(
  _ history: VoteHistory, dates: ClosedRange<CivilDate>, options: CalibrationOptions
) -> [DayDecisions] {
  let wanted = history.positions(
    from: dates.lowerBound.dayNumber, through: dates.upperBound.dayNumber)
  guard let first = wanted.first else { return [] }
  let calibration = Calibration(history, from: history.days[first].day, wanted, options)
  return wanted.map(calibration.decisions)
}

/// The ranked days that some days' decisions rest on, and the line of each.
private struct Calibration {
  private let history: VoteHistory
  private let options: CalibrationOptions
  /// By position less `firstScored`.
  private let days: [DayScores]
  private let firstScored: Int
  /// By position; nil where only fixed rules decide.
  private let lines: [Int: DecisionLine]

  init(_ history: VoteHistory, from day: Int, _ wanted: Range<Int>, _ options: CalibrationOptions) {
    self.history = history
    self.options = options
    let referenceDays = CalibrationConstants.referenceDays
    let scored =
      history.positions(from: day - 2 * referenceDays, through: day).lowerBound..<wanted.upperBound
    let folded =
      history.positions(from: day - referenceDays, through: day).lowerBound..<wanted.upperBound
    var calibrator = VoteCalibrator(history, options)
    let ranked =
      history.positions(from: day - referenceDays + 1, through: day).lowerBound..<wanted.upperBound
    let days = scored.map {
      calibrator.scores(
        at: $0, keepsVotes: wanted.contains($0), keepsRanks: ranked.contains($0))
    }
    let strangestFirst = days.flatMap(\.scores).sorted(by: EntityDayScore.isStranger)
    self.days = days
    firstScored = scored.lowerBound

    var lines: [Int: DecisionLine] = [:]
    for position in folded
    where days[position - scored.lowerBound].earlierDays >= CalibrationConstants.leastDaysForLine {
      let replayed = Self.replayedDays(before: position, history, days, scored.lowerBound)
      var isReplayed = [Bool](repeating: false, count: scored.upperBound)
      for position in replayed { isReplayed[position] = true }
      lines[position] = DecisionLine(
        replaying: strangestFirst.lazy.filter {
          isReplayed[$0.position] && !history.isAttacked($0)
        },
        dayCount: replayed.count,
        hostDayCount: replayed.reduce(0) { $0 + history.days[$1].usualHostCount },
        knownDayCount: days[position - scored.lowerBound].earlierDays,
        falseAlarmsPerDay: options.falseAlarmsPerDay,
        dayNumber: { history.days[$0.position].day })
    }
    self.lines = lines
  }

  private func scores(at position: Int) -> DayScores { days[position - firstScored] }

  /// Days of the 28 before one whose fused statistics are its reference: with an earlier day of
  /// their own, and not site-wide.
  private static func replayedDays(
    before position: Int, _ history: VoteHistory, _ days: [DayScores], _ firstScored: Int
  ) -> [Int] {
    history.reference(before: position).filter {
      let day = days[$0 - firstScored]
      return day.earlierDays > 0 && !day.isSiteWide
    }
  }

  func decisions(on position: Int) -> DayDecisions {
    let day = scores(at: position)
    let reference = Self.replayedDays(before: position, history, days, firstScored)
    let hosts = StatisticReference(
      reference.flatMap {
        scores(at: $0).scores.filter { $0.isHost && !history.isAttacked($0) }
      },
      count: reference.reduce(0) { $0 + history.days[$1].usualHostCount })
    let others = StatisticReference(
      reference.flatMap {
        scores(at: $0).scores.filter { !$0.isHost && !history.isAttacked($0) }
      },
      count: reference.reduce(0) {
        let day = history.days[$1]
        return $0 + day.usualClassCounts.reduce(0, +) - day.usualHostCount
      })
    let line = lines[position]
    return DayDecisions(
      history, day, rulings: rulings(on: position), hosts: hosts, others: others, line: line,
      summary: summary(of: day, reference: reference, hosts: hosts, line: line),
      uniformity: VoteUniformity.all(ranks(through: day), history))
  }

  /// Those of the votes of the 28 days up to one.
  private func ranks(through day: DayScores) -> [VoteRank] {
    let last = history.days[day.position].day
    return history.positions(from: last - CalibrationConstants.referenceDays + 1, through: last)
      .flatMap { scores(at: $0).ranks }
  }

  /// Folds the 28 days before, each with its own line, and then the day.
  private func rulings(on position: Int) -> [(score: EntityDayScore, ruling: DecisionFold.Ruling)] {
    var fold = DecisionFold(incidentsPerDay: options.incidentsPerDay)
    for earlier in history.window(before: position) {
      _ = rule(&fold, on: earlier, line: lines[earlier])
    }
    return rule(&fold, on: position, line: lines[position])
  }

  private func rule(
    _ fold: inout DecisionFold, on position: Int, line: DecisionLine?
  ) -> [(score: EntityDayScore, ruling: DecisionFold.Ruling)] {
    let day = scores(at: position)
    let site = EntityDayScore(siteWide: day, hostCount: history.days[position].hostCount)
    return fold.rule(on: day, dayNumber: history.days[position].day, site: site, line: line)
  }

  private func summary(
    of day: DayScores, reference: [Int], hosts: StatisticReference, line: DecisionLine?
  ) -> DecisionSummary {
    let window = history.window(before: day.position)
    var fold = DecisionFold(incidentsPerDay: options.incidentsPerDay)
    var asked = 0
    for position in window {
      let rulings = rule(
        &fold, on: position, line: scores(at: position).earlierDays > 0 ? line : nil)
      if reference.contains(position) { asked += rulings.count { $0.ruling.isDecided } }
    }
    let groups = ClassGroups(history, position: day.position)
    return DecisionSummary(
      earlierDays: day.earlierDays,
      lineP: line.map { hosts.pValue($0.strength) },
      lineStatistic: line?.strength.statistic,
      smallestP: 1 / Double(hosts.count + 1),
      replayedDays: reference.count, askedInReplay: asked,
      falseAlarmsPerDay: options.falseAlarmsPerDay, incidentsPerDay: options.incidentsPerDay,
      classes: history.classes.indices.filter {
        history.classes[$0].kind == .host && groups.entityDays[$0] > 0
      }.map { (history.classes[$0].name, groups.entityDays[$0]) },
      siteWide: history.detectors.indices.compactMap { detector in
        day.siteWide.highToday[detector].map { (history.detectors[detector], $0) }
      },
      leftOut: history.detectors.indices.flatMap { detector in
        day.siteWide.unusual[detector].map {
          (
            CivilDate(dayNumber: history.days[$0.position].day), history.detectors[detector],
            $0.highCount
          )
        }
      })
  }
}

/// Fused statistics of the reference days; entities without a vote are the smallest.
struct StatisticReference {
  /// Ascending.
  private let strengths: [Strength]
  let count: Int

  init(_ scores: [EntityDayScore], count: Int) {
    strengths = scores.map(\.strength).sorted()
    self.count = count
  }

  func pValue(_ strength: Strength) -> Double { midP(strength, among: strengths, count: count) }
}

extension EntityDayScore {
  private static let siteEntity: Int32 = -1

  var isSite: Bool { entity == Self.siteEntity }

  /// The day's site-wide finding, led by the detector with the smallest p, then most hosts; nil on
  /// usual days.
  init?(siteWide day: DayScores, hostCount: Int) {
    let detectors = day.siteWide.highToday.indices.filter { day.siteWide.highToday[$0] != nil }
    func rank(_ detector: Int) -> (Double, Int, Int) {
      (day.siteWide.pValues[detector], -(day.siteWide.highToday[detector] ?? 0), detector)
    }
    guard let leading = detectors.min(by: { rank($0) < rank($1) }) else { return nil }
    self.init(
      entity: Self.siteEntity, position: day.position, isHost: false, voteCount: detectors.count,
      isAbsorbed: false, hasCause: false,
      strength: Strength(statistic: cauchyStatistic(day.siteWide.pValues[leading]), depth: 0),
      leadingDetector: leading,
      leadingScore: Double(day.siteWide.highToday[leading] ?? 0) / Double(max(1, hostCount)),
      statements: [Statement(detector: leading, peer: -1, isTelling: true)],
      isCertain: false)
  }
}
