import Events

/// How far a day's calibration can be trusted.
package enum CalibrationConfidence: String, Sendable {
  /// Fewer than 3 earlier days: only fixed rules decide.
  case learning
  /// 3 to 13 earlier days: all hosts are one class.
  case low
  case full
}

/// The figures behind a day's decisions.
package struct DecisionSummary: Sendable {
  /// Earlier days with data; 0 … 28.
  package let earlierDays: Int
  /// The p at or below which a host is decided; nil where only fixed rules decide.
  package let lineP: Double?
  package let lineStatistic: Double?
  /// The least p that a host's fused statistic can attain.
  package let smallestP: Double
  /// Earlier days on which the line was found: without the first week and site-wide days.
  package let replayedDays: Int
  /// How often this line would have asked on these days.
  package let askedInReplay: Int
  package let falseAlarmsPerDay: Double
  package let incidentsPerDay: Int
  /// Classes of hosts with their host-days among the last 28 days, by name.
  package let classes: [(name: String, hostDays: Int)]
  /// Detectors on which many hosts moved together today, with these hosts.
  package let siteWide: [(detector: String, hosts: Int)]
  /// Earlier days left out for the same reason.
  package let leftOut: [(date: CivilDate, detector: String, hosts: Int)]

  package var confidence: CalibrationConfidence {
    if earlierDays < CalibrationConstants.leastDaysForLine { return .learning }
    return earlierDays < CalibrationConstants.leastDaysForClasses ? .low : .full
  }
}

/// What a day says of one entity.
package struct EntityDecision: Sendable {
  package let kind: EntityKind
  package let entity: String
  package let votes: Int
  package let statistic: Double
  package let pValue: Double
  package fileprivate(set) var qValue: Double
  /// From 1, by p.
  package fileprivate(set) var rank: Int
  package let leadingDetector: String
  package let decision: Decision
  package let reason: String
}

/// A day's decisions and what they rest on.
package struct DayDecisions: Sendable {
  package let date: CivilDate
  package let summary: DecisionSummary
  /// By rank.
  package let entities: [EntityDecision]
  /// Of the votes of the last 28 days.
  let uniformity: [VoteUniformity]
  private let pValues: [VoteKey: (score: Double, pValue: Double)]

  private struct VoteKey: Hashable {
    let kind: EntityKind
    let entity: String
    let detector: String
  }

  /// The p of the detector's strongest vote on an entity; nil for its weaker windows.
  package func pValue(
    kind: EntityKind, entity: String, detector: String, score: Double
  ) -> Double? {
    let vote = pValues[VoteKey(kind: kind, entity: entity, detector: detector)]
    return vote?.score == score ? vote?.pValue : nil
  }
}

extension DayDecisions {
  init(
    _ history: VoteHistory, _ day: DayScores,
    rulings: [(score: EntityDayScore, ruling: DecisionFold.Ruling)], hosts: StatisticReference,
    others: StatisticReference, line: DecisionLine?, summary: DecisionSummary,
    uniformity: [VoteUniformity]
  ) {
    self.uniformity = uniformity
    let rulingOfEntity = Dictionary(
      rulings.map { ($0.score.entity, $0.ruling) }, uniquingKeysWith: { first, _ in first })
    let scores = rulings.map(\.score).filter(\.isSite) + day.scores
    let siteP = day.siteWide.pValues
    let rows = scores.map { score in
      let pValue =
        score.isSite
        ? siteP[score.leadingDetector]
        : (score.isHost ? hosts : others).pValue(score.strength)
      let entity =
        score.isSite ? Entity(kind: .site, name: "site") : history.entities[Int(score.entity)]
      let (decision, reason) = Self.verdict(
        on: score, rulingOfEntity[score.entity], summary: summary)
      return (
        score: score,
        row: EntityDecision(
          kind: entity.kind, entity: entity.name, votes: score.voteCount,
          statistic: score.strength.statistic, pValue: pValue, qValue: 1, rank: 0,
          leadingDetector: history.detectors[score.leadingDetector], decision: decision,
          reason: reason)
      )
    }
    var ranked = rows.sorted {
      $0.row.pValue == $1.row.pValue
        ? EntityDayScore.isStranger($0.score, $1.score) : $0.row.pValue < $1.row.pValue
    }.map(\.row)
    for index in ranked.indices { ranked[index].rank = index + 1 }
    Self.setQValues(&ranked, hostCount: history.days[day.position].hostCount)

    date = CivilDate(dayNumber: history.days[day.position].day)
    self.summary = summary
    entities = ranked
    pValues = Dictionary(
      day.votes.map {
        let entity = history.entities[Int($0.entity)]
        return (
          VoteKey(kind: entity.kind, entity: entity.name, detector: history.detectors[$0.detector]),
          ($0.score, $0.pValue)
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  private static func verdict(
    on score: EntityDayScore, _ ruling: DecisionFold.Ruling?, summary: DecisionSummary
  ) -> (Decision, String) {
    switch ruling {
    case .siteWide: (.decide, "many hosts voted on the same detectors")
    case .certain: (.decide, "fixed rule: at its ceiling")
    case .overLine: (.decide, "p at or below the line")
    case .stronger: (.decide, "ten times stronger than within the last 7 days")
    case .another: (.decide, Decision.anotherMatter)
    case .sighting: (.sighting, "decided within the last 7 days")
    case .beyondBudget: (.watch, Decision.beyondBudget)
    case nil:
      if score.isAbsorbed {
        (.watch, score.hasCause ? Decision.causedByAnother : Decision.partOfSiteWide)
      } else if !score.isHost {
        (.watch, "outside addresses are only watched")
      } else if summary.confidence == .learning {
        (.watch, "learning: only fixed rules decide")
      } else {
        (.watch, Decision.aboveLine)
      }
    }
  }

  /// Benjamini and Hochberg 1995, over all hosts of the day, those without a vote having p = 1;
  /// other entities stand alone.
  private static func setQValues(_ ranked: inout [EntityDecision], hostCount: Int) {
    var least = 1.0
    var hostRank = ranked.count { $0.kind == .host }
    for index in ranked.indices.reversed() {
      guard ranked[index].kind == .host else {
        ranked[index].qValue = ranked[index].pValue
        continue
      }
      least = min(least, ranked[index].pValue * Double(hostCount) / Double(hostRank))
      ranked[index].qValue = least
      hostRank -= 1
    }
  }
}
