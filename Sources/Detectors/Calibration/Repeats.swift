/// Whether an entity's findings by one leading detector were asked for already.
struct RepeatState {
  private var lastDay: Int?
  private var peak = -Double.infinity
  private var wasCertain = false

  enum Outcome {
    case new, stronger, certain, sighting
  }

  /// What a finding over the line on `day` is; days don't descend.
  func outcome(day: Int, score: EntityDayScore) -> Outcome {
    guard let lastDay, day - lastDay <= CalibrationConstants.repeatDays else { return .new }
    if score.isCertain && !wasCertain { return .certain }
    let isStronger =
      score.leadingScore > 0 && score.leadingScore >= CalibrationConstants.repeatFactor * peak
    return isStronger ? .stronger : .sighting
  }

  mutating func mark(day: Int, score: EntityDayScore) {
    if case .new = outcome(day: day, score: score) { self = RepeatState() }
    lastDay = day
    peak = max(peak, score.leadingScore)
    wasCertain = wasCertain || score.isCertain
  }
}

/// What makes a finding the same as an earlier one.
struct RepeatKey: Hashable {
  let entity: Int32
  let detector: Int

  init(_ score: EntityDayScore) {
    entity = score.entity
    detector = score.leadingDetector
  }
}

/// Asks for decisions day by day, without asking twice for the same.
struct DecisionFold {
  private var states: [RepeatKey: RepeatState] = [:]
  private let incidentsPerDay: Int

  enum Ruling {
    /// Decided by a fixed rule, by the line, or as the day's site-wide finding.
    case certain, overLine, siteWide
    /// Decided again within seven days, being much stronger.
    case stronger
    case sighting
    case beyondBudget

    var isDecided: Bool {
      switch self {
      case .certain, .overLine, .siteWide, .stronger: true
      case .sighting, .beyondBudget: false
      }
    }
  }

  init(incidentsPerDay: Int) { self.incidentsPerDay = incidentsPerDay }

  /// Rules on the day's site-wide finding and on every score over the line or certain.
  mutating func rule(
    on day: DayScores, dayNumber: Int, site: EntityDayScore?, line: DecisionLine?
  ) -> [(score: EntityDayScore, ruling: Ruling)] {
    let over = day.scores.filter {
      $0.isCertain || ($0.isHost && !$0.isAbsorbed && (line?.admits($0) ?? false))
    }
    let ordered = over.sorted {
      $0.isCertain == $1.isCertain ? EntityDayScore.isStranger($0, $1) : $0.isCertain
    }
    var slots = incidentsPerDay
    return ((site.map { [$0] } ?? []) + ordered).map { score in
      var state = states[RepeatKey(score)] ?? RepeatState()
      let outcome = state.outcome(day: dayNumber, score: score)
      if outcome != .sighting {
        guard slots > 0 else { return (score, .beyondBudget) }
        slots -= 1
      }
      state.mark(day: dayNumber, score: score)
      states[RepeatKey(score)] = state
      switch outcome {
      case .sighting: return (score, .sighting)
      case .stronger: return (score, .stronger)
      case .certain: return (score, .certain)
      case .new:
        return (score, score.isSite ? .siteWide : score.isCertain ? .certain : .overLine)
      }
    }
  }
}
