import Columnar
import Events
import Glibc

/// Folds the names that hosts asked for in the days before D to `name_habits.arrow`,
/// `name_history.arrow` and `name_grams.arrow`.
struct NameFold {
  /// Names that the model learns at most.
  private static let mostNames = 200_000
  /// What a day's names under a domain carry at least to be kept, in bits.
  private static let leastBits: Int64 = 256

  /// What a host did, day by day.
  private struct Host {
    var carried: [Double]
    var generated: [Double]
    var isActive: [Bool]

    init(dayCount: Int) {
      carried = .init(repeating: 0, count: dayCount)
      generated = carried
      isActive = .init(repeating: false, count: dayCount)
    }
  }

  private let asOf: CivilDate
  private let summaries: [DayTables]
  private let seen: SeenTable
  private let novelty: DomainNovelty
  /// Hosts of the last 28 days.
  private let hostCount: Int
  private var hosts: [String: Host] = [:]
  /// Bits carried so far, by host and domain.
  private var history: [UInt64: Int64] = [:]

  init(asOf: CivilDate, summaries: [DayTables], seen: SeenTable) {
    self.asOf = asOf
    self.summaries = summaries
    self.seen = seen
    novelty = DomainNovelty(asOf: asOf, seen: seen)
    hostCount = seen.entries(of: .host).count { $0.days.isSeen(within: 28) }
  }

  mutating func run(to sink: (StateTable) throws -> any BatchSink) throws {
    let model = try learnedNames()
    try model.write(to: sink(.nameGrams))
    for (index, summary) in summaries.enumerated() {
      var clients: [UInt64: Int] = [:]
      try summary.domains.forEachBatch { batch in
        let rows = DomainBatch(batch)
        for row in 0..<rows.rowCount where rows.isOwn(row) {
          let subject = rows.subject(row)
          if novelty.firstDay(subject) == summary.day { clients[subject, default: 0] += 1 }
        }
      }
      try summary.domains.forEachBatch { add(DomainBatch($0), day: index, model, clients) }
    }
    try writeHistory(to: sink(.nameHistory))
    try writeHabits(to: sink(.nameHabits))
  }

  /// The names that exist and that at least 3 hosts, or any host on at least 3 days, asked for.
  private func learnedNames() throws -> NameModel {
    var model = NameModel()
    var learned: Set<UInt64> = []
    for summary in summaries {
      try summary.domains.forEachBatch { batch in
        let rows = DomainBatch(batch)
        for row in 0..<rows.rowCount where learned.count < NameFold.mostNames {
          guard rows.missing.value(row) < rows.queries.value(row), rows.isOwn(row) else { continue }
          let subject = rows.subject(row)
          guard !learned.contains(subject) else { continue }
          let (days, hostCount) = seen.site(.name, subject: subject)
          guard hostCount >= 3 || days.count >= 3 else { continue }
          learned.insert(subject)
          model.add(rows.domain.bytes(row))
        }
      }
    }
    model.prepare()
    return model
  }

  /// - Parameter clients: of the domains that the site met first on this day.
  private mutating func add(
    _ rows: DomainBatch, day index: Int, _ model: NameModel, _ clients: [UInt64: Int]
  ) {
    let day = summaries[index].day
    var name = ""
    var host = Host(dayCount: summaries.count)
    var hash: UInt64 = 0
    for row in 0..<rows.rowCount where rows.isOwn(row) {
      if !name.utf8.elementsEqual(rows.host.bytes(row)) {
        if !name.isEmpty { hosts[name] = host }
        name = String(decoding: rows.host.bytes(row), as: UTF8.self)
        host = hosts[name] ?? Host(dayCount: summaries.count)
        hash = keyHash(name)
      }
      host.isActive[index] = true
      let subject = rows.subject(row)
      let first = novelty.firstDay(subject)
      let bits = rows.carriedBits(row)
      if bits >= NameFold.leastBits {
        let key = SeenKey(subject: subject, host: hash).number
        let before = history[key] ?? 0
        let carried = CarriedBits(
          today: bits, before: before, earlierDays: index,
          isYoung: novelty.isYoung(first, on: day))
        host.carried[index] = max(host.carried[index], carried.bytes)
        history[key] = before + bits
      }
      if first == day {
        let isMissing = rows.missing.value(row) == rows.queries.value(row)
        // What many ask for at once is software's.
        host.generated[index] +=
          Prevalence.rarity(hostCount: clients[subject] ?? 1, of: max(1, hostCount))
          * model.weight(ofUnseen: rows.domain.bytes(row), isMissing: isMissing)
      }
    }
    if !name.isEmpty { hosts[name] = host }
  }

  private func writeHistory(to sink: any BatchSink) throws {
    let rows = RowWriter(NameHistory.schema, to: sink)
    for (key, bits) in history.sorted(by: { $0.key < $1.key }) {
      rows.table.column(NameHistory.key).append(key)
      rows.table.column(NameHistory.bits).append(bits)
      try rows.endRow()
    }
    try rows.finish()
  }

  private func writeHabits(to sink: any BatchSink) throws {
    let rows = RowWriter(NameHabit.schema, to: sink)
    let table = rows.table
    // On the first days of the records all domains are new.
    let learned = novelty.recordsBegin.map { $0.advanced(by: DomainNovelty.settlingDays) } ?? asOf
    let sorted = hosts.sorted { NamedEndpoint($0.key) < NamedEndpoint($1.key) }
    for (name, host) in sorted {
      let known = summaries.indices.filter { host.isActive[$0] && summaries[$0].day >= learned }
      func center(_ values: [Double], unit: Double) -> Center {
        var logs = known.map { log1p(values[$0] / unit) }
        return logs.isEmpty ? Center(median: 0, deviation: 0) : Center(of: &logs)
      }
      let carried = center(host.carried, unit: NameHabits.carriedUnit)
      let generated = center(host.generated, unit: 1)
      let inWeek = known.filter { asOf.dayNumber - summaries[$0].day.dayNumber <= 6 }
        .reduce(0) { $0 + host.generated[$1] }
      table.column(NameHabit.host).append(name)
      table.column(NameHabit.daysSeen).append(UInt32(known.count))
      table.column(NameHabit.carriedMedian).append(Float(carried.median))
      table.column(NameHabit.carriedDeviation).append(Float(carried.deviation))
      table.column(NameHabit.generatedMedian).append(Float(generated.median))
      table.column(NameHabit.generatedDeviation).append(Float(generated.deviation))
      table.column(NameHabit.generatedInWeek).append(Float(inWeek))
      try rows.endRow()
    }
    try rows.finish()
  }
}

/// Since when a site knows domains.
package struct DomainNovelty {
  /// Days at the beginning of the records on which all that is met is new.
  static let settlingDays = 3
  /// Days for which a domain counts as young.
  private static let youngDays = 28

  private let asOf: CivilDate
  private let seen: SeenTable
  /// The first day with names, of the last 90.
  let recordsBegin: CivilDate?

  package init(asOf: CivilDate, seen: SeenTable) {
    self.asOf = asOf
    self.seen = seen
    let days = seen.entries(of: .name).reduce(into: DayBits()) { $0.formUnion($1.days) }
    recordsBegin = days.age.map { asOf.advanced(by: -$0) }
  }

  /// Nil where no host met it before the state's day.
  package func firstDay(_ subject: UInt64) -> CivilDate? {
    seen.site(.name, subject: subject).days.age.map { asOf.advanced(by: -$0) }
  }

  /// Whether a domain that was first met on a day is young on another; what was there when the
  /// records began may be older than they are.
  package func isYoung(_ first: CivilDate?, on day: CivilDate) -> Bool {
    guard let first else { return true }
    guard let recordsBegin else { return false }
    return first >= recordsBegin.advanced(by: DomainNovelty.settlingDays)
      && day.dayNumber - first.dayNumber <= DomainNovelty.youngDays
  }
}

/// What the names under one domain carried that is not usual.
package struct CarriedBits {
  /// Since a young domain was met; for others, what is beyond three times the mean day's.
  package let bytes: Double

  /// - Parameter earlierDays: days that `before` was gathered on.
  package init(today: Int64, before: Int64, earlierDays: Int, isYoung: Bool) {
    let usual = Double(before) / Double(max(1, earlierDays))
    bytes = max(0, isYoung ? Double(today + before) : Double(today) - 3 * usual) / 8
  }
}
