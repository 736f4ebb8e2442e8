import Alerts
import Columnar
import Events
import StageKit
import Testing

private func due(
  _ now: String, zone: String = "Europe/Berlin", quiet: (Int, Int)? = nil, digest: Int? = nil
) throws -> String {
  let schedule = Schedule(
    calendar: CivilCalendar(zone: try TimeZoneDatabase.rules(named: zone)), quiet: quiet,
    digestMinute: digest)
  return Quantity.timestamp(schedule.due(try instant(now)))
}

private let night = (20 * 60, 7 * 60)

@Test("hours of quiet reach over midnight, and end when the site's clocks say so")
func overMidnight() throws {
  #expect(try due("2026-01-10T18:59:59Z", quiet: night) == "2026-01-10T18:59:59Z")
  #expect(try due("2026-01-10T19:00:00Z", quiet: night) == "2026-01-11T06:00:00Z")
  #expect(try due("2026-01-11T05:59:59Z", quiet: night) == "2026-01-11T06:00:00Z")
  #expect(try due("2026-01-11T06:00:00Z", quiet: night) == "2026-01-11T06:00:00Z")
  #expect(try due("2026-01-11T11:30:00Z", quiet: (12 * 60, 13 * 60)) == "2026-01-11T12:00:00Z")
}

@Test(
  "quiet ends an hour of UTC earlier after the change to summer time, and later after that back")
func clockChanges() throws {
  // The clocks of Berlin went from 02:00 to 03:00 on 2026-03-29, and from 03:00 to 02:00 on 10-25.
  #expect(try due("2026-03-28T22:00:00Z", quiet: night) == "2026-03-29T05:00:00Z")
  #expect(try due("2026-10-24T22:00:00Z", quiet: night) == "2026-10-25T06:00:00Z")
  // 02:30 was not shown on that day; the moment that would have had it is 03:30.
  #expect(try due("2026-03-28T23:30:00Z", digest: 150) == "2026-03-29T01:30:00Z")
}

@Test("a digest waits for its time of day, and then for the end of quiet")
func digestTime() throws {
  #expect(try due("2026-01-10T06:59:00Z", digest: 8 * 60) == "2026-01-10T07:00:00Z")
  #expect(try due("2026-01-10T07:00:00Z", digest: 8 * 60) == "2026-01-10T07:00:00Z")
  #expect(try due("2026-01-10T07:00:01Z", digest: 8 * 60) == "2026-01-11T07:00:00Z")
  #expect(
    try due("2026-01-10T12:00:00Z", quiet: night, digest: 6 * 60) == "2026-01-11T06:00:00Z")
  #expect(try due("2026-01-10T12:00:00Z") == "2026-01-10T12:00:00Z")
}
