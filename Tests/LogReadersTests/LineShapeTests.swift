import Events
import TestSupport
import Testing

@testable import LogReaders

@Suite("Records in lines")
struct LineShapeTests {
  func format(
    _ read: String, patterns: String = "", time: String = "field = \"time\"\nformats = [\"epoch\"]",
    map: String
  ) throws -> Format {
    try sampleFormat(read: read, time: time, sections: patterns, map: map)
  }

  func read(
    _ text: String, _ format: Format, zone: String? = "UTC", year: Int? = 2026,
    pieceCapacity: Int = 64 << 10
  ) throws -> Reading {
    var settings = try settings(zone: zone)
    settings.year = year
    let reading = try LogReadersTests.read(
      Array(text.utf8), format, settings: settings, pieceCapacity: pieceCapacity)
    #expect(reading.summary.counts.isBalanced)
    return reading
  }

  // MARK: Pairs

  private func pairs(_ line: String, _ read: String = "", columns: [String: String]) throws
    -> Reading
  {
    try self.read(
      line,
      format(
        "shape = \"keyvalue\"\n" + read,
        map: columns.sorted { $0.key < $1.key }.map { "\($0.key) = \"\($0.value)\"" }
          .joined(separator: "\n")))
  }

  @Test(
    "pairs are cut by their own syntax",
    arguments: [
      ("time=1782900000 a=1 b=\"two words\" a=2", "", "1", "two words"),
      ("time=1782900000 a= b=\"say \\\"hi\\\\\"", "", nil, "say \"hi\\"),
      ("time=1782900000 SYN a=x=y b", "", "x=y", "b"),
      ("time:\"1782900000\"; a:\"x;y\"; b::\"z\"", "separator = \";\"\nassign = \":\"", "x;y", "z"),
      ("time=1782900000|a=1 2|b=3", "separator = \"|\"", "1 2", "3"),
      ("time=1782900000 a='x y' b=\"it's\"", "quotes = \"\\\"'\"", "x y", "it's"),
      ("time=1782900000 a=x y z b=2 w", "values = \"to_next_key\"", "x y z", "2 w"),
      ("\"time=1782900000\",\"a=\"\"x, y\"\"\",,\"b=2\"", "cells = \",\"", "x, y", "2"),
    ] as [(String, String, String?, String?)])
  func pairSyntax(line: String, read: String, a: String?, b: String?) throws {
    let reading = try pairs(line, read, columns: ["user_name": "a", "rule_name": "b"])
    #expect(reading.column("user_name") == [a])
    #expect(reading.column("rule_name") == [b])
  }

  @Test("a value whose quotes are not closed costs its line")
  func unclosed() throws {
    let reading = try pairs(
      "time=1782900000 a=\"x b=1\ntime=1782900000 a=y", columns: ["user_name": "a"])
    #expect(reading.column("user_name") == ["y"])
    #expect(reading.rejectTexts.map { $0[2] } == ["malformed quotes"])
  }

  // MARK: Patterns

  private func patterns(_ texts: [String], _ lines: [String], map: String) throws -> Reading {
    let patterns = texts.map { "[[pattern]]\ntext = '\($0)'" }.joined(separator: "\n")
    return try read(
      lines.joined(separator: "\n"), format("shape = \"pattern\"", patterns: patterns, map: map))
  }

  @Test("a capture takes as little as lets the rest match; optional parts may be missing")
  func captures() throws {
    let reading = try patterns(
      ["{time:int} {user_name} from {a:ip}{? port {p:int}}{? ({note})}"],
      [
        "1782900000 ann from 10.0.0.1 port 22 (x)", "1782900000 a from b from 10.0.0.2",
        "1782900000 bob from 2001:db8::1 (y z)", "1782900000 bob from nowhere",
        "x bob from 10.0.0.1",
      ],
      map: "user_name = \"user_name\"\nsource_ip = \"a\"\nsource_port = \"p\"\nrule_name = \"note\""
    )
    #expect(reading.column("user_name") == ["ann", "a from b", "bob"])
    #expect(reading.column("source_ip") == ["10.0.0.1", "10.0.0.2", "2001:db8::1"])
    #expect(reading.column("source_port") == ["22", nil, nil])
    #expect(reading.column("rule_name") == ["x", nil, "y z"])
    #expect(
      reading.rejectTexts.map { $0[2] }
        == Array(repeating: "like none of the format's patterns", count: 2))
  }

  @Test("the first pattern that matches counts, with what it sets; others are left out or rejected")
  func kinds() throws {
    let patterns = """
      [[pattern]]
      text = "{time:int} open {a}"
      set = { kind = "start" }
      [[pattern]]
      text = ["{time:int} close {a} {{{}}}", "{time:int} end {a}"]
      set = { kind = "end" }
      [[pattern]]
      text = "{time:int} debug {}"
      skip = true
      """
    let format = try format(
      "shape = \"pattern\"", patterns: patterns,
      map: "user_name = \"a\"\nevent_action = \"kind\"")
    let lines = ["1782900000 open x", "1782900000 close y {5}", "1782900000 debug z", "else"]
    let reading = try read(lines.joined(separator: "\r\n"), format)
    #expect(reading.column("event_action") == ["start", "end"])
    #expect(reading.column("user_name") == ["x", "y"])
    #expect(reading.summary.counts.skippedRecords == 1)
    #expect(reading.summary.counts.rejects == 1)
  }

  @Test("a line made to be costly is rejected in little time")
  func costly() throws {
    let line = "1782900000 " + String(repeating: "a ", count: 30_000)
    let clock = ContinuousClock()
    let time = try clock.measure {
      let reading = try patterns(
        ["{time:int} {a} {b} {c} {d} {e} x"], [line], map: "user_name = \"a\"")
      #expect(reading.summary.counts.rejects == 1)
    }
    #expect(time < .seconds(5))
  }

  @Test(
    "a pattern that can't be read is refused with the reason",
    arguments: [
      ("{a}{b}", "text is needed"), ("{a", "not closed"), ("a}", "expected }}"),
      ("{a:number}", "one of any, int, word, ip, host"),
    ])
  func badPatterns(text: String, message: String) throws {
    #expect {
      try patterns(["{time} " + text], [], map: "user_name = \"a\"")
    } throws: {
      "\($0)".contains(message)
    }
  }

  @Test("fields are cut further: pairs inside a pattern, an address with its port")
  func cuts() throws {
    let patterns = """
      [[pattern]]
      text = "{time:int} {rest}"
      [[cut]]
      field = "rest"
      [[cut]]
      field = "src"
      patterns = ["[{a}]:{p:int}", "{a}:{p:int}", "{a}"]
      """
    let format = try format(
      "shape = \"pattern\"", patterns: patterns,
      map: "source_ip = \"a\"\nsource_port = \"p\"\nuser_name = \"u\"")
    let reading = try read(
      "1782900000 src=10.0.0.1:5 u=x\n1782900000 u=y src=[::1]:6\n1782900000 src=10.0.0.2", format)
    #expect(reading.column("source_ip") == ["10.0.0.1", "::1", "10.0.0.2"])
    #expect(reading.column("source_port") == ["5", "6", nil])
    #expect(reading.column("user_name") == ["x", "y", nil])
  }

  // MARK: Positions

  @Test("records of other kinds are left out whatever their columns; short ones are rejected")
  func discriminator() throws {
    let format = try format(
      """
      shape = "positional"
      quote = '"'
      columns = ["time", "kind", "a", "b", "c"]
      min_columns = 4
      extra_columns = "allow"
      """, patterns: "[skip]\nunless = { kind = [\"GOOD*\"] }", map: "user_name = \"b\"")
    let lines = [
      "1782900000,GOOD1,1,\"x, y\",5", "1782900000,BAD", "1782900000,GOOD,1",
      "1782900000,GOOD,1,z,5,6,7",
      "1782900000",
    ]
    for envelope in [false, true] {
      var format = format
      format.read.isEnveloped = envelope
      let reading = try read(lines.joined(separator: "\n") + "\n", format)
      #expect(reading.column("user_name") == ["x, y", "z"])
      #expect(reading.summary.counts.skippedRecords == 1)
      #expect(reading.rejectTexts.map { $0[0] } == ["3", "5"])
      #expect(reading.rejectTexts.allSatisfy { $0[2] == "too few fields (expected 4)" })
    }
  }

  @Test("what follows the common columns may depend on one of them")
  func layouts() throws {
    let format = try format(
      """
      shape = "positional"
      columns = ["time", "version"]
      extra_columns = "allow"
      [[read.layout]]
      when = { version = ["4"] }
      columns = ["x", "a"]
      [[read.layout]]
      when = { version = ["6"] }
      columns = ["a"]
      """, map: "source_ip = \"a\"")
    let reading = try read("1782900000,4,?,10.0.0.1\n1782900000,6,::1\n1782900000,9,q", format)
    #expect(reading.column("source_ip") == ["10.0.0.1", "::1", nil])
  }

  @Test("numbers too great for a time or a duration cost their line, whatever they are")
  func greatNumbers() throws {
    let format = try format(
      "shape = \"keyvalue\"",
      time: "field = \"time\"\nformats = [\"epoch\"]\nat = \"end\"",
      map:
        "duration_us = { from = \"took\", type = \"clock\" }\nsource_bytes = { from = \"n\", type = \"size\" }"
    )
    let reading = try read(
      """
      time=1782900000 took=0:00:10 n=2K
      time=1782900000 took=9999999999d n=1
      time=1782900000 took=9999999999:59:59 n=1
      time=9223372036854.7758079 took=1s n=1
      time=1782900000 took=30000d n=1
      time=1782900000 took=1s n=9999999999999999999T

      """, format)
    #expect(reading.column("event_time") == ["2026-07-01T09:59:50Z"])
    #expect(reading.column("event_end") == ["2026-07-01T10:00:00Z"])
    #expect(reading.column("source_bytes") == ["2000"])
    #expect(reading.rejectTexts.map { $0[0] } == ["2", "3", "4", "5", "6"])
    #expect(reading.rejectTexts[3][2]?.hasPrefix("event_time: ") == true)
  }

  @Test("options that a shape does not read are refused")
  func unreadOptions() {
    #expect(throws: FormatError.self) {
      try format("shape = \"delimited\"\nmerge_delimiters = true", map: "user_name = \"a\"")
    }
    #expect(throws: FormatError.self) {
      try format(
        "shape = \"pattern\"", patterns: "[[pattern]]\ntext = \"{time} {a}\"",
        map: "user_name = \"a\"\nrule_name = { const = \"x\", when = { a = [\"y\"] } }")
    }
  }

  @Test("lines give the same rows whatever the pieces they come in")
  func pieces() throws {
    var random = SplitMix(seed: 7)
    let line = "<134>Jul  3 19:10:30 fw sshd[1]: Failed password for "
    let text = (0..<200).map { number in
      random.next(5) == 0
        ? "Jul  3 19:10:30 fw cron[1]: x"
        : line + "user\(number) from 10.0.0.\(number % 256) port \(number) ssh2"
    }.joined(separator: "\n")
    let whole = try read(text, builtIn("linux.sshd"), pieceCapacity: 512 << 10)
    #expect(whole.summary.counts.rows > 100)
    for capacity in [300, 1000] {
      let parts = try read(text, builtIn("linux.sshd"), pieceCapacity: capacity)
      #expect(parts.rowTexts == whole.rowTexts)
      #expect(parts.summary.counts == whole.summary.counts)
    }
  }

  // MARK: Cells over several lines

  @Test(
    "a quoted cell over several lines is cut further, and its record has its first line's number")
  func cellsOverLines() throws {
    let format = try builtIn("windows.security-csv")
    func event(_ id: Int, _ user: String, _ end: String) -> String {
      [
        "Audit Success,6/1/2026 9:00:00 AM,Microsoft-Windows-Security-Auditing,\(id),Logon,\"New Logon:",
        "\tAccount Name:\t\t\(user)", "\tSource Network Address:\t192.0.2.7", "\"",
      ].joined(separator: end) + end
    }
    for end in ["\r\n", "\n"] {
      let text =
        "Keywords,Date and Time,Source,Event ID,Task Category" + end
        + event(4624, "Ann", end) + event(4634, "Ann", end)
        + (0..<200).map { event(4624, "user\($0)", end) }.joined()
      let reading = try read(text, format, pieceCapacity: 4 << 10)
      #expect(reading.summary.counts.rows == 201)
      #expect(reading.summary.counts.skippedRecords == 1)
      #expect(reading.summary.counts.continuations == 3 * 202)
      #expect(reading.column("log_line").prefix(3) == ["2", "10", "14"])
      #expect(reading.column("user_name").prefix(3) == ["ann", "user0", "user1"])
      #expect(Set(reading.column("source_ip")) == ["192.0.2.7"])
    }
  }

  @Test("epochs may be counted from another day than 1970's first")
  func epochBase() throws {
    let format = try format(
      "shape = \"positional\"\ncolumns = [\"time\", \"a\"]",
      time: "field = \"time\"\nformats = [\"epoch\"]\nepoch_base = \"2015-01-01\"",
      map: "source_ip = \"a\"")
    #expect(
      try read("86401.5,192.0.2.1\n", format).column("event_time") == ["2015-01-02T00:00:01.5Z"])
  }

  @Test("a paragraph is a record, and text without blank lines is rejected in parts")
  func paragraphs() throws {
    let format = try builtIn("snort.full")
    func alert(_ sid: Int, _ end: String) -> String {
      [
        "[**] [1:\(sid):1] Name [**]", "[Priority: 2] ",
        "05/30-19:09:10.5 192.0.2.59:572 -> 10.0.0.1:22", "TCP TTL:127 TOS:0x0", "",
      ].joined(separator: end)
    }
    for end in ["\n", "\r\n"] {
      let text = (0..<100).map { alert($0, end) }.joined(separator: end)
      for capacity in [1 << 10, 64 << 10] {
        let reading = try read(text, format, pieceCapacity: capacity)
        #expect(reading.summary.counts.lines == 499)
        #expect(reading.summary.counts.continuations == 300)
        #expect(reading.column("rule_id") == (0..<100).map { "\($0)" })
        #expect(reading.column("log_line").prefix(3) == ["1", "6", "11"])
      }
    }
    let noise =
      String(repeating: "no blank line\n", count: 20_000) + String(repeating: "x", count: 99_999)
    let reading = try read(noise, format)
    #expect(reading.summary.counts.rows == 0)
    #expect(reading.summary.counts.rejects > 1)
    #expect(reading.summary.counts.lines == 20_001)
  }
}
