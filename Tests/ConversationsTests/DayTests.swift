import Columnar
import Events
import Testing

@testable import Conversations

@Suite("Days")
struct DayTests {
  /// What the three days around `midnight` have of `rows`, in seconds after midnight.
  private func days(_ rows: [FlowRow]) throws -> [[String]] {
    try (0...2).map { day in
      let (batches, summary) = try normalize(
        [file("a", rows)], day: CivilDate(dayNumber: day))
      #expect(summary.readCount == summary.recordCount + summary.otherDayCount)
      return written(batches).map { row in
        let start = Double(row.time - 86_400_000_000) / 1e6
        return "\(Int(start)) ×\(row.recordCount) \(row.tuple.prefix { $0 != ":" })"
      }
    }
  }

  private func record(_ start: Double, _ end: Double, isReply: Bool = false) -> FlowRow {
    let ends = ("10.0.0.7:50000", "10.0.0.1:22")
    return FlowRow(
      isReply ? ends.1 : ends.0, isReply ? ends.0 : ends.1, at: 86_400 + start,
      until: 86_400 + end)
  }

  @Test("a conversation over midnight belongs to the day of its start")
  func overMidnight() throws {
    let rows = [
      record(-200, 90), record(-199, 90, isReply: true), record(90, 200),
      record(90.5, 200, isReply: true),
    ]
    #expect(try days(rows) == [["-200 ×4 10.0.0.7"], [], []])
  }

  @Test("a conversation longer than the margin goes on as one of the next day, the same way round")
  func longConversations() throws {
    var rows: [FlowRow] = []
    for piece in -12..<24 {
      let start = Double(piece) * 300 + 60
      rows.append(record(start, start + 299))
      rows.append(record(start - 1, start + 299, isReply: true))
    }
    // The first record of all is the originator's; later ones begin with a reply.
    rows.append(record(-3600, -3541))
    let seen = try days(rows)
    #expect(seen[0] == ["-3600 ×27 10.0.0.7"])
    #expect(seen[1] == ["359 ×46 10.0.0.7"])
  }

  @Test("records just after midnight with no conversation before it are the new day's")
  func afterMidnight() throws {
    #expect(
      try days([record(-60, -31), record(0, 10)]) == [["-60 ×1 10.0.0.7"], ["0 ×1 10.0.0.7"], []])
    #expect(try days([record(-60, -30), record(0, 10)]) == [["-60 ×2 10.0.0.7"], [], []])
  }

  @Test("a record longer than its exporter's timeout does not make two days disagree")
  func overlongRecords() throws {
    let rows = [record(-7200, 600), record(100, 200), record(-40, -35)]
    let seen = try days(rows)
    #expect(seen == [["-7200 ×2 10.0.0.7"], ["100 ×1 10.0.0.7"], []])
  }

  @Test("a day of 25 hours has the rows of all 25")
  func longDay() throws {
    // Central Europe put its clocks back on 1996-10-27 at 01:00 UTC.
    let zone = try TimeZoneRules(
      name: "Europe/Berlin", tzif: tzif(footer: "CET-1CEST,M3.5.0,M10.5.0/3"))
    let calendar = CivilCalendar(zone: zone)
    let day = try #require(CivilDate(year: 1996, month: 10, day: 27))
    let start = Double(calendar.start(of: day).microseconds) / 1e6
    let rows = (-1...25).map { hour in
      FlowRow("10.0.0.7:\(40000 + hour)", "10.0.0.1:22", at: start + Double(hour) * 3600 + 1800)
    }
    let (batches, summary) = try normalize(
      [file("a", rows, export: nil)], day: day, calendar: calendar)
    #expect(written(batches).count == 25)
    #expect(batches[0][Event.sourcePort][0] == 40000)
    #expect(batches[0][Event.sourcePort][24] == 40024)
    #expect(summary.readCount == 25)
  }

  /// A zone file (RFC 9636) without transitions, so that its footer's rule holds at all times.
  private func tzif(footer: String) -> [UInt8] {
    let counts: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
    let block = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts
    let type: [UInt8] = [0, 0, 0x0E, 0x10, 0, 0] + Array("CET".utf8) + [0]
    return block + type + block + type + Array("\n\(footer)\n".utf8)
  }
}
