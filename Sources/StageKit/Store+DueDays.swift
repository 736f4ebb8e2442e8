import Events

extension Store {
  /// The days whose folders, of an area and those made with it, a run without a date makes, in
  /// order: those that are not all there, and those of the last seven days, whose rows may have
  /// come late. Older ones stay as they are, so that such a run is short, however long the history
  /// and whatever was changed in the site file.
  /// - Parameter candidates: days that there is anything to make from.
  func dueDays(
    of area: Area, until last: CivilDate, site: Site, from candidates: [CivilDate]
  ) throws -> [CivilDate] {
    let made = try days(in: area.rawValue).filter { $0 <= last }
    // A run that was killed may have left the first areas of a day without the last.
    let known = Set(made).intersection(try days(in: area.completion.rawValue))
    let missing = candidates.filter { day in
      day <= last && !known.contains(day)
        && pruned.entry(of: relative(folder(area, day))) == nil
        && prunedSource(of: area, day, site: site) == nil
    }
    return Set(missing + made.filter { Area.isRecent($0, asOf: last) }).sorted()
  }

  /// All days to `last` of which there should be events, in order. Days without rows are among
  /// them, since that a source was silent must be said.
  ///
  /// They begin with the first that the store has; in a store that has none, with the first day
  /// with rows; but after the last gap over which no stage looks back: what is before it has the
  /// time of a clock that was not set, or is history that is replayed by name.
  package func daysOfEvents(withRowsOn days: Set<CivilDate>, until last: CivilDate) throws
    -> [CivilDate]
  {
    let made = try self.days(in: Area.events.rawValue)
    let known = days.filter { day in made.first.map { $0 <= day } ?? true }.union(made)
    let first = known.sorted(by: >).reduce(last.advanced(by: 1)) { first, day in
      day < first && day >= first.advanced(by: -LookBack.seenDays) ? day : first
    }
    guard first <= last else { return [] }
    return (first.dayNumber...last.dayNumber).map { CivilDate(dayNumber: $0) }
  }
}
