import Events

/// A week, from Monday on, or a month.
package struct Period: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable { case weekly, monthly }

  package let kind: Kind
  package let first: CivilDate
  package let last: CivilDate

  package init(_ kind: Kind, containing day: CivilDate) {
    self.kind = kind
    switch kind {
    case .weekly:
      first = day.advanced(by: -day.weekday)
      last = first.advanced(by: 6)
    case .monthly:
      let (year, month, dayOfMonth) = day.components
      first = day.advanced(by: 1 - dayOfMonth)
      last = first.advanced(by: CivilDate.dayCount(year: year, month: month) - 1)
    }
  }

  /// The periods that the days from `first` to `last` lie in, in order.
  package static func all(_ kind: Kind, from first: CivilDate, to last: CivilDate) -> [Period] {
    var periods = [Period(kind, containing: first)]
    while let period = periods.last, period.last < last {
      periods.append(Period(kind, containing: period.last.advanced(by: 1)))
    }
    return periods
  }

  package var before: Period { Period(kind, containing: first.advanced(by: -1)) }
  package var dayCount: Int { last.dayNumber - first.dayNumber + 1 }
  package func contains(_ day: CivilDate) -> Bool { (first...last).contains(day) }

  /// `week=2026-W13` (ISO 8601: the week that has the year's first Thursday is 1), `month=2026-03`.
  package var folderName: String {
    switch kind {
    case .weekly: "week=\(pad(week.year, 4))-W\(pad(week.number, 2))"
    case .monthly: "month=\(pad(first.components.year, 4))-\(pad(first.components.month, 2))"
    }
  }

  /// "week 13 of 2026", "month 3 of 2026"
  package var title: String {
    switch kind {
    case .weekly: "week \(week.number) of \(week.year)"
    case .monthly: "month \(first.components.month) of \(first.components.year)"
    }
  }

  private var week: (year: Int, number: Int) {
    let (year, month, day) = first.advanced(by: 3).components
    let dayOfYear = (1..<month).reduce(day) { $0 + CivilDate.dayCount(year: year, month: $1) }
    return (year, (dayOfYear - 1) / 7 + 1)
  }
}
