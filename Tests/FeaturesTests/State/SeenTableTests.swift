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

  /// A table of batches of these sizes.
  private func table(_ entries: [SeenTable.Entry], batchSizes: [Int]) throws -> Table {
    var (batches, rest) = ([Batch](), entries[...])
    for size in batchSizes {
      let builder = TableBuilder(Seen.schema)
      for entry in rest.prefix(size) {
        builder.column(Seen.kind).append(entry.kind)
        builder.column(Seen.key).append(entry.key.number)
        builder.column(Seen.daysLow).append(entry.days.low)
        builder.column(Seen.daysHigh).append(entry.days.high)
      }
      rest = rest.dropFirst(size)
      batches.append(builder.finishBatch())
    }
    precondition(rest.isEmpty)
    return Table(schema: Seen.schema, batches: batches)
  }

  @Test(
    "over batches of any size, what is found is what a search through all entries finds",
    arguments: [[], [0], [1, 0, 7, 3, 0, 8, 40], [59], [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4]])
  func twin(batchSizes: [Int]) throws {
    let kinds: [Seen.Kind] = [.site, .destination, .name, .outside]
    // Subjects of many hosts, two that share their first bits, and the least and the greatest.
    let subjects: [UInt64] = [0, 1 << 24, 0xABCD << 48, 0xABCD << 48 | 1 << 24, .max]
    let ages = [0, 27, 28, 63, 64, 88, 89]
    var all: [SeenTable.Entry] = []
    for number in 0..<59 {
      let key = SeenKey(
        subject: subjects[number % 5], host: number % 7 == 0 ? .max : keyHash("\(number)"))
      var days = DayBits.yesterday.shifted(by: ages[number % 7])
      if number % 3 == 0 { days.formUnion(.yesterday) }
      all.append(SeenTable.Entry(kind: kinds[number % 4].rawValue, key: key, days: days))
    }
    let kept = Array(all.sorted().prefix(batchSizes.reduce(0, +)))
    let seen = try SeenTable(table(kept, batchSizes: batchSizes))
    #expect(Array(seen.entries) == kept)
    for kind in kinds + [.loginBeside] {
      let ofKind = kept.filter { $0.kind == kind.rawValue }
      #expect(Array(seen.entries(of: kind)) == ofKind)
      for subject in subjects + [2 << 24] {
        let met = ofKind.filter { $0.key.subject == subject >> 24 }
        #expect(Array(seen.entries(kind, subject: subject)) == met)
        let days = met.reduce(into: DayBits()) { $0.formUnion($1.days) }
        let recent = met.filter { $0.days.isSeen(within: 28) }
        #expect(seen.site(kind, subject: subject) == (days, recent.count))
        #expect(seen.hosts(kind, subject: subject) == recent.map(\.key.host))
        #expect(seen.days(kind, SeenKey(subject: subject, host: 1 << 41)).isEmpty)
      }
      for entry in ofKind { #expect(seen.days(kind, entry.key) == entry.days) }
    }
    for later in [0, 1, 26, 27, 90] {
      let added =
        [(Seen.Kind.name.rawValue, SeenKey(number: 5))] + kept.prefix(2).map { ($0.kind, $0.key) }
      let sorted = later == 0 ? [] : added.sorted { $0 < $1 }
      let written = TableSink()
      try seen.write(later: later, adding: sorted, to: written)
      var expected = kept.map { entry in
        SeenTable.Entry(kind: entry.kind, key: entry.key, days: entry.days.shifted(by: later))
      }
      for (kind, key) in sorted {
        if let place = expected.firstIndex(where: { $0.kind == kind && $0.key == key }) {
          expected[place].days.formUnion(.yesterday)
        } else {
          expected.append(SeenTable.Entry(kind: kind, key: key, days: .yesterday))
        }
      }
      let table = try SeenTable(Table(schema: Seen.schema, batches: written.batches))
      #expect(Array(table.entries) == expected.filter { !$0.days.isEmpty }.sorted())
    }
  }

  @Test("the hosts that met a subject are counted once each") func site() throws {
    var table = SeenTable()
    let subject = keyHash("203.0.113.7")
    let keys = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map {
      SeenKey(subject: subject, host: keyHash($0))
    }
    func advance(by days: Int, adding keys: [SeenKey] = []) throws {
      table = try SeenTable(
        StateFold.inMemory(CivilDate(dayNumber: 0)) {
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
