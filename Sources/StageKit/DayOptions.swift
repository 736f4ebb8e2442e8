import ArgumentParser
import Events

/// Which days a stage works on.
package struct DayOptions: ParsableArguments {
  @Option(help: "One day, for instance 2026-03-29, or yesterday by the site's clocks.")
  package var day: String?

  @Option(help: "The first of several days.")
  package var from: String?

  @Option(help: "The last of several days.")
  package var to: String?

  @Option(
    help: "All days to this one, or to yesterday, that are not done; and the last seven again.")
  package var until: String?

  @Flag(help: "The newest seven days that the store already has from this stage.")
  package var recent = false

  @Flag(help: "The days that the store already has from this stage.")
  package var existing = false

  package init() {}

  package func validate() throws {
    let choices = [day != nil, from != nil || to != nil, until != nil, recent, existing]
    guard choices.filter(\.self).count == 1, (from == nil) == (to == nil) else {
      throw ValidationError(
        "expected --day, or --from and --to, or --until, or --recent, or --existing")
    }
    _ = try range()
    for (text, option) in [(day, "--day"), (until, "--until")] {
      if let text, text != DayOptions.yesterday { _ = try DayOptions.date(text, option) }
    }
  }

  /// The days asked for, in order; `area` of the store (`events`, `scores`, …) says which exist.
  package func days(in store: Store, area: String, of site: Site) throws -> [CivilDate] {
    if let day { return [try date(day, "--day", of: site)] }
    if let range = try range() {
      return (range.lowerBound.dayNumber...range.upperBound.dayNumber).map {
        CivilDate(dayNumber: $0)
      }
    }
    guard until == nil else {
      throw StageError(
        "--until: expected by stages that make days; name days with --day, --from and --to, "
          + "--recent or --existing", code: .usage)
    }
    let days = try store.days(in: area)
    guard recent, let newest = days.last else { return days }
    return days.filter { Area.isRecent($0, asOf: newest) }
  }

  /// The days asked for, in order, of a stage that makes an area of the store.
  /// - Parameter candidates: for `--until` a day, those to it that there is anything to make from.
  package func days(
    making area: Area, in store: Store, of site: Site,
    from candidates: (_ last: CivilDate) throws -> [CivilDate]
  ) throws -> [CivilDate] {
    guard let until else { return try days(in: store, area: area.rawValue, of: site) }
    let last = try date(until, "--until", of: site)
    return try store.dueDays(of: area, until: last, site: site, from: candidates(last))
  }

  private static let yesterday = "yesterday"

  private func range() throws -> ClosedRange<CivilDate>? {
    guard let from, let to else { return nil }
    let (first, last) = (
      try DayOptions.date(from, "--from"), try DayOptions.date(to, "--to")
    )
    guard first <= last else { throw ValidationError("--from: \(first) is after \(last)") }
    return first...last
  }

  static func date(_ text: String, _ option: String) throws -> CivilDate {
    guard let date = CivilDate(text) else {
      throw ValidationError("\(option): expected a date such as 2026-03-29, found \(text)")
    }
    return date
  }

  /// A date, or yesterday by the clock: it says which days are asked for, and nothing of what is
  /// found.
  private func date(_ text: String, _ option: String, of site: Site) throws -> CivilDate {
    guard text == DayOptions.yesterday else {
      return try DayOptions.date(text, option)
    }
    return site.calendar.day(of: Account.now).advanced(by: -1)
  }
}
