import Columnar
import Events

/// Takes bytes for a TZif file: it is refused, or each time has an offset of hours, and a day's
/// hours follow each other without a gap.
enum ZoneCheck {
  /// RFC 9636, section 3.2: offsets should be more than -25 hours and less than 26.
  private static let offsets = -25 * 3600 + 1..<26 * 3600

  static func fault(_ input: [UInt8]) throws -> String? {
    let zone: TimeZoneRules
    do { zone = try TimeZoneRules(name: "input", tzif: input) } catch is TimeZoneError {
      return nil
    }
    let calendar = CivilCalendar(zone: zone)
    for year in [-9999, 1, 1900, 1969, 1970, 1999, 2024, 2026, 2037, 2038, 2100, 9999] {
      for month in [1, 3, 7, 10, 12] {
        guard let day = CivilDate(year: year, month: month, day: 28) else { continue }
        let start = calendar.start(of: day)
        let offset = zone.offsetSeconds(at: start)
        guard offsets.contains(offset) else { return "an offset of \(offset) s" }
        let hours = calendar.hours(of: day)
        for (window, next) in zip(hours, hours.dropFirst())
        where window.upperBound != next.lowerBound || window.isEmpty {
          return "a gap in \(day)"
        }
        _ = calendar.startOfHour(of: start)
      }
    }
    return nil
  }
}
