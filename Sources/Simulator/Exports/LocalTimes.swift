import Columnar
import Events

/// Prints instants as the clocks of a zone show them.
struct LocalTimes {
  private let zone: TimeZoneRules
  private var hour: Int64 = .min
  private var offset: Int64 = 0
  private var day: Int64 = .min
  private var date: [UInt8] = []

  init(_ zone: TimeZoneRules) { self.zone = zone }

  /// `2026-03-29 03:00:07`, the fraction cut off.
  mutating func append(_ instant: Instant, to buffer: inout TextBuffer) {
    let second = instant.microseconds.flooredQuotient(by: 1_000_000)
    // No zone changes within a quarter of an hour.
    if second.flooredQuotient(by: 900) != hour {
      hour = second.flooredQuotient(by: 900)
      offset = Int64(zone.offsetSeconds(at: instant))
    }
    let local = second + offset
    if local.flooredQuotient(by: 86_400) != day {
      day = local.flooredQuotient(by: 86_400)
      date = Array(CivilDate(dayNumber: Int(day)).description.utf8)
    }
    let ofDay = local - day * 86_400
    buffer.append(bytes: date)
    buffer.append(" " as Unicode.Scalar)
    buffer.append(ofDay / 3600, width: 2)
    buffer.append(":" as Unicode.Scalar)
    buffer.append(ofDay / 60 % 60, width: 2)
    buffer.append(":" as Unicode.Scalar)
    buffer.append(ofDay % 60, width: 2)
  }
}
