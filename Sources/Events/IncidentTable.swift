import Columnar

/// `reports/day=D/incidents.arrow`: a row per incident of the day, by rank; what later programs
/// read of a report. Texts that are lists have an item a line.
package enum IncidentRow {
  package static let id = ColumnKey<Strings>("incident_id", isNullable: false)
  package static let rank = ColumnKey<Values<UInt32>>("rank", isNullable: false)
  /// `decide`, `watch`, `sighting`, `suppressed` or `closed`.
  package static let decision = ColumnKey<Coded<Strings>>("decision", isNullable: false)
  package static let reason = ColumnKey<Coded<Strings>>("reason", isNullable: false)
  /// `new` or `recurring`.
  package static let status = ColumnKey<Coded<Strings>>("status", isNullable: false)
  package static let severity = ColumnKey<Coded<Strings>>("severity", isNullable: false)
  package static let confidence = ColumnKey<Values<Double>>("confidence", isNullable: false)
  package static let pValue = ColumnKey<Values<Double>>("p_value", isNullable: false)
  package static let entityKind = ColumnKey<Coded<Strings>>("entity_kind", isNullable: false)
  package static let entity = ColumnKey<Strings>("entity", isNullable: false)
  package static let hostname = ColumnKey<Strings>("hostname")
  package static let peers = ColumnKey<Strings>("peers", isNullable: false)
  package static let firstSeen = ColumnKey<Values<Instant>>("first_seen", isNullable: false)
  package static let lastSeen = ColumnKey<Values<Instant>>("last_seen", isNullable: false)
  package static let sightings = ColumnKey<Values<UInt32>>("sightings", isNullable: false)
  package static let leadingDetector = ColumnKey<Coded<Strings>>(
    "leading_detector", isNullable: false)
  package static let detectors = ColumnKey<Coded<Strings>>("detectors", isNullable: false)
  package static let techniques = ColumnKey<Coded<Strings>>("attack_techniques", isNullable: false)
  package static let tactics = ColumnKey<Coded<Strings>>("attack_tactics", isNullable: false)
  package static let recommendation = ColumnKey<Coded<Strings>>(
    "recommendation", isNullable: false)
  package static let recommendationReasons = ColumnKey<Strings>(
    "recommendation_reasons", isNullable: false)
  package static let title = ColumnKey<Strings>("title", isNullable: false)
  package static let explanation = ColumnKey<Strings>("explanation", isNullable: false)
  /// The person's rule that suppressed or closed it.
  package static let rule = ColumnKey<Coded<Strings>>("rule")

  package static let schema = Schema(
    "incidents", version: 1,
    [
      id.field, rank.field, decision.field, reason.field, status.field, severity.field,
      confidence.field, pValue.field, entityKind.field, entity.field, hostname.field, peers.field,
      firstSeen.field, lastSeen.field, sightings.field, leadingDetector.field, detectors.field,
      techniques.field, tactics.field, recommendation.field, recommendationReasons.field,
      title.field, explanation.field, rule.field,
    ])
}
