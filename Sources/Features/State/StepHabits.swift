import Columnar
import Events

/// How hosts of each peer group go on from step to step.
package struct StepHabits: Sendable {
  package struct Group: Sendable {
    package fileprivate(set) var model = StepModel()
    /// Days of hosts that it was learned from.
    package fileprivate(set) var hostDays = 0

    /// Learns a host's day.
    package mutating func add(_ grams: [StepGram]) {
      for gram in grams { model.add(gram) }
      hostDays += 1
    }

    /// Takes back a host's day that was learned.
    package mutating func remove(_ grams: [StepGram]) {
      for gram in grams { model.remove(gram) }
      hostDays -= 1
    }
  }
  package var groups: [String: Group] = [:]
  /// Of the 28 days before D, those with steps that need a class of events.
  private var daysOfClass: [EventClass: UInt32] = [:]

  /// Reads `step_habits.arrow`.
  package init(_ source: any BatchSource) throws {
    try source.forEachBatch { batch in
      let (group, gram) = (batch[StepHabit.group], batch[StepHabit.gram])
      let (hostDays, days) = (batch[StepHabit.hostDays], batch[StepHabit.days])
      for row in 0..<batch.rowCount {
        let name = group[row] ?? ""
        guard gram.value(row) > 0 else {
          groups[name, default: Group()].hostDays = Int(hostDays.value(row))
          continue
        }
        let steps = StepGram(code: gram.value(row))
        guard gram.value(row) < StepGram.count else { continue }
        groups[name, default: Group()].model.add(steps, hostDays: hostDays.value(row))
        daysOfClass[steps.last.eventClass, default: 0] |= days.value(row)
      }
    }
  }

  /// Days before D on which such events were steps of some host.
  package func dayCount(_ eventClass: EventClass) -> Int {
    daysOfClass[eventClass, default: 0].nonzeroBitCount
  }
}

/// Folds `steps.arrow` of the days before D to `step_habits.arrow`.
struct StepFold {
  private struct Days {
    var hostDays: UInt32 = 0
    var bits: UInt32 = 0

    mutating func add(_ bit: UInt32) {
      hostDays += 1
      bits |= bit
    }
  }
  private let asOf: CivilDate
  /// By host.
  private let groups: [String: String]
  private var counts: [String: [UInt32: Days]] = [:]

  init(asOf: CivilDate, groups: [String: String]) {
    self.asOf = asOf
    self.groups = groups
  }

  mutating func add(_ summary: DayTables) throws {
    let bit = UInt32(1) << UInt32(asOf.dayNumber - summary.day.dayNumber - 1)
    var host = ""
    var group: String?
    var found: [UInt32: Days] = [:]
    try summary.steps.forEachBatch { batch in
      let (hosts, grams) = (batch[Step.host], batch[Step.gram])
      for row in 0..<batch.rowCount {
        if !host.utf8.elementsEqual(hosts.bytes(row)) {
          host = String(decoding: hosts.bytes(row), as: UTF8.self)
          if groups[host] != group {
            if let group { counts[group] = found }
            group = groups[host]
            found = group.flatMap { counts.removeValue(forKey: $0) } ?? [:]
          }
          if group != nil { found[0, default: Days()].add(bit) }
        }
        if group != nil { found[grams.value(row), default: Days()].add(bit) }
      }
    }
    if let group { counts[group] = found }
  }

  func write(to sink: any BatchSink) throws {
    let rows = RowWriter(StepHabit.schema, to: sink)
    let table = rows.table
    for (group, grams) in counts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    {
      for (gram, days) in grams.sorted(by: { $0.key < $1.key }) {
        table.column(StepHabit.group).append(group)
        table.column(StepHabit.gram).append(gram)
        table.column(StepHabit.hostDays).append(days.hostDays)
        table.column(StepHabit.days).append(days.bits)
        try rows.endRow()
      }
    }
    try rows.finish()
  }
}
