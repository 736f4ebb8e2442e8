import Columnar
import Events
import Testing

@testable import LogReaders

@Suite("Times that say little")
struct TimeTests {
  private func times(
    _ lines: [String], _ format: String, zone: String? = "UTC", year: Int? = nil, month: Int? = nil
  ) throws -> [String?] {
    var settings = try settings(zone: zone)
    (settings.year, settings.month) = (year, month)
    let statesZone = TimeFormat.statesZone(format)
    let sample = try sampleFormat(
      read: "shape = \"positional\"\ncolumns = [\"time\", \"a\"]",
      time: "field = \"time\"\nformats = [\"\(format)\"]"
        + (statesZone ? "" : "\nzone = \"required\""),
      map: "source_ip = \"a\"")
    let text = lines.map { "\($0),192.0.2.1\n" }.joined()
    return try read(Array(text.utf8), sample, settings: settings).column("event_time")
  }

  @Test("a file without years may cross New Year, and its name may say on which side it begins")
  func newYear() throws {
    func years(_ lines: [String], _ year: Int, _ month: Int? = nil) throws -> [String] {
      try times(lines, "MMM d HH:mm:ss", year: year, month: month).map {
        String(($0 ?? "").prefix(7))
      }
    }
    #expect(
      try years(["Dec 31 23:59:59", "Jan 1 00:00:01"], 2025) == ["2025-12", "2026-01"])
    // From November to January without a line in between, and a line out of order.
    #expect(
      try years(["Nov 30 10:00:00", "Jan 1 00:00:01", "Dec 31 23:59:59", "Jan 2 00:00:01"], 2025)
        == ["2025-11", "2026-01", "2025-12", "2026-01"])
    // messages-20260103, which begins in December.
    #expect(
      try years(["Dec 28 10:00:00", "Jan 3 00:00:01"], 2026, 1) == ["2025-12", "2026-01"])
    // A gap of more than half a year is no step back, but a December after a January is one.
    #expect(try years(["Jan 20 10:00:00", "Sep 3 00:00:01"], 2026) == ["2026-01", "2026-09"])
    // A stray line from half a year ahead or more does not move those behind it.
    #expect(
      try years(["Mar 10 10:00:00", "Nov 3 00:00:01", "Mar 10 10:00:01", "Apr 1 00:00:00"], 2026)
        == ["2026-03", "2026-11", "2026-03", "2026-04"])
    #expect(
      try years(["Jan 1 00:00:00", "Dec 31 23:59:59", "Jan 1 00:00:01"], 2026)
        == ["2026-01", "2025-12", "2026-01"])
    #expect(try years(["Jan 1 10:00:00", "Jan 3 00:00:01"], 2026, 1) == ["2026-01", "2026-01"])
  }

  @Test(
    "the offsets of zones' abbreviations are those of the tz database",
    arguments: [
      ("CET", "Europe/Berlin", 1), ("CEST", "Europe/Berlin", 7), ("EET", "Europe/Athens", 1),
      ("EEST", "Europe/Athens", 7), ("WET", "Europe/Lisbon", 1), ("WEST", "Europe/Lisbon", 7),
      ("MSK", "Europe/Moscow", 1), ("SAST", "Africa/Johannesburg", 1),
      ("EST", "America/New_York", 1), ("EDT", "America/New_York", 7), ("MDT", "America/Denver", 7),
      ("PDT", "America/Los_Angeles", 7), ("AKST", "America/Anchorage", 1),
      ("AKDT", "America/Anchorage", 7), ("HST", "Pacific/Honolulu", 1), ("JST", "Asia/Tokyo", 1),
      ("KST", "Asia/Seoul", 1), ("HKT", "Asia/Hong_Kong", 1), ("AWST", "Australia/Perth", 1),
      ("ACST", "Australia/Darwin", 1), ("ACDT", "Australia/Adelaide", 1),
      ("AEST", "Australia/Brisbane", 1), ("AEDT", "Australia/Sydney", 1),
      ("NZST", "Pacific/Auckland", 7), ("NZDT", "Pacific/Auckland", 1), ("GMT", "UTC", 1),
    ])
  func abbreviations(name: String, zone: String, month: Int) throws {
    let clock = "2026-0\(month)-15 12:00:00"
    #expect(
      try times(["\(clock) \(name)"], "yyyy-MM-dd HH:mm:ss Z", zone: nil)
        == times([clock], "yyyy-MM-dd HH:mm:ss", zone: zone))
  }

  @Test("a name that several zones have needs the site's zone, and another is no time")
  func ambiguous() throws {
    let format = "yyyy-MM-dd HH:mm:ss Z"
    #expect { try times(["2026-01-15 12:00:00 IST"], format, zone: nil) } throws: {
      "\($0)".contains("one whose name several zones have; add to its [[input]]")
    }
    #expect(
      try times(["2026-01-15 12:00:00 IST"], format, zone: "Asia/Kolkata") == [
        "2026-01-15T06:30:00Z"
      ])
    #expect(try times(["2026-01-15 12:00:00 XYZ"], format, zone: nil) == [])
  }
}
