/// What was asked about an entity within the last days.
struct RepeatState {
  private struct Led {
    var day: Int
    var peak: Double
    var wasCertain: Bool
  }
  private struct Matter: Hashable {
    let detector: Int
    let peer: Int32

    init(_ statement: Statement) {
      detector = statement.detector
      peer = statement.peer
    }
  }
  private var led: [Int: Led] = [:]
  /// The last day of each matter that was part of what was asked about.
  private var asked: [Matter: Int] = [:]

  enum Outcome {
    case new, stronger, certain, another, sighting
  }

  private func isRecent(_ earlier: Int, on day: Int) -> Bool {
    day - earlier <= CalibrationConstants.repeatDays
  }

  /// What a finding over the line on `day` is; days don't descend.
  func outcome(day: Int, score: EntityDayScore) -> Outcome {
    guard let last = led[score.leadingDetector], isRecent(last.day, on: day) else { return .new }
    if score.isCertain && !last.wasCertain { return .certain }
    if score.leadingScore > 0
      && score.leadingScore >= CalibrationConstants.repeatFactor * last.peak
    {
      return .stronger
    }
    let saysNothingElse = score.statements.allSatisfy { statement in
      !statement.isTelling || isKnown(statement, on: day)
    }
    return saysNothingElse ? .sighting : .another
  }

  /// Notes a finding that was asked about, or was a sighting.
  mutating func mark(day: Int, score: EntityDayScore, as outcome: Outcome) {
    let last = led[score.leadingDetector].flatMap { isRecent($0.day, on: day) ? $0 : nil }
    led[score.leadingDetector] = Led(
      day: day, peak: max(last?.peak ?? -.infinity, score.leadingScore),
      wasCertain: score.isCertain || last?.wasCertain ?? false)
    // What a sighting says in passing was not asked about.
    for statement in score.statements where outcome != .sighting || isKnown(statement, on: day) {
      asked[Matter(statement)] = day
    }
  }

  private func isKnown(_ statement: Statement, on day: Int) -> Bool {
    asked[Matter(statement)].map { isRecent($0, on: day) } ?? false
  }
}

/// Asks for decisions day by day, without asking twice for the same.
struct DecisionFold {
  private var states: [Int32: RepeatState] = [:]
  private let incidentsPerDay: Int

  enum Ruling {
    /// Decided by a fixed rule, by the line, or as the day's site-wide finding.
    case certain, overLine, siteWide
    /// Decided again within seven days, being much stronger.
    case stronger
    /// Decided again within seven days for what was not asked about.
    case another
    case sighting
    case beyondBudget

    var isDecided: Bool {
      switch self {
      case .certain, .overLine, .siteWide, .stronger, .another: true
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
      var state = states[score.entity] ?? RepeatState()
      let outcome = state.outcome(day: dayNumber, score: score)
      if outcome != .sighting {
        guard slots > 0 else { return (score, .beyondBudget) }
        slots -= 1
      }
      state.mark(day: dayNumber, score: score, as: outcome)
      states[score.entity] = state
      switch outcome {
      case .sighting: return (score, .sighting)
      case .stronger: return (score, .stronger)
      case .another: return (score, .another)
      case .certain: return (score, .certain)
      case .new:
        return (score, score.isSite ? .siteWide : score.isCertain ? .certain : .overLine)
      }
    }
  }
}
