import Columnar

/// The site's days and clock hours.
package struct CivilCalendar: Sendable {
  package let zone: TimeZoneRules
  /// Days on which nobody works, besides weekends.
  package let holidays: Set<CivilDate>

  package init(zone: TimeZoneRules = .utc, holidays: Set<CivilDate> = []) {
    self.zone = zone
    self.holidays = holidays
  }

  /// The civil day of an instant.
  package func day(of instant: Instant) -> CivilDate {
    CivilDate(dayNumber: Int(local(instant).flooredQuotient(by: 86_400_000_000)))
  }

  /// The first instant of a day.
  package func start(of day: CivilDate) -> Instant {
    zone.instant(localMicroseconds: Int64(day.dayNumber) * 86_400_000_000)
  }

  /// The windows of a day: its 23, 24 or 25 clock hours, as instants [start, end).
  package func hours(of day: CivilDate) -> [Range<Instant>] {
    let end = start(of: day.advanced(by: 1))
    var windows: [Range<Instant>] = []
    var from = start(of: day)
    while from < end {
      let next = min(from.advanced(byMicroseconds: 3_600_000_000), end)
      windows.append(from..<next)
      from = next
    }
    return windows
  }

  /// The start of an instant's window. Zones are offset by multiples of 15 minutes, so windows are
  /// counted from the day's start, not from the epoch.
  package func startOfHour(of instant: Instant) -> Instant {
    let dayStart = start(of: day(of: instant))
    let hours = (instant.microseconds - dayStart.microseconds) / 3_600_000_000
    return dayStart.advanced(byMicroseconds: hours * 3_600_000_000)
  }

  /// What the clock shows: 0 … 23.
  package func hourOfDay(of instant: Instant) -> Int {
    let day: Int64 = 86_400_000_000
    let local = local(instant)
    return Int((local - local.flooredQuotient(by: day) * day) / 3_600_000_000)
  }

  package func isWorkday(_ day: CivilDate) -> Bool { !day.isWeekend && !holidays.contains(day) }

  /// Microseconds since 1970-01-01 that the site's clocks show.
  private func local(_ instant: Instant) -> Int64 {
    instant.microseconds + Int64(zone.offsetSeconds(at: instant)) * 1_000_000
  }
}
