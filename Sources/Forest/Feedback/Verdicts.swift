import Columnar

/// What people said about rows they were shown.
package struct Verdicts: Sendable {
  /// The rows' features as they were shown, so that answers outlive the forest of the day.
  package let rows: FeatureMatrix
  /// One answer a row: an anomaly, or benign.
  package let isAnomaly: [Bool]
  /// When each answer was given.
  package let knownAt: [Instant]

  /// - Precondition: one answer and one instant a row.
  package init(rows: FeatureMatrix, isAnomaly: [Bool], knownAt: [Instant]) {
    precondition(isAnomaly.count == rows.rowCount && knownAt.count == rows.rowCount)
    self.rows = rows
    self.isAnomaly = isAnomaly
    self.knownAt = knownAt
  }

  /// All of several.
  ///
  /// - Precondition: there are some, on rows of the same features.
  package init(_ parts: [Verdicts]) {
    let names = parts[0].rows.names
    precondition(parts.allSatisfy { $0.rows.names == names }, "rows of the same features")
    let columns = names.indices.map { feature in parts.flatMap { $0.rows.columns[feature] } }
    self.init(
      rows: FeatureMatrix(names: names, columns: columns), isAnomaly: parts.flatMap(\.isAnomaly),
      knownAt: parts.flatMap(\.knownAt))
  }

  /// The rows whose answers count at an instant: those known by then, the latest for rows of the
  /// same features (of two at the same time, the one that says anomaly), and of these the
  /// `limit` latest.
  ///
  /// In an order that depends on the answers alone, not on how they are listed.
  package func counted(asOf instant: Instant, limit: Int) -> [Int] {
    let keys = (0..<rows.rowCount).map { RowKey(rows, row: $0).features }
    let known = (0..<rows.rowCount).filter { knownAt[$0] <= instant }.sorted { a, b in
      if knownAt[a] != knownAt[b] { return knownAt[a] > knownAt[b] }
      if isAnomaly[a] != isAnomaly[b] { return isAnomaly[a] }
      return keys[a].lexicographicallyPrecedes(keys[b])
    }
    var seen: Set<[UInt32]> = []
    return Array(known.filter { seen.insert(keys[$0]).inserted }.prefix(limit))
  }
}

/// Equal for rows that no split can part.
package struct RowKey: Hashable, Sendable {
  fileprivate let features: [UInt32]

  package init(_ matrix: FeatureMatrix, row: Int) {
    features = matrix.columns.map { column in
      let value = column[row]
      return value.isNaN ? Float.nan.bitPattern : (value == 0 ? 0 : value.bitPattern)
    }
  }
}
