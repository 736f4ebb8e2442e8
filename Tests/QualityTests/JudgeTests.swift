import Columnar
import Events
import Features
import Foundation
import Testing

@testable import Quality

@Suite("Judging a day's data")
struct JudgeTests {
  @Test("quiet days, weekends, a holiday and the first days have nothing to say")
  func quiet() throws {
    for count in 1...37 {
      #expect(try Office.history(count).lines().isEmpty, "day \(count)")
    }
    let holiday = TestHistory.start.advanced(by: 29)
    var history = TestHistory(calendar: CivilCalendar(holidays: [holiday]))
    for day in 0..<29 { try history.add(Office.day(day)) }
    // A Tuesday on which nobody works is like a Saturday.
    try history.add(Office.day(26))
    #expect(try history.lines().isEmpty)
  }

  @Test("a missing morning is a silent source with its hours")
  func missingMorning() throws {
    var history = try Office.history(29)
    let morning = Office.core(29).silent(6..<12).with { $0.rowsAfter = 1500 }
    try history.add([morning, Office.proxy(29), Office.vpn(29)])
    let found = try #require(try history.judge().findings.first)
    #expect(
      found.line
        == "core: No conversations 06:00–12:00, in which Tuesdays usually bring 5,213. "
        + "Its files date 1,500 rows after this day.")
    #expect(found.note == "source silent 06:00–12:00")
    #expect(found.fault == .silent)
    #expect(try history.judge().findings.count == 1)
    #expect(found.since == found.window.lowerBound)
    // Edges at which it is often silent anyway don't count.
    history = try Office.history(29)
    try history.add([Office.core(29), Office.proxy(29).silent(14..<24), Office.vpn(29)])
    #expect(try history.judge().findings.map(\.note) == ["source silent 14:00–18:00"])
    // Ten hours on a day off, on which nothing is usual.
    history = try Office.history(26)
    try history.add([Office.core(26).silent(2..<5), Office.proxy(26), Office.vpn(26)])
    #expect(try history.judge().findings.map(\.note) == ["source silent 02:00–05:00"])
  }

  @Test("what there was too much of is said once, of the source that states most conversations")
  func coarse() throws {
    var history = try Office.history(29)
    try history.add(
      Office.day(29),
      coarseness: Coarseness(facts: [
        "crowd_addresses": "1000040", "crowd_conversations": "17",
        "sweeps": "9990000 256 10.0.0.66\n70000 2 10.0.0.67",
      ]))
    #expect(
      try history.lines() == [
        "core: About 1,000,040 addresses within the site's networks, more than the 32,768 that are told "
          + "apart: those with at most 17 conversations count as the Internet's, and are judged together.",
        "core: More addresses and ports than the 65,536 that are remembered of a host: 10.0.0.66 (about "
          + "9,990,000, one of 256 kept), 10.0.0.67 (about 70,000, one of 2 kept). Its hours count them all; what asks for "
          + "each of them sees those that were drawn.",
      ])
    #expect(try history.judge().findings.allSatisfy { $0.fault == nil && !$0.advice.isEmpty })
  }

  @Test("a day on which no host is the site's own says that its networks are other ones")
  func strangers() throws {
    func lines(_ hosts: [String]) throws -> [String] {
      var history = TestHistory()
      try history.add([Office.core(0)], hosts: hosts)
      return try history.lines()
    }
    #expect(try lines(["10.0.0.7", "internet"]) == [])
    let found = try lines(["internet"])
    #expect(found.count == 1 && found[0].hasPrefix("core: None of the day's "), "\(found)")
    #expect(found[0].contains("has an address within the site's networks"))
  }

  @Test("earlier outages do not hide another one")
  func outageAgain() throws {
    var history = TestHistory()
    for day in 0..<30 {
      let isBroken = [8, 15, 17, 29].contains(day)
      let core = isBroken ? Office.core(day).silent(6..<12) : Office.core(day)
      try history.add([core, Office.proxy(day), Office.vpn(day)])
      #expect(try history.judge().findings.count == (isBroken ? 1 : 0), "day \(day)")
    }
    // Two of the four Tuesdays before were broken, too.
    #expect(try history.lines()[0].contains("in which workdays usually bring"))
  }

  @Test("a weekday on which a source never speaks is not silent")
  func oddWeekday() throws {
    var history = TestHistory()
    for day in 0..<40 {
      let hours = Office.proxy(day).hours.map { day % 7 == 4 ? 0 : $0 }
      try history.add([Office.core(day), Office.proxy(day).with { $0.hours = hours }])
      #expect(try history.lines().isEmpty || day == 4, "day \(day)")
    }
  }

  @Test("what another observer shows too counts for a source, and is missed when it stops")
  func shownElsewhere() throws {
    var history = TestHistory()
    let shown = Office.core(0).hours
    for day in 0..<28 {
      let edge = TestSource(name: "edge", hours: shown.map { _ in 0 }, elsewhere: shown)
      try history.add([Office.core(day), Office.proxy(day), Office.vpn(day), edge])
    }
    #expect(
      history.days.last?.sources[SourceClass("edge", .flow)]?.rows == shown.reduce(0, +))
    try history.add([Office.core(28), Office.proxy(28), Office.vpn(28)])
    let found = try history.judge(expecting: ["edge"]).findings
    #expect(found.map(\.source) == ["edge"])
    #expect(found.map(\.note) == ["source silent all day"])
  }

  @Test("a day on which another observer shows all of a source says nothing of its columns")
  func shownElsewhereForOnce() throws {
    var history = TestHistory()
    for day in 0..<28 {
      var edge = Office.core(day)
      (edge.name, edge.elsewhere) = ("edge", edge.hours)
      try history.add([Office.core(day), edge])
    }
    let shown = Office.core(28).hours
    let edge = TestSource(
      name: "edge", hours: shown.map { _ in 0 }, elsewhere: shown.map { 2 * $0 })
    try history.add([Office.core(28), edge])
    #expect(try history.judge().findings.isEmpty)
  }

  @Test("a source that stops is silent from its last hour on, as long as the site names it")
  func stopped() throws {
    var history = try Office.history(23)
    try history.add([Office.core(23).silent(15..<24), Office.proxy(23), Office.vpn(23)])
    for day in 24..<80 {
      try history.add([Office.proxy(day), Office.vpn(day)])
      let found = try history.judge().findings
      #expect(found.map(\.source) == ["core"], "day \(day)")
      #expect(found.map(\.note) == ["source silent all day"])
      #expect(found.first?.since == history.days[23].windows[14].upperBound)
    }
    #expect(
      try history.lines()[0]
        == "core: No conversations all day; Wednesdays usually bring 12,748. The last came before "
        + "2026-03-25 15:00.")
    #expect(try history.lines(expecting: ["proxy", "vpn"]).isEmpty)
    let row = try #require(try history.judge().sources.first { $0.key.source == "core" })
    #expect(row.rows == 0)
    #expect(row.hours == 0)
  }

  @Test("a log of few rows is silent once enough of them are missing")
  func sparse() throws {
    var history = try Office.history(28)
    var firstFound: Int?
    for day in 28..<40 {
      try history.add([Office.core(day), Office.proxy(day)])
      let found = try history.judge().findings
      #expect(found.allSatisfy { $0.source == "vpn" && Office.isWorkday(day) })
      if !found.isEmpty, firstFound == nil { firstFound = day }
    }
    // Six a workday: 20 are missing on the fourth, a Thursday.
    #expect(firstFound == 31)
  }

  @Test("a column that is null from a day on blinds what rests on it, and says since when")
  func nulls() throws {
    var history = try Office.history(27)
    for day in 27..<30 {
      let core = Office.core(day).with {
        $0.nulls = ["source_bytes": 98, "destination_bytes": 97, "source_port": 2]
      }
      try history.add([core, Office.proxy(day), Office.vpn(day)])
    }
    let found = try #require(try history.judge().findings.first)
    #expect(
      found.line
        == "core: No source_bytes, destination_bytes in 98 % of its conversations; on Tuesdays "
        + "usually in 0 %. So since 2026-03-29.")
    #expect(found.fault == .bytes)
    #expect(found.note == "no source_bytes, destination_bytes in 98 % of rows")
    var other = try Office.history(28)
    let core = Office.core(28).with { $0.nulls = ["destination_port": 60, "duration_us": 80] }
    try other.add([core, Office.proxy(28), Office.vpn(28)])
    #expect(try other.judge().findings.map(\.fault) == [.keys, nil])
    // What is always so is no news.
    var always = TestHistory()
    for day in 0..<29 {
      try always.add([Office.core(day).with { $0.nulls = ["source_bytes": Int64(95 + day % 5)] }])
    }
    #expect(try always.lines().isEmpty)
  }

  @Test("rows that are there twice blind, rows that were sent twice don't")
  func twice() throws {
    var history = try Office.history(28)
    let core = Office.core(28)
    let doubled = core.with { source in
      source.hours = source.hours.map { 2 * $0 }
      source.repeats = core.hours.reduce(0, +)
    }
    let again = Office.proxy(28).with { $0.duplicates = $0.hours.reduce(0, +) }
    try history.add([doubled, again, Office.vpn(28)])
    let found = try history.judge().findings
    #expect(found.map(\.kind) == [.repeated, .duplicates])
    #expect(found.map(\.fault) == [.repeated, nil])
    #expect(found[0].note == "50 % of rows are there twice")
    #expect(found[1].text.hasPrefix("50 % of its web requests came in two files and count once"))
  }

  @Test("rejects and volume are told, and blind nobody")
  func rejectsAndVolume() throws {
    var history = try Office.history(28)
    let core = Office.core(28).with { $0.hours = $0.hours.map { $0 / 5 } }
    let proxy = Office.proxy(28).with { $0.rejected = 900 }
    try history.add([core, proxy, Office.vpn(28)])
    let found = try history.judge().findings
    #expect(
      found.map(\.line) == [
        "core: 2,541 conversations, 0.2 times the usual 12,784 of Mondays.",
        "proxy: 20 % of its lines were rejected, most for \"too few fields\"; on Mondays usually 0 %.",
      ])
    #expect(found.map(\.fault) == [nil, nil])
    #expect(found[1].limit == 0.05)
  }

  @Test("a clock that moves by an hour blinds; one that was always wrong is told")
  func clocks() throws {
    func history(_ offsets: [Double], third: Bool = false) throws -> TestHistory {
      var history = TestHistory()
      for (day, offset) in offsets.enumerated() {
        var clocks = [("core", "edge", seconds: offset)]
        if third {
          clocks += [("core", "sensor", seconds: 0), ("edge", "sensor", seconds: -offset)]
        }
        try history.add(
          [Office.core(day)]
            + (third ? ["edge", "sensor"] : ["edge"]).map { name in
              Office.core(day).with { $0.name = name }
            }, clocks: clocks)
      }
      return history
    }
    let quiet = [Double](repeating: 0.4, count: 20)
    let moved = try history(quiet + [3600.4, 3600.4]).judge().findings
    #expect(
      moved.map(\.line) == [
        "core: Its times lie 1 h before those of edge, by conversations that both saw; usually "
          + "0.4 s before. Either clock may be the wrong one. So since 2026-03-22.",
        "edge: Its times lie 1 h after those of core, by conversations that both saw; usually "
          + "0.4 s after. Either clock may be the wrong one. So since 2026-03-22.",
      ])
    #expect(moved.map(\.fault) == [.clock, .clock])
    // A third source shows which of them is wrong.
    let known = try history(quiet + [3600.4], third: true).judge().findings
    #expect(known.map(\.source) == ["edge"])
    let always = try history([Double](repeating: -7200, count: 21)).judge().findings
    #expect(always.map(\.note) == ["clock 2 h after", "clock 2 h before"])
    #expect(always.map(\.fault) == [nil, nil])
    let drift = try history(quiet + [20]).judge().findings
    #expect(drift.map(\.fault) == [nil, nil])
    #expect(try history(quiet + [2]).lines().isEmpty)
  }

  @Test("a new source and a site with one source")
  func fewSources() throws {
    var history = try Office.history(28)
    try history.add(Office.day(28) + [Office.core(28).with { $0.name = "new" }])
    #expect(try history.lines().isEmpty)
    let row = try #require(try history.judge().sources.first { $0.key.source == "new" })
    #expect(row.usualRows == nil)
    var single = TestHistory()
    for day in 0..<28 { try single.add([Office.core(day)]) }
    try single.add([])
    #expect(try single.judge().findings.map(\.note) == ["source silent all day"])
  }

  @Test("days of 23 and 25 hours miss nothing but what is missing")
  func daylightSaving() throws {
    let file = URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")
    let zone = try TimeZoneRules(name: "Europe/Berlin", tzif: Array(Data(contentsOf: file)))
    var history = TestHistory(calendar: CivilCalendar(zone: zone))
    // The 28th day is 2026-03-29, on which the clocks go forward at two.
    for day in 0..<28 {
      try history.add([Office.core(day).with { if day == 27 { $0.hours.remove(at: 2) } }])
      #expect(try history.lines().isEmpty)
    }
    #expect(history.days[27].windows.count == 23)
  }

  @Test("the order of rows in the tables does not show")
  func order() throws {
    var (one, other) = (TestHistory(), TestHistory())
    for day in 0..<30 {
      var sources = Office.day(day)
      if day == 29 { sources = sources.map { $0.silent(8..<13) } }
      try one.add(sources)
      try other.add(sources.reversed())
    }
    let (a, b) = (try one.judge(), try other.judge())
    #expect(a.findings == b.findings)
    #expect(a.findings.count == 2)
    #expect(a.sources.map(\.key) == b.sources.map(\.key))
  }
}

@Suite("Limits of data quality")
struct LimitTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "pipelines/quality/limits.toml")

  @Test("the file that ships has the numbers that the tests use, each explained above it")
  func shipped() throws {
    let lines = try String(contentsOf: LimitTests.file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    var numbers: [String: Double] = [:]
    for (index, line) in lines.enumerated() where line.contains("=") && !line.hasPrefix("#") {
      #expect(lines[index - 1].hasPrefix("#"), "\(line)")
      let parts = line.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
      numbers[parts[0]] = Double(parts[1])
    }
    #expect(numbers == TestHistory.numbers)
  }

  @Test("a missing number names itself")
  func missing() {
    var numbers = TestHistory.numbers
    numbers["silent_rows"] = nil
    #expect(throws: MissingLimit.self) { try QualityLimits(numbers) }
    #expect(
      MissingLimit(name: "silent_rows").description.hasPrefix("expected the limit silent_rows"))
  }
}
