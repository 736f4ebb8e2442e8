import Columnar
import Events

/// What `name_habits.arrow` knows of a host.
package struct NameHabits: Sendable {
  /// Bytes that count as one: less is about nothing.
  package static let carriedUnit = 100.0

  package let daysSeen: Int
  package let carried: Center
  package let generated: Center
  package let generatedInWeek: Double

  /// By host.
  static func read(_ source: any BatchSource) throws -> [String: NameHabits] {
    var habits: [String: NameHabits] = [:]
    try source.forEachBatch { batch in
      let (host, days) = (batch[NameHabit.host], batch[NameHabit.daysSeen])
      let carried = (batch[NameHabit.carriedMedian], batch[NameHabit.carriedDeviation])
      let generated = (batch[NameHabit.generatedMedian], batch[NameHabit.generatedDeviation])
      let inWeek = batch[NameHabit.generatedInWeek]
      func center(_ columns: (Values<Float>, Values<Float>), _ row: Int) -> Center {
        Center(median: Double(columns.0.value(row)), deviation: Double(columns.1.value(row)))
      }
      for row in 0..<batch.rowCount {
        guard let name = host[row] else { continue }
        habits[name] = NameHabits(
          daysSeen: Int(days.value(row)), carried: center(carried, row),
          generated: center(generated, row), generatedInWeek: Double(inWeek.value(row)))
      }
    }
    return habits
  }
}

/// What names carried in the days before D, by host and domain.
package struct NameHistories {
  private var bits: [UInt64: Int64] = [:]

  package init(_ source: any BatchSource) throws {
    bits.reserveCapacity(source.rowCount)
    try source.forEachBatch { batch in
      let (key, values) = (batch[NameHistory.key], batch[NameHistory.bits])
      for row in 0..<batch.rowCount { bits[key.value(row)] = values.value(row) }
    }
  }

  package func bits(_ key: SeenKey) -> Int64 { bits[key.number] ?? 0 }
}
