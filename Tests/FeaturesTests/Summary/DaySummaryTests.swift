import Columnar
import Events
import Foundation
import TestSupport
import Testing

@testable import Features

/// A table's rows as text.
func texts(_ batches: [Batch]) -> [[String]] {
  batches.flatMap { batch in
    let cells = batch.columns.map { column in
      (0..<column.rowCount).map { cell(column, $0) }
    }
    return (0..<batch.rowCount).map { row in cells.map { $0[row] } }
  }
}

private func cell(_ column: Column, _ row: Int) -> String {
  switch column.type {
  case .uint8: "\(Values<UInt8>(column).value(row))"
  case .uint16: "\(Values<UInt16>(column).value(row))"
  case .uint32: "\(Values<UInt32>(column).value(row))"
  case .int64: "\(Values<Int64>(column).value(row))"
  case .timestamp: "\(Values<Instant>(column).value(row).microseconds)"
  case .bool: "\(Flags(column)[row] ?? false)"
  case .utf8: Strings(column)[row] ?? ""
  case .dictionaryOfStrings: Event.Text(column)[row] ?? ""
  default: "?"
  }
}

/// The tables that a summary wrote, by name.
struct Written {
  var tables: [String: [[String]]] = [:]
  var counts: DaySummary.Counts

  init(
    _ day: CivilDate, _ calendar: CivilCalendar, _ events: [EventClass: any BatchSource],
    limits: DaySummary.Limits = .init()
  ) throws {
    var sinks: [String: TableSink] = [:]
    counts = try DaySummary.write(
      day: day, calendar: calendar, networks: RandomDay.networks, events: events, limits: limits
    ) { schema in
      let sink = TableSink()
      sinks[schema.name] = sink
      return sink
    }
    tables = sinks.mapValues { texts($0.batches) }
  }

  subscript(_ schema: Schema) -> [[String]] { tables[schema.name] ?? [] }
}

@Suite("day summary") struct DaySummaryTests {
  let day = CivilDate(dayNumber: 20_000)

  static let tiny: DaySummary.Limits = {
    var limits = DaySummary.Limits()
    limits.hostCount = 3
    limits.pairCount = 5
    limits.serviceCount = 2
    limits.hostByteCount = 2_000
    limits.pairByteCount = 3_000
    limits.serviceByteCount = 500
    limits.stepByteCount = 500
    limits.requestCount = 4
    limits.requestByteCount = 500
    return limits
  }()

  @Test("every table equals the slow twin's", arguments: 1...6 as ClosedRange<UInt64>)
  func equalsSlowTwin(seed: UInt64) throws {
    var random = RandomDay(seed: seed, day: day, calendar: CivilCalendar())
    let events = random.tables(rowCount: 100 * Int(seed), batchRowCount: 64)
    try expectTwin(day, CivilCalendar(), events)
  }

  @Test("several scans write what one scan writes", arguments: 21...23 as ClosedRange<UInt64>)
  func scansDoNotShow(seed: UInt64) throws {
    var random = RandomDay(seed: seed, day: day, calendar: CivilCalendar())
    let events = random.tables(rowCount: 800, batchRowCount: 128)
    let one = try Written(day, CivilCalendar(), events)
    let many = try Written(day, CivilCalendar(), events, limits: DaySummaryTests.tiny)
    #expect(one.counts.scans == 1)
    #expect(many.counts.scans > 5)
    #expect(one.tables == many.tables)
  }

  @Test(
    "days of 23 and 25 hours have as many windows",
    arguments: [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
  func daylightSaving(date: String, hourCount: Int) throws {
    let file = URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")
    let zone = try TimeZoneRules(name: "Europe/Berlin", tzif: Array(Data(contentsOf: file)))
    let calendar = CivilCalendar(zone: zone)
    let day = try #require(CivilDate(date))
    var random = RandomDay(seed: 31, day: day, calendar: calendar)
    let events = random.tables(rowCount: 400, batchRowCount: 100)
    try expectTwin(day, calendar, events)
    let written = try Written(day, calendar, events)
    #expect(Set(written[Coverage.schema].map { $0[2] }).count == hourCount)
  }

  @Test("neither batches nor the order of rows of the same instant show")
  func orderDoesNotShow() throws {
    var random = SplitMix(seed: 41)
    let flows = (0..<600).map { row in
      Flow(
        Double(row / 6), "10.0.0.\(Int.random(in: 1...4, using: &random))",
        "10.0.0.\(Int.random(in: 1...4, using: &random))"
      ).with {
        $0.bytes = Int64.random(in: 0..<40, using: &random)
        $0.packetsBack = Int64.random(in: 0...1, using: &random)
        $0.exporter = ["a", "b", nil].randomElement(using: &random) ?? nil
      }
    }
    let shuffled = flows.shuffled(using: &random).sorted { $0.second < $1.second }
    let start = CivilCalendar().start(of: day)
    let one = try Written(day, CivilCalendar(), [.flow: flowTable(flows, from: start)])
    let other = try Written(
      day, CivilCalendar(), [.flow: flowTable(shuffled, from: start, batchRowCount: 7)])
    #expect(one.tables == other.tables)
  }

  private func expectTwin(
    _ day: CivilDate, _ calendar: CivilCalendar, _ events: [EventClass: Table]
  ) throws {
    let fast = try Written(day, calendar, events)
    let slow = try SlowDaySummary(
      day: day, calendar: calendar, networks: RandomDay.networks, events: events)
    #expect(fast[HostHour.schema] == slow.hostHours)
    #expect(fast[Pair.schema] == slow.pairs)
    #expect(fast[PairValue.schema] == slow.pairValues)
    #expect(fast[Edge.schema] == slow.edges)
    #expect(fast[Service.schema] == slow.services)
    #expect(fast[Coverage.schema] == slow.coverage)
    #expect(Set(fast[ColumnNulls.schema]) == Set(slow.nulls))
    #expect(!slow.hostHours.isEmpty && !slow.pairValues.isEmpty && !slow.edges.isEmpty)
  }
}
