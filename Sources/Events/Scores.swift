import Columnar

/// What is scored: a host of the site, or all outside addresses together.
package enum EntityKind: String, Sendable, CaseIterable {
  case host, internet, site
}

/// `scores/day=D/raw.arrow` and `scores.arrow`: a row per vote, which is what one detector says of
/// one entity and window. `raw.arrow` has no `p_value`.
package enum Vote {
  package static let entityKind = ColumnKey<Coded<Strings>>("entity_kind", isNullable: false)
  package static let entity = ColumnKey<Coded<Strings>>("entity", isNullable: false)
  package static let windowStart = ColumnKey<Values<Instant>>("window_start", isNullable: false)
  package static let windowEnd = ColumnKey<Values<Instant>>("window_end", isNullable: false)
  package static let detector = ColumnKey<Coded<Strings>>("detector", isNullable: false)
  /// In the detector's own unit; higher is stranger.
  package static let rawScore = ColumnKey<Values<Double>>("raw_score", isNullable: false)
  package static let pValue = ColumnKey<Values<Double>>("p_value")
  /// The raw score below which the detector never votes, and at which it is certain.
  package static let floor = ColumnKey<Values<Double>>("floor", isNullable: false)
  package static let ceiling = ColumnKey<Values<Double>>("ceiling", isNullable: false)
  /// The other end of a finding on a pair: an address or name, with port and protocol.
  package static let peer = ColumnKey<Strings>("peer")
  /// The host of the site that most of what the entity suffered came from; null where no single one
  /// did it, or it was its own doing.
  package static let cause = ColumnKey<Coded<Strings>>("cause")
  /// Up to three measures that made the score, largest contribution first.
  package static let features = (1...3).map { ColumnKey<Coded<Strings>>("feature_\($0)") }
  package static let contributions = (1...3).map { ColumnKey<Values<Double>>("contribution_\($0)") }
  /// What was seen, what is usual (median) and its spread (1.4826 MAD), in the feature's unit.
  package static let actuals = (1...3).map { ColumnKey<Values<Double>>("actual_\($0)") }
  package static let typicals = (1...3).map { ColumnKey<Values<Double>>("typical_\($0)") }
  package static let spreads = (1...3).map { ColumnKey<Values<Double>>("spread_\($0)") }

  package static let schema = Schema(
    "votes", version: 2,
    [
      entityKind.field, entity.field, windowStart.field, windowEnd.field, detector.field,
      rawScore.field, pValue.field, floor.field, ceiling.field,
    ] + features.map(\.field) + contributions.map(\.field)
      + [peer.field, cause.field] + actuals.map(\.field) + typicals.map(\.field)
      + spreads.map(\.field))
}

/// What becomes of an entity's votes of a day.
package enum Decision: String, Sendable {
  /// A person is asked.
  case decide
  /// Its p is above the line, or it is beyond the day's budget.
  case watch
  /// More of what was decided in the last seven days.
  case sighting
  /// A person said not to be asked about such for a while; only reports say so, never scores.
  case suppressed
  /// A person approved that such is closed; only reports say so.
  case closed

  /// Whether a person is asked about it, or was.
  package var isAsked: Bool { self == .decide || self == .sighting }

  /// Why a host is watched whose votes are those of many on the day.
  package static let partOfSiteWide = "part of what is site-wide"
  /// Why a host is watched whose p is not low enough, and one for which there was no room.
  package static let aboveLine = "p above the line"
  package static let beyondBudget = "over the line, beyond the day's number of incidents"
  /// Why a host is asked about that was asked about within the last 7 days.
  package static let anotherMatter = "asked about within the last 7 days, but for something else"
  /// Why a host is watched that suffered what a stranger one did.
  package static let causedByAnother = "what another host did to it, which ranks before it"
}

/// `scores/day=D/entities.arrow`: a row per entity with at least one vote, by rank.
package enum EntityScore {
  package static let entityKind = ColumnKey<Coded<Strings>>("entity_kind", isNullable: false)
  package static let entity = ColumnKey<Coded<Strings>>("entity", isNullable: false)
  package static let votes = ColumnKey<Values<UInt32>>("votes", isNullable: false)
  /// The fused statistic T (truncated Cauchy).
  package static let statistic = ColumnKey<Values<Double>>("statistic", isNullable: false)
  package static let pValue = ColumnKey<Values<Double>>("p_value", isNullable: false)
  /// Benjamini–Hochberg over the day's entities.
  package static let qValue = ColumnKey<Values<Double>>("q_value", isNullable: false)
  package static let rank = ColumnKey<Values<UInt32>>("rank", isNullable: false)
  package static let leadingDetector = ColumnKey<Coded<Strings>>(
    "leading_detector", isNullable: false)
  /// `decide`, `watch`, or `sighting` of something decided within the last seven days.
  package static let decision = ColumnKey<Coded<Strings>>("decision", isNullable: false)
  /// Why: the rule of the decision, in words.
  package static let reason = ColumnKey<Coded<Strings>>("reason", isNullable: false)

  package static let schema = Schema(
    "entities", version: 1,
    [
      entityKind.field, entity.field, votes.field, statistic.field, pValue.field, qValue.field,
      rank.field, leadingDetector.field, decision.field, reason.field,
    ])
}

/// `scores/day=D/decision_line.arrow`: how the day's decisions came about, a row per figure; in the
/// order of `Measure`, then by subject.
package enum DecisionFigure {
  package enum Measure: String, Sendable, CaseIterable {
    /// Earlier days with data among those calibration looks back to; 0 … 28.
    case earlierDays = "earlier_days"
    /// The p at or below which an entity is decided; no row where only fixed rules decide.
    case lineP = "line_p"
    /// The fused statistic at the line; no row where there is no line.
    case lineStatistic = "line_statistic"
    /// The least p that a fused statistic can attain with the reference at hand.
    case smallestP = "smallest_p"
    /// Earlier days on which the line was found, without site-wide ones.
    case replayedDays = "replayed_days"
    /// Decisions that this line would have asked for on these days.
    case askedInReplay = "asked_in_replay"
    case falseAlarmsPerDay = "false_alarms_per_day"
    case incidentsPerDay = "incidents_per_day"
    /// Entity-days of the reference; the subject is their class.
    case classEntityDays = "class_entity_days"
    /// Entities that moved together on the day; the subject is the detector.
    case siteWideEntities = "site_wide_entities"
    /// Entities that moved together on an earlier, left-out day; the subject is `day detector`.
    case leftOutEntities = "left_out_entities"
  }
  package static let measure = ColumnKey<Coded<Strings>>("measure", isNullable: false)
  package static let subject = ColumnKey<Strings>("subject")
  package static let value = ColumnKey<Values<Double>>("value", isNullable: false)

  package static let schema = Schema(
    "decision_line", version: 1, [measure.field, subject.field, value.field])
}
