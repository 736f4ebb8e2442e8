import Columnar

/// `baseline/asof=D/feature_bins.arrow`: how the host-hours that D is compared with lie in the
/// tenths of each feature, a row per feature and bin, in the order of both.
package enum FeatureBin {
  package static let feature = ColumnKey<Coded<Strings>>("feature", isNullable: false)
  /// The greatest value in the bin; +∞ for a feature's last.
  package static let upTo = ColumnKey<Values<Float>>("up_to", isNullable: false)
  package static let rows = ColumnKey<Values<Int64>>("rows", isNullable: false)

  package static let schema = Schema(
    "feature_bins", version: 1, [feature.field, upTo.field, rows.field])
}

/// `votes/day=D/feature_drift.arrow`: how far the day's host-hours lie from those that the forest
/// of host-hours learned from, a row per feature, in their order.
package enum FeatureDrift {
  package static let feature = ColumnKey<Coded<Strings>>("feature", isNullable: false)
  /// Host-hours of the day, and of the days before.
  package static let rows = ColumnKey<Values<Int64>>("rows", isNullable: false)
  package static let referenceRows = ColumnKey<Values<Int64>>("reference_rows", isNullable: false)
  /// The population stability index; ≥ 0.
  package static let index = ColumnKey<Values<Double>>("psi", isNullable: false)

  package static let schema = Schema(
    "feature_drift", version: 1, [feature.field, rows.field, referenceRows.field, index.field])
}

/// `scores/day=D/vote_drift.arrow`: how far the p-values of the last 28 days' votes, D's included,
/// are from uniform, a row per detector and class of hosts that are ranked together; sorted by
/// both.
package enum VoteDrift {
  package static let detector = ColumnKey<Coded<Strings>>("detector", isNullable: false)
  /// A class of hosts, `all hosts` while there are few days, `small classes`, or `internet`.
  package static let entityClass = ColumnKey<Coded<Strings>>("class", isNullable: false)
  package static let votes = ColumnKey<Values<Int64>>("votes", isNullable: false)
  /// Kolmogorov's distance from the uniform distribution; 0 … 1.
  package static let distance = ColumnKey<Values<Double>>("ks", isNullable: false)

  package static let schema = Schema(
    "vote_drift", version: 1, [detector.field, entityClass.field, votes.field, distance.field])
}
