import Columnar
import Events

/// How sign-ins of users, sources and destinations go.
package struct LoginHabits: Sendable {
  private struct Key: Hashable, Comparable {
    let kind: UInt8
    let subject: String

    static func < (a: Key, b: Key) -> Bool {
      a.kind == b.kind
        ? a.subject.utf8.lexicographicallyPrecedes(b.subject.utf8) : a.kind < b.kind
    }
  }
  private var figures: [Key: DailyFigure] = [:]
  /// What is usual for a subject of each kind that is not known: the mean of the subjects' means,
  /// without the greatest tenth of them.
  private var usual: [UInt8: Double] = [:]

  /// Folds days.
  init(_ summaries: [DayTables]) throws {
    for summary in summaries {
      for (key, value) in try LoginHabits.figures(of: summary.logins) {
        figures[key, default: DailyFigure()].add(value)
      }
    }
    setUsual()
  }

  /// Reads `login_habits.arrow`.
  init(_ source: any BatchSource) throws {
    try source.forEachBatch { batch in
      let (kind, subject) = (batch[LoginHabit.kind], batch[LoginHabit.subject])
      let (days, total) = (batch[LoginHabit.days], batch[LoginHabit.total])
      let squares = batch[LoginHabit.squares]
      for row in 0..<batch.rowCount {
        figures[Key(kind: kind.value(row), subject: subject[row] ?? "")] = DailyFigure(
          days: Int(days.value(row)), total: total.value(row), squares: squares.value(row))
      }
    }
    setUsual()
  }

  func write(to sink: any BatchSink) throws {
    let rows = RowWriter(LoginHabit.schema, to: sink)
    for (key, figure) in figures.sorted(by: { $0.key < $1.key }) {
      rows.table.column(LoginHabit.kind).append(key.kind)
      rows.table.column(LoginHabit.subject).append(key.subject)
      rows.table.column(LoginHabit.days).append(UInt32(figure.days))
      rows.table.column(LoginHabit.total).append(figure.total)
      rows.table.column(LoginHabit.squares).append(figure.squares)
      try rows.endRow()
    }
    try rows.finish()
  }

  package func figure(_ kind: LoginHabit.Kind, of subject: String) -> DailyFigure {
    figures[Key(kind: kind.rawValue, subject: subject)] ?? DailyFigure()
  }

  /// Days on which the place that was most often signed in to, or in vain, was.
  package var dayCount: Int { figures.values.map(\.days).max() ?? 0 }

  package func usual(_ kind: LoginHabit.Kind) -> Double { usual[kind.rawValue] ?? 0 }

  private mutating func setUsual() {
    var means: [UInt8: [Double]] = [:]
    for (key, figure) in figures { means[key.kind, default: []].append(figure.mean) }
    usual = means.mapValues { values in
      let kept = values.sorted().prefix(max(1, values.count * 9 / 10))
      return kept.reduce(0, +) / Double(kept.count)
    }
  }

  /// A day's figures, of each subject that was seen.
  private static func figures(of logins: any BatchSource) throws -> [Key: Int64] {
    var figures: [Key: Int64] = [:]
    var destinations: [String: FailedLogins] = [:]
    func set(_ kind: LoginHabit.Kind, _ subject: String, _ value: Int64) {
      let key = Key(kind: kind.rawValue, subject: subject)
      figures[key] = max(figures[key] ?? 0, value)
    }
    try LoginRow.forEachSource(in: logins) { rows in
      for row in rows {
        destinations[row.destination, default: FailedLogins()].formUnion(FailedLogins())
        if row.successes > 0, !row.user.isEmpty { set(.userRun, row.user, row.longestRun) }
      }
      let failed = FailedLogins.byDestination(rows)
      guard let first = rows.first else { return }
      if LoginRow.areStrangers(rows) {
        for (destination, logins) in failed { destinations[destination]?.formUnion(logins) }
      } else {
        var all = FailedLogins()
        for logins in failed.values { all.formUnion(logins) }
        set(.sourceUsers, first.source, Int64(all.users.count))
        set(.sourceFailures, first.source, all.failures)
      }
    }
    for (destination, logins) in destinations {
      set(.destinationUsers, destination, Int64(logins.users.count))
      set(.destinationFailures, destination, logins.failures)
    }
    return figures
  }
}
