import Columnar
import Events
import Testing

@testable import LogReaders

@Suite("Reading")
struct ReadingTests {
  private func format(
    read: String = "shape = \"delimited\"\nquote = '\"'", time: String = "zone = \"required\"",
    extra: String = "", map: String = "destination_host = \"host\"\nuser_name = \"user\""
  ) throws -> Format {
    try sampleFormat(
      read: read, time: "field = \"time\"\nformats = [\"yyyy-MM-dd HH:mm:ss\"]\n" + time,
      sections: extra, map: map)
  }

  private let header = "time,host,user\n"

  private func read(
    _ text: String, _ format: Format, zone: String? = "UTC", pieceCapacity: Int = 64 << 10
  ) throws -> Reading {
    try LogReadersTests.read(
      Array(text.utf8), format, settings: settings(zone: zone), pieceCapacity: pieceCapacity)
  }

  @Test("a byte order mark is no part of the first column's name")
  func byteOrderMark() throws {
    let reading = try read("\u{FEFF}" + header + "2026-07-01 10:00:00,a,b\n", format())
    #expect(reading.column("event_time") == ["2026-07-01T10:00:00Z"])
  }

  @Test("lines end with LF, CRLF or CR, and the last one may lack its end")
  func lineEnds() throws {
    for end in ["\n", "\r\n", "\r"] {
      let text = ["time,host,user", "2026-07-01 10:00:00,a,b", "", "2026-07-01 10:00:01,c,d"]
      let reading = try read(text.joined(separator: end), format())
      #expect(reading.column("destination_host") == ["a", "c"])
      #expect(reading.column("user_name") == ["b", "d"])
      #expect(reading.column("log_line") == ["2", "4"])
      #expect(reading.summary.counts.blanks == 1)
      #expect(reading.summary.counts.lines == 4)
    }
  }

  @Test("bytes that are not UTF-8 are replaced and counted, in both kinds of text columns")
  func invalidUTF8() throws {
    var text = Array((header + "2026-07-01 10:00:00,caf").utf8)
    text += [0xE9] + Array(",J".utf8) + [0xFC] + Array("rgen\n2026-07-01 10:00:00,café,x\n".utf8)
    let reading = try LogReadersTests.read(text, format(), settings: settings())
    #expect(reading.column("destination_host") == ["caf\u{FFFD}", "café"])
    #expect(reading.column("user_name") == ["J\u{FFFD}rgen", "x"])
    #expect(reading.summary.repairedTextCount == 2)
  }

  @Test("a malformed quote costs its own record, and a long unclosed one its first line")
  func quotes() throws {
    let good = "2026-07-01 10:00:00,a,b\n"
    let bad = "2026-07-01 10:00:00,\"b\"x,c\n"
    let reading = try read(header + good + bad + good, format())
    #expect(reading.column("log_line") == ["2", "4"])
    #expect(reading.rejectTexts.map { $0[2] } == ["malformed quotes"])
    #expect(reading.rejectTexts.map { $0[3] } == [String(bad.dropLast())])

    let unclosed = "2026-07-01 10:00:00,\"never closed,c\n"
    let many = String(repeating: good, count: 6000)
    let swallowed = try read(
      header + unclosed + many, format(), pieceCapacity: 512 << 10)
    #expect(swallowed.summary.counts.rows == 6000)
    #expect(swallowed.rejectTexts.map { $0[0] } == ["2"])
    #expect(swallowed.summary.counts.isBalanced)
  }

  @Test("a quoted field may hold lines; the record counts once and its lines all")
  func multiLine() throws {
    let text =
      header + "2026-07-01 10:00:00,\"a\r\nb\",\"say \"\"hi\"\"\"\n2026-07-01 10:00:01,c,d\n"
    let reading = try read(text, format())
    #expect(reading.column("destination_host") == ["a\r\nb", "c"])
    #expect(reading.column("user_name") == ["say \"hi\"", "d"])
    #expect(reading.column("log_line") == ["2", "4"])
    #expect(reading.summary.counts.continuations == 1)
    #expect(reading.summary.counts.lines == 4)
  }

  @Test("a line longer than a piece is rejected, and reading goes on behind it")
  func longLine() throws {
    let long = "2026-07-01 10:00:00," + String(repeating: "x", count: 300_000) + ",c\n"
    let text = header + long + "2026-07-01 10:00:01,c,d\n"
    let reading = try read(text, format())
    #expect(reading.column("log_line") == ["3"])
    #expect(reading.rejectTexts.map { $0[0] } == ["2"])
    #expect(reading.rejectTexts[0][2]?.hasPrefix("longer than") == true)
    #expect(reading.summary.counts.isBalanced)
  }

  @Test("local times are read by the zone's rules on both sides of a clock change")
  func clockChange() throws {
    let times = ["2026-03-29 01:59:59", "2026-03-29 03:00:00", "2026-10-25 02:30:00"]
    let text = header + times.map { "\($0),a,b\n" }.joined()
    let reading = try read(text, format(), zone: "Europe/Berlin")
    #expect(
      reading.column("event_time") == [
        "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z",
      ])
    #expect(reading.column("time_quality") == ["assumed_zone", "assumed_zone", "assumed_zone"])
  }

  @Test("a format whose times lack the zone can't be read until the site states it")
  func noZone() throws {
    #expect {
      try read(header, format(), zone: nil)
    } throws: { error in
      "\(error)".contains("zone = \"Europe/Berlin\"")
    }
  }

  @Test("rows before 2000 are rejected with that reason")
  func early() throws {
    let reading = try read(header + "1999-12-31 23:59:59,a,b\n2000-01-01 00:00:00,a,b\n", format())
    #expect(reading.column("event_time") == ["2000-01-01T00:00:00Z"])
    #expect(reading.rejectTexts[0][2] == "event_time: before the earliest date allowed")
  }

  @Test("dropped and hashed columns leave no trace in rows or rejects")
  func privacy() throws {
    let map = """
      destination_host = { from = "host", hash = true }
      user_name = { from = "user", drop = true }
      """
    let text = header + "2026-07-01 10:00:00,secret-host,ann\n10:00,secret-host,ann\n"
    let reading = try read(text, format(map: map))
    #expect(reading.rows[0].schema.index(of: "user_name") == nil)
    #expect(reading.column("destination_host") == ["digest of 11 bytes"])
    #expect(reading.rejectTexts.map { $0[3] } == ["digest of 21 bytes"])
  }

  @Test("what the format leaves out is counted by kind")
  func skips() throws {
    let extra = """
      [skip]
      comment = "#"
      lines = ['^-- ']
      stop_at = '^Total$'
      when = { host = ["none"] }
      """
    let text = """
      # made by hand
      time,host,user
      -- page 1
      2026-07-01 10:00:00,a,b
      2026-07-01 10:00:00,none,b
      time,host,user

      Total
      2026-07-01 10:00:00,not,read
      """
    let counts = try read(text, format(extra: extra)).summary.counts
    #expect(counts.comments == 1)
    #expect(counts.headers == 2)
    #expect(counts.skippedLines == 1)
    #expect(counts.skippedRecords == 1)
    #expect(counts.blanks == 1)
    #expect(counts.footer == 2)
    #expect(counts.rows == 1)
    #expect(counts.lines == 9)
    #expect(counts.isBalanced)
  }

  @Test("a header that lacks columns is refused with their names")
  func wrongHeader() throws {
    #expect {
      try read("time,where,user\n", format())
    } throws: { error in
      "\(error)".contains("lacks host; it has time, where, user")
    }
  }

  @Test("a Zeek log may go on with other columns after a rotation")
  func newFields() throws {
    let text = """
      #path\tconn
      #fields\tts\tid.orig_h\tproto
      1379288667.1\t10.0.0.1\ttcp
      #close\t2013-09-16-00-00-00
      #fields\tproto\tid.orig_h\tts\tuid
      udp\t10.0.0.2\t1379288668.1\tC\\x2d1
      """
    let reading = try read(text, builtIn("zeek.conn"))
    #expect(reading.column("source_ip") == ["10.0.0.1", "10.0.0.2"])
    #expect(reading.column("network_iana_number") == ["6", "17"])
    #expect(reading.column("event_id") == [nil, "C-1"])
    #expect(reading.summary.counts.headers == 4)
  }

  @Test("JSON keys come in any order, nested or dotted, with escapes, and bad lines are rejected")
  func json() throws {
    let text = #"""
      {"ts":1379288667.5,"id.orig_h":"10.0.0.1","query":"a\u00e9\ud83d\ude00\n.","trans_id":1}
      {"id":{"orig_h":"10.0.0.2"},"ts":1379288667,"answers":["a","b\"c"],"x":{"y":[1,{"z":"}"}]}}
      {"ts":1379288667,
      not json
      {"ts":1379288667.25,"query":null} trailing
      """#
    let reading = try read(text, builtIn("zeek.dns"))
    #expect(reading.column("source_ip") == ["10.0.0.1", "10.0.0.2"])
    #expect(reading.column("dns_question_name") == ["aé😀\n", nil])
    #expect(reading.column("dns_answers") == [nil, "a,b\"c"])
    #expect(reading.rejectTexts.map { $0[0] } == ["3", "4", "5"])
    #expect(reading.summary.counts.isBalanced)
  }

  @Test("more than a batch of rows comes in batches of 65,536, the same for all")
  func batches() throws {
    let line = "2026-07-01 10:00:00,a,b\n"
    let reading = try read(header + String(repeating: line, count: 65_537), format())
    #expect(reading.rows.map(\.rowCount) == [65_536, 1])
    #expect(reading.summary.rowsByHour.map(\.rows) == [65_537])
  }
}
