import Columnar
import Events

/// When a route's messages may be sent: a time of day for what can wait, and hours of quiet.
/// Minutes are those that the site's clocks show.
package struct Schedule: Sendable {
  package let calendar: CivilCalendar
  package let quiet: (fromMinute: Int, untilMinute: Int)?
  package let digestMinute: Int?

  package init(
    calendar: CivilCalendar, quiet: (fromMinute: Int, untilMinute: Int)?, digestMinute: Int?
  ) {
    self.calendar = calendar
    self.quiet = quiet
    self.digestMinute = digestMinute
  }

  /// The first moment, from `instant` on, at which what can wait may be sent.
  package func due(_ instant: Instant) -> Instant {
    let due = digestMinute.map { next($0, from: instant) } ?? instant
    guard let quiet, isQuiet(due) else { return due }
    return next(quiet.untilMinute, from: due)
  }

  private func isQuiet(_ instant: Instant) -> Bool {
    guard let quiet else { return false }
    let local =
      instant.microseconds + Int64(calendar.zone.offsetSeconds(at: instant)) * 1_000_000
    let day: Int64 = 86_400_000_000
    let minute = Int((local - local.flooredQuotient(by: day) * day) / 60_000_000)
    return quiet.fromMinute < quiet.untilMinute
      ? (quiet.fromMinute..<quiet.untilMinute).contains(minute)
      : minute >= quiet.fromMinute || minute < quiet.untilMinute
  }

  /// When the clocks next show a minute of the day, or would, but for a change to summer time.
  private func next(_ minute: Int, from instant: Instant) -> Instant {
    func at(_ day: CivilDate) -> Instant {
      calendar.zone.instant(
        localMicroseconds: Int64(day.dayNumber) * 86_400_000_000 + Int64(minute) * 60_000_000)
    }
    let today = calendar.day(of: instant)
    return at(today) >= instant ? at(today) : at(today.advanced(by: 1))
  }
}
