import Columnar
import Events
import Glibc

/// How rows lie in the tenths of each feature's reference, and how far others lie from them.
///
/// Left out are features that compare a host with its own habits, which move with these from day to
/// day: on two simulated firms in which nothing changes their index is up to .6, of the others up
/// to .08. Values count to one decimal, so that what all idle hours share may differ by less.
package struct FeatureBins: Sendable {
  private struct Feature: Sendable {
    let name: String
    /// The greatest value in each bin, ascending; the last is +∞.
    var limits: [Float]
    /// Of the reference, by bin.
    var rows: [Int]
  }
  private static let binCount = 10
  private var features: [Feature]

  /// Cuts each feature at the deciles of a sample; of deciles that are the same value one cut is
  /// left, so that a feature that is mostly 0 has fewer bins.
  package init(_ sample: ForestSample) {
    let absolute = zip(sample.names, sample.columns).filter {
      !HostHourFeature.relative.contains($0.0)
    }
    features = absolute.map { name, column in
      let sorted = column.map(FeatureBins.rounded).sorted()
      var limits = (1..<FeatureBins.binCount).compactMap { tenth in
        sorted.isEmpty ? nil : sorted[(sorted.count * tenth - 1) / FeatureBins.binCount]
      }
      limits = limits.enumerated().filter { $0.offset == 0 || limits[$0.offset - 1] < $0.element }
        .map(\.element)
      limits.removeAll { $0 == sorted.last }
      limits.append(.infinity)
      var feature = Feature(name: name, limits: limits, rows: [])
      feature.rows = FeatureBins.counts(column, limits)
      return feature
    }
  }

  private static func rounded(_ value: Float) -> Float { (value * 10).rounded() / 10 }

  /// Of each bin, the values greater than the limit before and up to its own.
  private static func counts(_ values: [Float], _ limits: [Float]) -> [Int] {
    var counts = [Int](repeating: 0, count: limits.count)
    for value in values.lazy.map(rounded) {
      counts[limits.firstIndex { value <= $0 } ?? limits.count - 1] += 1
    }
    return counts
  }
}

extension FeatureBins {
  /// Writes `feature_bins.arrow`.
  package func write(to sink: any BatchSink) throws {
    let table = RowWriter(FeatureBin.schema, to: sink)
    for feature in features {
      for (limit, rows) in zip(feature.limits, feature.rows) {
        table.table.column(FeatureBin.feature).append(feature.name)
        table.table.column(FeatureBin.upTo).append(limit)
        table.table.column(FeatureBin.rows).append(Int64(rows))
        try table.endRow()
      }
    }
    try table.finish()
  }

  /// Reads `feature_bins.arrow`.
  package init(_ table: any BatchSource) throws {
    var features: [Feature] = []
    try table.forEachBatch { batch in
      let (names, limits) = (batch[FeatureBin.feature], batch[FeatureBin.upTo])
      let rows = batch[FeatureBin.rows]
      for row in 0..<batch.rowCount {
        let name = names[row] ?? ""
        if features.last?.name != name {
          features.append(Feature(name: name, limits: [], rows: []))
        }
        features[features.count - 1].limits.append(limits.value(row))
        features[features.count - 1].rows.append(Int(rows.value(row)))
      }
    }
    self.features = features
  }

  /// Writes `feature_drift.arrow` of a day.
  /// - Parameter day: its `host_hour_features.arrow`.
  package func writeDrift(of day: any BatchSource, to sink: any BatchSink) throws {
    var counts = features.map { [Int](repeating: 0, count: $0.limits.count) }
    try day.forEachBatch { batch in
      for (index, feature) in features.enumerated() {
        let values = batch[ColumnKey<Values<Float>>(feature.name, isNullable: false)]
        let column = (0..<batch.rowCount).map { values.value($0) }
        for (bin, count) in FeatureBins.counts(column, feature.limits).enumerated() {
          counts[index][bin] += count
        }
      }
    }
    let table = RowWriter(FeatureDrift.schema, to: sink)
    for (feature, counts) in zip(features, counts) {
      table.table.column(FeatureDrift.feature).append(feature.name)
      table.table.column(FeatureDrift.rows).append(Int64(counts.reduce(0, +)))
      table.table.column(FeatureDrift.referenceRows).append(Int64(feature.rows.reduce(0, +)))
      table.table.column(FeatureDrift.index).append(
        populationStabilityIndex(of: counts, from: feature.rows))
      try table.endRow()
    }
    try table.finish()
  }
}

/// The population stability index, Σ (a − e) ln(a / e) over bins, of the shares a of some rows and
/// e of a reference, each at least .0001 (Siddiqi 2006, "Credit Risk Scorecards", chapter 6); 0
/// without rows.
///
/// Of n and m rows of one population in b bins it is about (1/n + 1/m) χ² with b − 1 degrees of
/// freedom (Yurdakul 2018, "Statistical Properties of Population Stability Index").
package func populationStabilityIndex(of counts: [Int], from reference: [Int]) -> Double {
  let leastShare = 0.0001
  let (rows, referenceRows) = (counts.reduce(0, +), reference.reduce(0, +))
  guard rows > 0, referenceRows > 0 else { return 0 }
  return zip(counts, reference).reduce(0) { sum, bin in
    let actual = max(Double(bin.0) / Double(rows), leastShare)
    let expected = max(Double(bin.1) / Double(referenceRows), leastShare)
    return sum + (actual - expected) * log(actual / expected)
  }
}
