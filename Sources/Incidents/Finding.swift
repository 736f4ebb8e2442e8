import Columnar
import Events

/// One measure behind a finding: what was seen against what is usual.
package struct Measure: Hashable, Sendable {
  /// The feature's name, `out_destinations` for instance.
  package let name: String
  /// Its part of the detector's score, in the detector's unit.
  package let contribution: Double?
  package let actual: Double?
  /// The median of the entity's own history (or of its peers).
  package let typical: Double?
  /// 1.4826 times the median absolute deviation.
  package let spread: Double?

  package init(
    name: String, contribution: Double? = nil, actual: Double? = nil, typical: Double? = nil,
    spread: Double? = nil
  ) {
    self.name = name
    self.contribution = contribution
    self.actual = actual
    self.typical = typical
    self.spread = spread
  }
}

/// What one detector said of one entity and window: a row of `scores.arrow`.
package struct Finding: Hashable, Sendable {
  package let kind: EntityKind
  package let entity: String
  package let window: Range<Instant>
  package let detector: String
  package let rawScore: Double
  /// Calibrated against the host-days of the entity's class; 1 where there is no history.
  package let pValue: Double
  package let floor: Double
  package let ceiling: Double
  /// The other end: `203.0.113.7:443/tcp`, a name, or the hosts on the way to it with arrows
  /// between (`10.0.0.7 → 10.0.0.9 → 10.0.0.2:445/tcp`); nil for findings on the entity alone.
  package let peer: String?
  /// The host that most of what the entity suffered came from.
  package let cause: String?
  /// Largest contribution first.
  package let measures: [Measure]

  package init(
    kind: EntityKind, entity: String, window: Range<Instant>, detector: String, rawScore: Double,
    pValue: Double, floor: Double, ceiling: Double, peer: String?, cause: String? = nil,
    measures: [Measure]
  ) {
    self.kind = kind
    self.entity = entity
    self.window = window
    self.detector = detector
    self.rawScore = rawScore
    self.pValue = pValue
    self.floor = floor
    self.ceiling = ceiling
    self.peer = peer
    self.cause = cause
    self.measures = measures
  }

  /// The host at the other end, without its port and what else is said of it behind a space.
  package var peerHost: String? {
    peer.map { text in
      let end = (text.lastIndex(of: "→").map { text[$0...].dropFirst(2) } ?? text[...])
        .prefix { $0 != " " }
      guard end.contains("/"), let colon = end.lastIndex(of: ":") else { return String(end) }
      let host = end[..<colon]
      return String(host.hasPrefix("[") ? host.dropFirst().dropLast() : host)
    }
  }

  /// Whether the score alone decides.
  package var isCertain: Bool { rawScore >= ceiling }

  /// Findings that more than this share of host-days surpass say little by themselves.
  private static let tellingPValue = 0.05

  /// Whether it says something by itself, even beside stronger ones.
  package var isTelling: Bool { isCertain || pValue <= Finding.tellingPValue }
}

extension Finding {
  /// The findings of a `scores.arrow`, in its order.
  package static func read(_ votes: any BatchSource) throws -> [Finding] {
    var findings: [Finding] = []
    for index in 0..<votes.batchCount {
      let batch = try votes.batch(index)
      let kinds = batch[Vote.entityKind]
      let entities = batch[Vote.entity]
      let starts = batch[Vote.windowStart]
      let ends = batch[Vote.windowEnd]
      let detectors = batch[Vote.detector]
      let rawScores = batch[Vote.rawScore]
      let pValues = batch[Vote.pValue]
      let floors = batch[Vote.floor]
      let ceilings = batch[Vote.ceiling]
      let peers = batch[Vote.peer]
      let causes = batch[Vote.cause]
      let features = Vote.features.map { batch[$0] }
      let contributions = Vote.contributions.map { batch[$0] }
      let actuals = Vote.actuals.map { batch[$0] }
      let typicals = Vote.typicals.map { batch[$0] }
      let spreads = Vote.spreads.map { batch[$0] }
      for row in 0..<batch.rowCount {
        findings.append(
          Finding(
            kind: kinds[row].flatMap(EntityKind.init) ?? .host, entity: entities[row] ?? "",
            window: starts.value(row)..<max(starts.value(row), ends.value(row)),
            detector: detectors[row] ?? "", rawScore: rawScores.value(row),
            pValue: pValues[row] ?? 1, floor: floors.value(row), ceiling: ceilings.value(row),
            peer: peers[row], cause: causes[row],
            measures: features.indices.compactMap { slot in
              features[slot][row].map {
                Measure(
                  name: $0, contribution: contributions[slot][row], actual: actuals[slot][row],
                  typical: typicals[slot][row], spread: spreads[slot][row])
              }
            }))
      }
    }
    return findings
  }
}

/// The verdict on an entity and day: a row of `entities.arrow`.
package struct EntityVerdict: Hashable, Sendable {
  package let kind: EntityKind
  package let entity: String
  package let votes: Int
  package let statistic: Double
  package let pValue: Double
  package let qValue: Double
  package let rank: Int
  package let leadingDetector: String
  package let decision: Decision
  package let reason: String

  package init(
    kind: EntityKind, entity: String, votes: Int, statistic: Double, pValue: Double,
    qValue: Double, rank: Int, leadingDetector: String, decision: Decision, reason: String
  ) {
    self.kind = kind
    self.entity = entity
    self.votes = votes
    self.statistic = statistic
    self.pValue = pValue
    self.qValue = qValue
    self.rank = rank
    self.leadingDetector = leadingDetector
    self.decision = decision
    self.reason = reason
  }

  /// The verdicts of an `entities.arrow`, in its order, which is by rank.
  package static func read(_ table: any BatchSource) throws -> [EntityVerdict] {
    var verdicts: [EntityVerdict] = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let kinds = batch[EntityScore.entityKind]
      let entities = batch[EntityScore.entity]
      let votes = batch[EntityScore.votes]
      let statistics = batch[EntityScore.statistic]
      let pValues = batch[EntityScore.pValue]
      let qValues = batch[EntityScore.qValue]
      let ranks = batch[EntityScore.rank]
      let leaders = batch[EntityScore.leadingDetector]
      let decisions = batch[EntityScore.decision]
      let reasons = batch[EntityScore.reason]
      for row in 0..<batch.rowCount {
        verdicts.append(
          EntityVerdict(
            kind: kinds[row].flatMap(EntityKind.init) ?? .host, entity: entities[row] ?? "",
            votes: Int(votes.value(row)), statistic: statistics.value(row),
            pValue: pValues.value(row), qValue: qValues.value(row), rank: Int(ranks.value(row)),
            leadingDetector: leaders[row] ?? "",
            decision: decisions[row].flatMap(Decision.init) ?? .watch, reason: reasons[row] ?? ""))
      }
    }
    return verdicts
  }
}
