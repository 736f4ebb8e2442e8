import Columnar
import Events

/// How profiles see a day: its windows with what the clock shows, and what kind of day it is.
package struct ClockHours: Sendable {
  package let day: CivilDate
  package let windows: [Range<Instant>]
  /// 0 … 23 for each window.
  package let clockHours: [Int]
  /// 0 for workdays, 1 for weekends and holidays.
  package let dayType: Int

  package init(_ day: CivilDate, calendar: CivilCalendar) {
    self.day = day
    windows = calendar.hours(of: day)
    clockHours = windows.map { calendar.hourOfDay(of: $0.lowerBound) }
    dayType = calendar.isWorkday(day) ? 0 : 1
  }

  /// The number of the window that an instant is in, nil outside the day.
  package func window(of instant: Instant) -> Int? {
    guard let first = windows.first, let last = windows.last, instant >= first.lowerBound,
      instant < last.upperBound
    else { return nil }
    return Int((instant.microseconds - first.lowerBound.microseconds) / 3_600_000_000)
  }
}
