import Columnar
import Events
import Testing

@testable import Features

/// The fold of pairs, held against one that keeps all days in memory.
@Suite("pair history") struct PairHistoryTests {
  private static let asOf = CivilDate(dayNumber: 20_520)
  private static let calendar = CivilCalendar()

  /// Days before `asOf` with gaps between them.
  private func summaries(seed: UInt64) throws -> [DayTables] {
    try days([9, 8, 5, 2, 1], seed: seed)
  }

  /// The pairs of `asOf` itself.
  private func today(seed: UInt64) throws -> DayTables { try days([0], seed: seed)[0] }

  private func days(_ daysBack: [Int], seed: UInt64) throws -> [DayTables] {
    try daysBack.map { daysBack in
      let day = PairHistoryTests.asOf.advanced(by: -daysBack)
      var random = RandomDay(
        seed: seed + UInt64(daysBack), day: day, calendar: PairHistoryTests.calendar)
      var sinks: [String: TableSink] = [:]
      try DaySummary.write(
        day: day, calendar: PairHistoryTests.calendar, networks: RandomDay.networks,
        events: random.tables(rowCount: 400, batchRowCount: 100)
      ) { schema in
        let sink = TableSink()
        sinks[schema.name] = sink
        return sink
      }
      return DayTables(day: day, faults: []) {
        Table(schema: $0, batches: sinks[$0.name]?.batches ?? [])
      }
    }
  }

  private struct Total: Equatable {
    var days: UInt32 = 0
    var conversations: Int64 = 0
    var failed: Int64 = 0
    var bytesSent: Int64 = 0
    var longest: Int64 = 0
    var isRecent = false
  }

  private func name(_ pair: PairBatch, _ row: Int) -> String {
    let (kind, from, to) = (pair.kind[row], pair.originator[row], pair.responder[row])
    let (port, number) = (pair.port.value(row), pair.ianaNumber.value(row))
    return "\(kind ?? "") \(from ?? "") \(to ?? "") \(port) \(number)"
  }

  private func names(_ day: DayTables) throws -> Set<String> {
    var names: Set<String> = []
    try day.pairs.forEachBatch { batch in
      let pair = PairBatch(batch)
      for row in 0..<pair.rowCount { names.insert(name(pair, row)) }
    }
    return names
  }

  /// Of all pairs, whether the day has them or not.
  private func expected(_ summaries: [DayTables]) throws -> [String: Total] {
    var totals: [String: Total] = [:]
    for summary in summaries {
      let daysBack = PairHistoryTests.asOf.dayNumber - summary.day.dayNumber
      try summary.pairs.forEachBatch { batch in
        let pair = PairBatch(batch)
        for row in 0..<pair.rowCount {
          var total = totals[name(pair, row)] ?? Total()
          total.days |= 1 << UInt32(daysBack - 1)
          total.conversations += pair.conversations.value(row)
          total.failed += pair.failed.value(row)
          total.bytesSent += pair.bytesSent.value(row)
          total.longest = max(total.longest, pair.longestMicroseconds.value(row))
          let isMoreThanAGlance =
            pair.conversations.value(row) >= 2 || pair.bytesSent.value(row) >= 1_000_000
          if daysBack <= 3 && isMoreThanAGlance { total.isRecent = true }
          totals[name(pair, row)] = total
        }
      }
    }
    return totals.filter { $0.value.days.nonzeroBitCount >= 2 || $0.value.isRecent }
  }

  @Test(
    "totals of the day's pairs are those of all days in memory",
    arguments: 41...44 as ClosedRange<UInt64>)
  func totals(seed: UInt64) throws {
    let (summaries, today) = (try summaries(seed: seed), try today(seed: seed))
    let (pairs, values) = (TableSink(), TableSink())
    let fold = PairHistoryFold(
      asOf: PairHistoryTests.asOf, days: summaries.map(\.day), calendar: PairHistoryTests.calendar,
      seen: SeenTable(), pairSink: pairs, valueSink: values, edgeSink: TableSink())
    try fold.run(summaries, today: today)
    var found: [String: Total] = [:]
    for batch in pairs.batches {
      let pair = PairBatch(batch)
      let days = batch[PairHistory.days]
      for row in 0..<pair.rowCount {
        found[name(pair, row)] = Total(
          days: days.value(row), conversations: pair.conversations.value(row),
          failed: pair.failed.value(row), bytesSent: pair.bytesSent.value(row),
          longest: pair.longestMicroseconds.value(row))
      }
    }
    let (all, asked) = (try expected(summaries), try names(today))
    let expected = all.filter { asked.contains($0.key) }.mapValues { total in
      var total = total
      total.isRecent = false
      return total
    }
    #expect(found == expected)
    #expect(found.count > 50 && all.count > found.count + 50, "\(found.count) of \(all.count)")
    #expect(pairs.batches.reduce(0) { $0 + $1.rowCount } == expected.count)
  }

  private struct Answered: Equatable {
    var days: UInt32 = 0
    var lastDay = 0
    var time = Instant(microseconds: .max)
  }

  @Test("edges are those of all days in memory", arguments: 61...63 as ClosedRange<UInt64>)
  func edges(seed: UInt64) throws {
    let summaries = try summaries(seed: seed)
    var expected: [String: Answered] = [:]
    for summary in summaries {
      let daysBack = PairHistoryTests.asOf.dayNumber - summary.day.dayNumber
      try summary.edges.forEachBatch { batch in
        for row in 0..<batch.rowCount
        where batch[Edge.failed].value(row) < batch[Edge.conversations].value(row)
          && [6, 17].contains(batch[Edge.ianaNumber].value(row))
        {
          let (port, number) = (batch[Edge.port].value(row), batch[Edge.ianaNumber].value(row))
          let kept = port < 1024 || [3389, 5900, 5985, 5986].contains(port) ? port : 0
          let (from, to) = (batch[Edge.originator][row] ?? "", batch[Edge.responder][row] ?? "")
          var edge = expected["\(from) \(to) \(kept) \(number)"] ?? Answered()
          let time = batch[Edge.firstTime].value(row)
          edge.time = edge.lastDay == daysBack ? min(edge.time, time) : time
          edge.lastDay = daysBack
          edge.days |= 1 << UInt32(daysBack - 1)
          expected["\(from) \(to) \(kept) \(number)"] = edge
        }
      }
    }
    let sink = TableSink()
    try PairHistoryFold(
      asOf: PairHistoryTests.asOf, days: summaries.map(\.day), calendar: PairHistoryTests.calendar,
      seen: SeenTable(), pairSink: TableSink(), valueSink: TableSink(), edgeSink: sink
    ).run(summaries, today: today(seed: seed))
    var found: [String: Answered] = [:]
    for batch in sink.batches {
      for row in 0..<batch.rowCount {
        let (from, to) = (
          batch[EdgeHistory.originator][row] ?? "", batch[EdgeHistory.responder][row] ?? ""
        )
        let (port, number) = (
          batch[EdgeHistory.port].value(row), batch[EdgeHistory.ianaNumber].value(row)
        )
        let days = batch[EdgeHistory.days].value(row)
        found["\(from) \(to) \(port) \(number)"] = Answered(
          days: days, lastDay: days.trailingZeroBitCount + 1,
          time: batch[EdgeHistory.lastDayTime].value(row))
      }
    }
    #expect(found == expected)
    #expect(found.count == sink.batches.reduce(0) { $0 + $1.rowCount } && found.count > 50)
  }

  @Test("of too many edges of an originator those seen on the most days are kept")
  func edgeLimit() throws {
    let summaries = try summaries(seed: 64)
    func days(limit: Int) throws -> [[Int]] {
      let sink = TableSink()
      var fold = EdgeHistoryFold(sink, limit: limit)
      var merge = try PairMerge(summaries)
      while try merge.next() {
        for day in merge.days {
          guard let place = merge.cursors[day].place, place.order.kind == .conversation else {
            continue
          }
          try fold.add(place.batch, place.row, daysBack: 8 - day)
        }
      }
      try fold.finish()
      var days: [String: [Int]] = [:]
      for batch in sink.batches {
        for row in 0..<batch.rowCount {
          days[batch[EdgeHistory.originator][row] ?? "", default: []].append(
            batch[EdgeHistory.days].value(row).nonzeroBitCount)
        }
      }
      return days.sorted { $0.key < $1.key }.map { $0.value.sorted(by: >) }
    }
    let all = try days(limit: 1000)
    #expect(all.contains { $0.count > 6 })
    #expect(try days(limit: 3) == all.map { Array($0.prefix(3)) })
  }

  @Test("slots of a pair hold each of its conversations")
  func slots() throws {
    let summaries = try summaries(seed: 51)
    let (pairs, values) = (TableSink(), TableSink())
    let fold = PairHistoryFold(
      asOf: PairHistoryTests.asOf, days: summaries.map(\.day), calendar: PairHistoryTests.calendar,
      seen: SeenTable(), pairSink: pairs, valueSink: values, edgeSink: TableSink())
    try fold.run(summaries, today: today(seed: 51))
    let cursor = try PairCursor(
      pairs: Table(schema: PairHistory.schema, batches: pairs.batches),
      values: Table(schema: PairHistoryValue.schema, batches: values.batches),
      day: PairHistoryTests.asOf)
    var count = 0
    while let pair = cursor.current {
      let slots = try cursor.currentValues().filter { $0.measure == PairHistoryValue.slot }
      #expect(slots.reduce(0) { $0 + Int64($1.count) } == pair.conversations)
      #expect(slots.allSatisfy { (0..<4 * 9).contains($0.value) })
      count += 1
      try cursor.advance()
    }
    #expect(count > 50)
  }

  @Test("sizes of a busy pair are those of the latest days that have enough conversations")
  func recentSizes() throws {
    let summaries = try summaries(seed: 71)
    func values(_ cursor: PairCursor, _ pair: PairRow) throws -> [ValueCount] {
      let own = try cursor.currentValues()
      return own.isEmpty ? pair.estimatedValues(dayStart: pair.firstTime) : own
    }
    func count(_ values: [ValueCount], _ measure: UInt8) -> Int64 {
      values.filter { $0.measure == measure }.reduce(0) { $0 + Int64($1.count) }
    }
    let size = PairValue.Measure.bytesSent.rawValue
    // By pair, the latest day first: conversations, and sizes of them.
    var days: [PairKey: [(conversations: Int64, sizes: Int64)]] = [:]
    for summary in summaries.reversed() {
      let cursor = try PairCursor(
        pairs: summary.pairs, values: summary.pairValues, day: summary.day)
      while let pair = cursor.current {
        days[pair.key, default: []].append(
          (pair.conversations, count(try values(cursor, pair), size)))
        try cursor.advance()
      }
    }
    let (pairs, valueSink) = (TableSink(), TableSink())
    try PairHistoryFold(
      asOf: PairHistoryTests.asOf, days: summaries.map(\.day), calendar: PairHistoryTests.calendar,
      seen: SeenTable(), pairSink: pairs, valueSink: valueSink, edgeSink: TableSink(),
      recentConversations: 3
    ).run(summaries, today: today(seed: 71))
    let history = try PairCursor(
      pairs: Table(schema: PairHistory.schema, batches: pairs.batches),
      values: Table(schema: PairHistoryValue.schema, batches: valueSink.batches),
      day: PairHistoryTests.asOf)
    var (whole, cut) = (0, 0)
    while let pair = history.current {
      let all = days[pair.key] ?? []
      var (conversations, expected) = (Int64(0), Int64(0))
      for day in all where conversations < 3 {
        conversations += day.conversations
        expected += day.sizes
      }
      let kept = try values(history, pair)
      #expect(count(kept, size) == expected, "\(pair.key)")
      #expect(count(kept, PairHistoryValue.slot) == pair.conversations)
      if expected < all.reduce(0, { $0 + $1.sizes }) { cut += 1 } else { whole += 1 }
      try history.advance()
    }
    #expect(whole > 50 && cut > 5, "\(whole) whole, \(cut) cut")
  }
}
