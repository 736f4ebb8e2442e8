import Columnar

/// `profiles/day=D/alerts.arrow`: a row per host of the site and rule of an intrusion detector,
/// virus scanner or the like that named it, at either end; sorted by these.
package enum Alert {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  /// The rule's name, or without one its number.
  package static let rule = ColumnKey<Coded<Strings>>("rule", isNullable: false)
  package static let count = ColumnKey<Values<Int64>>("count", isNullable: false)
  /// The highest of `Event.severity`.
  package static let severity = ColumnKey<Values<UInt8>>("severity", isNullable: false)
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)

  package static let schema = Schema(
    "alerts", version: 1,
    [host.field, rule.field, count.field, severity.field, firstTime.field])
}
