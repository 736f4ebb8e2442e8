import Columnar

/// `scores/day=D/host_days.arrow`: a row per entity that was seen on the day, whether or not a
/// detector spoke of it; sorted by kind and entity. Silence counts in the calibration, so the
/// silent must be known.
package enum HostDay {
  package static let entityKind = ColumnKey<Coded<Strings>>("entity_kind", isNullable: false)
  package static let entity = ColumnKey<Coded<Strings>>("entity", isNullable: false)
  /// Entities that are compared with each other: `workstation`, `server`, `printer`, …
  package static let entityClass = ColumnKey<Coded<Strings>>("class", isNullable: false)
  /// Days before this one, of the baseline's days, on which the entity was seen.
  package static let daysOfHistory = ColumnKey<Values<UInt32>>("days_of_history", isNullable: false)

  package static let schema = Schema(
    "host_days", version: 1,
    [entityKind.field, entity.field, entityClass.field, daysOfHistory.field])
}
