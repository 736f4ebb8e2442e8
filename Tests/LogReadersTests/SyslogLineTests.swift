import Events
import Testing

@testable import LogReaders

/// Lines under a syslog envelope.
extension LineShapeTests {
  private static let syslog = "shape = \"pattern\"\nenvelope = \"syslog\""
  private static let syslogTime =
    "field = \"syslog.time\"\nformats = [\"syslog\"]\nzone = \"required\""
  private static let syslogMap = """
    destination_host = "syslog.host"
    network_protocol = "syslog.program"
    event_id = "syslog.pid"
    user_name = "text"
    rule_name = "syslog.relay"
    """

  private func envelope(
    _ lines: [String], zone: String? = "UTC", year: Int? = 2026
  ) throws -> Reading {
    try read(
      lines.joined(separator: "\n"),
      format(
        Self.syslog, patterns: "[[pattern]]\ntext = \"{text}\"", time: Self.syslogTime,
        map: Self.syslogMap), zone: zone, year: year)
  }

  @Test(
    "a syslog line gives time, host, program, process and message, whichever way it is written",
    arguments: [
      ("<134>Jul  3 19:10:30 fw prog[72]: text", "2026-07-03T19:10:30Z", "fw", "prog", "72"),
      ("Jul  3 19:10:30 prog[72]: text", "2026-07-03T19:10:30Z", nil, "prog", "72"),
      ("<134> Nov 21 01:02:03 fw text", "2026-11-21T01:02:03Z", "fw", nil, nil),
      ("Oct 10 2018 12:34:56 fw ASA[9]: text", "2018-10-10T12:34:56Z", "fw", "ASA", "9"),
      ("Oct 10 2018 12:34:56: text", "2018-10-10T12:34:56Z", nil, nil, nil),
      ("Apr 24 2013 16:00:27 FW-01 : text", "2013-04-24T16:00:27Z", "FW-01", nil, nil),
      ("2021-03-12T14:10:18Z fw kernel: text", "2021-03-12T14:10:18Z", "fw", "kernel", nil),
      ("2021-03-12 14:10:18 fw kernel: text", "2021-03-12T14:10:18Z", "fw", "kernel", nil),
      (
        "<134>1 2021-07-03T19:10:14.578-05:00 fw.x prog 72 - - text", "2021-07-04T00:10:14.578Z",
        "fw.x", "prog", "72"
      ),
      (
        "<134>1 2021-07-03T19:10:14Z fw prog 72 ID [m a=\"1]\" b=\"\\\"]\"][n c=\"2\"] text",
        "2021-07-03T19:10:14Z", "fw", "prog", "72"
      ),
      ("<134>1 1647478988.25 MX84 text", "2022-03-17T01:03:08.25Z", "MX84", nil, nil),
      (
        "<13>Jul  3 20:00:00 relay <134>Jul  3 19:10:30 fw prog[72]: text", "2026-07-03T19:10:30Z",
        "fw", "prog", "72"
      ),
      (
        "Jul  3 20:00:00 relay Oct 10 2018 12:34:56 fw prog: text", "2018-10-10T12:34:56Z", "fw",
        "prog", nil
      ),
    ] as [(String, String, String?, String?, String?)])
  func envelopes(
    line: String, time: String, host: String?, program: String?, pid: String?
  ) throws {
    let reading = try envelope([line])
    #expect(reading.column("event_time") == [time])
    #expect(reading.column("destination_host") == [host])
    #expect(reading.column("network_protocol") == [program])
    #expect(reading.column("event_id") == [pid])
    #expect(reading.column("user_name") == ["text"])
    #expect(reading.column("rule_name") == [line.contains("relay") ? "relay" : nil])
  }

  @Test("what a time took from the site is said row by row")
  func quality() throws {
    let lines = [
      "Jul  3 19:10:30 fw p: x", "Oct 10 2018 12:34:56 fw p: x", "2021-03-12T14:10:18Z fw p: x",
      "2021-03-12T14:10:18 fw p: x", "1 p: not a time",
    ]
    let reading = try envelope(lines, zone: "Europe/Berlin")
    #expect(
      reading.column("time_quality") == ["assumed_both", "assumed_zone", "exact", "assumed_zone"])
    #expect(reading.rejectTexts.map { $0[0] } == ["5"])
  }

  @Test("the year goes on at a new year within a file, and back for lines out of order")
  func newYear() throws {
    let days = ["Dec 31", "Jan  1", "Dec 31", "Jan  1", "Feb 28"]
    let reading = try envelope(days.map { "\($0) 23:00:00 fw p: x" }, year: 2025)
    #expect(
      reading.column("event_time") == [
        "2025-12-31T23:00:00Z", "2026-01-01T23:00:00Z", "2025-12-31T23:00:00Z",
        "2026-01-01T23:00:00Z", "2026-02-28T23:00:00Z",
      ])
  }

  @Test("a zone or year that the site lacks is an error at the first time that needs it")
  func missingSettings() throws {
    let stating = "2021-03-12T14:10:18Z fw p: x"
    #expect(try envelope([stating], zone: nil, year: nil).summary.counts.rows == 1)
    #expect {
      try envelope([stating, "Oct 10 2018 12:34:56 fw p: x"], zone: nil, year: nil)
    } throws: {
      "\($0)".contains("zone = \"Europe/Berlin\"")
    }
    #expect {
      try envelope([stating, "Oct 10 12:34:56 fw p: x"], year: nil)
    } throws: {
      "\($0)".contains("year = 2026")
    }
  }
}
