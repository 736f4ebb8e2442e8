import Columnar
import Events

/// The rows of past days that a forest is trained on.
package struct ForestSample: Sendable {
  package let names: [String]
  /// Each [rows].
  package private(set) var columns: [[Float]]
  /// The class of each row's host, by `EntityClass.code`.
  package private(set) var groups: [UInt8] = []

  /// The rows of several days' `host_hour_features.arrow`: all of them, or about `rowLimit`, picked
  /// by hashes of their numbers, since every n-th could be one hour of the day.
  package static func hostHours(_ days: [any BatchSource], rowLimit: Int = 131_072) throws -> Self {
    try ForestSample(
      days, names: HostHourFeature.names, columns: HostHourFeature.columns,
      group: HostHourFeature.group, rowLimit: rowLimit)
  }

  /// The rows of several days' `flow_sample.arrow`.
  package static func flows(_ days: [any BatchSource], rowLimit: Int = 524_288) throws -> Self {
    try ForestSample(
      days, names: FlowFeature.names, columns: FlowFeature.columns, group: FlowFeature.group,
      rowLimit: rowLimit)
  }

  private init(
    _ days: [any BatchSource], names: [String], columns keys: [ColumnKey<Values<Float>>],
    group: ColumnKey<Values<UInt8>>, rowLimit: Int
  ) throws {
    self.names = names
    columns = keys.map { _ in [] }
    let total = days.reduce(0) { $0 + $1.rowCount }
    let share = min(1, Double(rowLimit) / Double(max(total, 1)))
    let limit = share >= 1 ? UInt64.max : UInt64(share * 0x1p64)
    var number: UInt64 = 0
    for day in days {
      try day.forEachBatch { batch in
        let picked = (0..<batch.rowCount).filter { _ in
          number += 1
          return mix(number) <= limit
        }
        let groups = batch[group]
        self.groups.append(contentsOf: picked.lazy.map { groups.value($0) })
        for (column, key) in keys.enumerated() {
          let values = batch[key]
          columns[column].append(contentsOf: picked.lazy.map { values.value($0) })
        }
      }
    }
  }
}
