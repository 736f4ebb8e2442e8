import Columnar

/// When people work at the site, as its site file says. It is told beside what was found, and
/// judges nothing.
package struct WorkingTimes: Sendable, Equatable {
  /// Minutes since midnight, of 0 … 1440.
  package let minutes: Range<Int>
  /// 0 = Monday … 6 = Sunday.
  package let weekdays: Set<Int>

  package init(minutes: Range<Int>, weekdays: Set<Int>) {
    self.minutes = minutes
    self.weekdays = weekdays
  }

  /// When people work on a day, were it no holiday; nil on other weekdays.
  package func hours(of day: CivilDate, calendar: CivilCalendar) -> Range<Instant>? {
    guard weekdays.contains(day.weekday) else { return nil }
    func instant(_ minute: Int) -> Instant {
      calendar.zone.instant(
        localMicroseconds: (Int64(day.dayNumber) * 1440 + Int64(minute)) * 60_000_000)
    }
    let (start, end) = (instant(minutes.lowerBound), instant(minutes.upperBound))
    // An hour that the clocks skip.
    return start..<max(start, end)
  }

  /// "08:00-18:00"
  package var hoursText: String {
    [minutes.lowerBound, minutes.upperBound].map { "\(pad($0 / 60, 2)):\(pad($0 % 60, 2))" }
      .joined(separator: "-")
  }

  /// Hours and weekdays, for manifests.
  package var text: String {
    "\(hoursText) \(weekdays.sorted().map(String.init).joined(separator: ","))"
  }
}
