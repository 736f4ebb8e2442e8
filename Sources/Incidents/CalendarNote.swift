import Columnar
import Events

/// What the business calendar says of an incident.
package struct CalendarNote: Sendable {
  package let calendar: CivilCalendar
  package let workingTimes: WorkingTimes?

  /// Findings as long as this are on the whole day.
  private static let wholeDayMicroseconds: Int64 = 23 * 3_600_000_000

  package init(calendar: CivilCalendar, workingTimes: WorkingTimes?) {
    self.calendar = calendar
    self.workingTimes = workingTimes
  }

  /// Whether the site file says anything about when people work.
  package var isConnected: Bool { workingTimes != nil || !calendar.holidays.isEmpty }

  /// "outside working hours (08:00-18:00)", "on a holiday (as the site file says)".
  package func text(day: CivilDate, windows: [Range<Instant>]) -> String {
    if calendar.holidays.contains(day) { return "on a holiday (as the site file says)" }
    guard let workingTimes else { return "on no holiday" }
    guard let hours = workingTimes.hours(of: day, calendar: calendar) else {
      return "on no working day (as the site file says)"
    }
    let told = windows.filter {
      $0.upperBound.microseconds - $0.lowerBound.microseconds < CalendarNote.wholeDayMicroseconds
    }
    guard !told.isEmpty else { return "over a working day" }
    let isInside = told.contains {
      $0.lowerBound < hours.upperBound && $0.upperBound > hours.lowerBound
    }
    let isOutside = told.contains {
      $0.lowerBound < hours.lowerBound || $0.upperBound > hours.upperBound
    }
    let place = !isOutside ? "within" : isInside ? "within and outside" : "outside"
    return "\(place) working hours (\(workingTimes.hoursText))"
  }
}
