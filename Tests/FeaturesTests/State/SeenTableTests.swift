import Columnar
import Events
import Testing

@testable import Features

@Suite struct SeenTableTests {
  @Test("days are shifted over the word's end and forgotten after 90") func shift() {
    var days = DayBits.yesterday
    #expect(days.age == 1)
    days = days.shifted(by: 63)
    #expect(days == DayBits(low: 1 << 63))
    days = days.shifted(by: 1)
    #expect(days == DayBits(low: 0, high: 1))
    #expect(days.age == 65)
    #expect(days.shifted(by: 25).age == 90)
    #expect(days.shifted(by: 26).isEmpty)
    #expect(DayBits.yesterday.shifted(by: 1000).isEmpty)
  }

  @Test("within 28 days means the last 28 bits") func within() {
    #expect(DayBits.yesterday.shifted(by: 27).isSeen(within: 28))
    #expect(!DayBits.yesterday.shifted(by: 28).isSeen(within: 28))
  }

  private func days(_ count: Int) throws -> [DayTables] {
    let calendar = CivilCalendar()
    return try (0..<count).map { number in
      let day = CivilDate(dayNumber: 20_514 + number)
      var random = RandomDay(seed: UInt64(number), day: day, calendar: calendar)
      var sinks: [String: TableSink] = [:]
      try DaySummary.write(
        day: day, calendar: calendar, networks: RandomDay.networks,
        events: random.tables(rowCount: 300, batchRowCount: 100)
      ) { schema in
        let sink = TableSink()
        sinks[schema.name] = sink
        return sink
      }
      func table(_ schema: Schema) -> Table {
        Table(schema: schema, batches: sinks[schema.name]?.batches ?? [])
      }
      return DayTables(day: day, table)
    }
  }

  @Test("from nothing and from any earlier day the table is the same") func incremental() throws {
    let days = try days(9)
    let asOf = days[8].day.advanced(by: 1)
    let fold = StateFold(asOf: asOf, calendar: CivilCalendar())
    let whole = try fold.seen(from: nil, summaries: days)
    #expect(whole.entries.count > 100)
    #expect(Array(whole.entries) == whole.entries.sorted())
    for split in 1...8 {
      let earlier = days[split].day
      let table = try StateFold(asOf: earlier, calendar: CivilCalendar())
        .seen(from: nil, summaries: days)
      let later = try fold.seen(from: (table, earlier), summaries: days)
      #expect(Array(later.entries) == Array(whole.entries))
    }
  }

  @Test("days without summaries leave a gap in the bits") func missingDay() throws {
    let days = try days(4)
    let asOf = days[3].day.advanced(by: 3)
    let table = try StateFold(asOf: asOf, calendar: CivilCalendar())
      .seen(from: nil, summaries: [days[0], days[1], days[3]])
    #expect(table.days(.site, SeenKey(number: 0)) == DayBits(low: 0b11_0100))
  }

  @Test("the hosts that met a subject are counted once each") func site() throws {
    var table = SeenTable()
    let subject = keyHash("203.0.113.7")
    let keys = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map {
      SeenKey(subject: subject, host: keyHash($0))
    }
    func advance(by days: Int, adding keys: [SeenKey] = []) throws {
      table = try SeenTable(
        StateFold.inMemory {
          try table.write(
            later: days, adding: keys.sorted().map { (Seen.Kind.destination.rawValue, $0) }, to: $0)
        })
    }
    try advance(by: 1, adding: keys)
    try advance(by: 28)
    try advance(by: 1, adding: [keys[1]])
    let met = table.site(.destination, subject: subject)
    #expect(met.hostCount == 1)
    #expect(met.days.age == 30)
    #expect(table.site(.port, subject: subject).hostCount == 0)
  }
}
