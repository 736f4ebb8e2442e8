import Columnar
import Events

/// Turns the hours that the site's clocks show on a day into instants.
package struct DayClock: Sendable {
  package let start: Instant
  package let end: Instant
  private let date: CivilDate
  private let zone: TimeZoneRules
  private let isPlain: Bool

  package init(_ date: CivilDate, _ calendar: CivilCalendar) {
    self.date = date
    zone = calendar.zone
    start = calendar.start(of: date)
    end = calendar.start(of: date.advanced(by: 1))
    isPlain = end.microseconds - start.microseconds == 86_400_000_000
  }

  /// The instant at which clocks show `hours` after midnight; 24 and more are the next day's.
  package func at(_ hours: Double) -> Instant {
    let microseconds = Int64(hours * 3_600_000_000)
    if isPlain { return start.advanced(byMicroseconds: microseconds) }
    return zone.instant(localMicroseconds: Int64(date.dayNumber) * 86_400_000_000 + microseconds)
  }

  /// The hours that have passed since midnight when clocks show `hours`: one fewer or more once
  /// clocks have changed.
  package func passed(at hours: Double) -> Double {
    if isPlain { return hours }
    return Double(at(hours).microseconds - start.microseconds) / 3_600_000_000
  }

  /// The instant at which `hours` have passed since midnight.
  package func after(_ hours: Double) -> Instant {
    start.advanced(byMicroseconds: Int64(hours * 3_600_000_000))
  }

  /// What the clock shows at an instant of the day: 0 … 23.
  package func hour(of instant: Instant) -> Int {
    CivilCalendar(zone: zone).hourOfDay(of: instant)
  }
}
