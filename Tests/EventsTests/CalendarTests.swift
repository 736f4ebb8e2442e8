import Columnar
import Events
import Foundation
import Testing

/// 2026-03-29T00:30:00Z and the like, by a calendar that is not ours.
private func instant(_ text: String) throws -> Instant {
  let date = try Date(text, strategy: .iso8601)
  return Instant(microseconds: Int64(date.timeIntervalSince1970 * 1_000_000))
}

private func zone(_ name: String) throws -> TimeZoneRules {
  let bytes = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)"))
  return try TimeZoneRules(name: name, tzif: Array(bytes))
}

@Test(
  "a day in Berlin has 23, 24 or 25 hours",
  arguments: [("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25), ("2061-03-27", 23)])
func hoursOfDay(text: String, count: Int) throws {
  let calendar = CivilCalendar(zone: try zone("Europe/Berlin"))
  let day = try #require(CivilDate(text))
  let hours = calendar.hours(of: day)
  #expect(hours.count == count)
  #expect(hours.first?.lowerBound == calendar.start(of: day))
  #expect(hours.last?.upperBound == calendar.start(of: day.advanced(by: 1)))
  for (hour, next) in zip(hours, hours.dropFirst()) { #expect(hour.upperBound == next.lowerBound) }
  for hour in hours {
    let middle = hour.lowerBound.advanced(byMicroseconds: 1_799_999_999)
    #expect(calendar.startOfHour(of: middle) == hour.lowerBound)
    #expect(calendar.day(of: middle) == day)
  }
}

@Test("a day begins at the site's midnight")
func dayBegins() throws {
  let calendar = CivilCalendar(zone: try zone("Europe/Berlin"))
  let day = try #require(CivilDate("2026-03-29"))
  #expect(calendar.start(of: day) == (try instant("2026-03-28T23:00:00Z")))
  #expect(calendar.start(of: day.advanced(by: 1)) == (try instant("2026-03-29T22:00:00Z")))
  #expect(calendar.hourOfDay(of: try instant("2026-03-29T01:00:00Z")) == 3)
}

@Test("a zone without daylight saving and with 45 minutes keeps its hours")
func kathmandu() throws {
  let calendar = CivilCalendar(zone: try zone("Asia/Kathmandu"))
  let day = try #require(CivilDate("2026-06-01"))
  #expect(calendar.start(of: day) == (try instant("2026-05-31T18:15:00Z")))
  #expect(calendar.hours(of: day).count == 24)
}

@Test(
  "offsets equal Foundation's from 1990 to 2036",
  arguments: [
    "Europe/Berlin", "America/New_York", "Australia/Sydney", "America/Sao_Paulo", "Asia/Kathmandu",
    "Europe/Dublin",
  ])
func offsetsEqualFoundation(name: String) throws {
  let ours = try zone(name)
  let theirs = try #require(TimeZone(identifier: name))
  var second = try instant("1990-01-01T00:00:00Z").microseconds / 1_000_000
  let end = try instant("2036-12-31T00:00:00Z").microseconds / 1_000_000
  while second < end {
    let date = Date(timeIntervalSince1970: Double(second))
    #expect(
      ours.offsetSeconds(at: Instant(microseconds: second * 1_000_000))
        == theirs.secondsFromGMT(for: date), "\(name) at \(date)")
    second += 40_009
  }
}

@Test("a local time that is skipped or comes twice maps to one instant")
func localTimes() throws {
  let berlin = try zone("Europe/Berlin")
  func at(_ text: String) throws -> Instant {
    berlin.instant(localMicroseconds: try instant(text).microseconds)
  }
  #expect(try at("2026-03-29T02:30:00Z") == instant("2026-03-29T01:30:00Z"))
  #expect(try at("2026-10-25T02:30:00Z") == instant("2026-10-25T00:30:00Z"))
  #expect(try at("2026-07-01T12:00:00Z") == instant("2026-07-01T10:00:00Z"))
}

@Test("a damaged zone file is refused with its name")
func damagedZone() throws {
  let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")))
  for length in [0, 3, 44, 60, bytes.count / 2] {
    let error = #expect(throws: TimeZoneError.self) {
      try TimeZoneRules(name: "Europe/Berlin", tzif: Array(bytes[..<length]))
    }
    #expect(error?.description.hasPrefix("time zone Europe/Berlin: ") == true)
  }
}

@Test("dates go through text, numbers and weekdays, and refuse what does not exist")
func dates() {
  for dayNumber in stride(from: -20_000, to: 60_000, by: 37) {
    let date = CivilDate(dayNumber: dayNumber)
    #expect(CivilDate(date.description) == date)
    #expect(date.advanced(by: 7).weekday == date.weekday)
  }
  #expect(CivilDate("2026-11-21")?.weekday == 5)
  #expect(CivilDate("2024-02-29") != nil)
  for text in ["2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-00", "2026/01/01", ""] {
    #expect(CivilDate(text) == nil, "\(text)")
  }
}

@Test("times are dates and seconds of UTC, and nothing else")
func times() {
  #expect(Instant(utc: "1970-01-02")?.microseconds == 86_400_000_000)
  #expect(Instant(utc: "1970-01-01T01:02:03Z")?.microseconds == 3_723_000_000)
  for text in [
    "", "2026-02-30", "2026-03-28T", "2026-03-28T24:00:00Z", "2026-03-28T1:00:00Z",
    "2026-03-28 01:00:00", "2026-03-28T01:00:00", "2026-03-28T01:00Z", "2026-03-28T+1:00:00Z",
  ] {
    #expect(Instant(utc: text) == nil, "\(text)")
  }
}
