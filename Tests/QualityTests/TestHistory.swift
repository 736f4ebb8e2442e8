import Columnar
import Events
import Features

@testable import Quality

/// What one source and class gave on a day, as a test states it.
struct TestSource {
  var name: String
  var eventClass = EventClass.flow
  /// Rows by window.
  var hours: [Int64]
  /// Conversations by window for which another observer's rows stand.
  var elsewhere: [Int64] = []
  var duplicates: Int64 = 0
  var repeats: Int64 = 0
  var rejected: Int64 = 0
  var rowsAfter: Int64 = 0
  /// Share of rows without a value, in percent.
  var nulls: [String: Int64] = [:]
}

/// Days of made-up sources, read from the tables that stages write.
struct TestHistory {
  /// A Monday.
  static let start = CivilDate(dayNumber: 20_514)
  static let numbers: [String: Double] = [
    "least_days": 3, "least_rows": 100, "silent_rows": 20, "silent_share": 0.75,
    "volume_factor": 2, "volume_spreads": 5, "null_jump": 0.3, "share_spreads": 5,
    "reject_jump": 0.05, "least_rejects": 20, "duplicate_jump": 0.2, "repeat_jump": 0.3,
    "clock_seconds": 5,
  ]

  let calendar: CivilCalendar
  private(set) var days: [DataDay] = []

  init(calendar: CivilCalendar = CivilCalendar()) { self.calendar = calendar }

  mutating func add(
    _ sources: [TestSource], clocks: [(String, String, seconds: Double)] = [],
    coarseness: Coarseness = Coarseness(),
    hosts: [String]? = nil
  ) throws {
    let day = TestHistory.start.advanced(by: days.count)
    let windows = calendar.hours(of: day)
    let coverage = TableBuilder(Coverage.schema)
    let elsewhere = TableBuilder(SeenElsewhere.schema)
    let nulls = TableBuilder(ColumnNulls.schema)
    let rows = TableBuilder(SourceRows.schema)
    let rejects = TableBuilder(RejectedLines.schema)
    let pairs = TableBuilder(ClockPair.schema)
    for source in sources {
      let total = source.hours.reduce(0, +)
      for (window, count) in zip(windows, source.hours) where count > 0 {
        coverage.column(Coverage.source).append(source.name)
        coverage.column(Coverage.eventClass).append(source.eventClass.rawValue)
        coverage.column(Coverage.hour).append(window.lowerBound)
        coverage.column(Coverage.rows).append(count)
        coverage.column(Coverage.rowsWithBytes).append(count)
      }
      for (window, count) in zip(windows, source.elsewhere) where count > 0 {
        elsewhere.column(SeenElsewhere.source).append(source.name)
        elsewhere.column(SeenElsewhere.eventClass).append(source.eventClass.rawValue)
        elsewhere.column(SeenElsewhere.quarterHour).append(
          window.lowerBound.advanced(byMicroseconds: 900_000_000))
        elsewhere.column(SeenElsewhere.conversations).append(count)
      }
      for column in source.eventClass.watchedColumns where total > 0 {
        nulls.column(ColumnNulls.source).append(source.name)
        nulls.column(ColumnNulls.eventClass).append(source.eventClass.rawValue)
        nulls.column(ColumnNulls.column).append(column)
        nulls.column(ColumnNulls.rows).append(total)
        nulls.column(ColumnNulls.nulls).append(total * (source.nulls[column] ?? 0) / 100)
      }
      rows.column(SourceRows.source).append(source.name)
      rows.column(SourceRows.eventClass).append(source.eventClass.rawValue)
      rows.column(SourceRows.rowsRead).append(total + source.duplicates)
      rows.column(SourceRows.duplicates).append(source.duplicates)
      rows.column(SourceRows.repeats).append(source.repeats)
      rows.column(SourceRows.rowsBefore).append(0)
      rows.column(SourceRows.rowsAfter).append(source.rowsAfter)
      if source.rejected > 0 {
        rejects.column(RejectedLines.source).append(source.name)
        rejects.column(RejectedLines.eventClass).append(source.eventClass.rawValue)
        rejects.column(RejectedLines.reason).append("too few fields")
        rejects.column(RejectedLines.lines).append(source.rejected)
      }
    }
    for clock in clocks {
      pairs.column(ClockPair.source).append(clock.0)
      pairs.column(ClockPair.otherSource).append(clock.1)
      pairs.column(ClockPair.offsetMicroseconds).append(Int64(clock.seconds * 1_000_000))
      pairs.column(ClockPair.matches).append(40)
    }
    var tables = [coverage, elsewhere, nulls, rows, rejects, pairs].map {
      Table(schema: $0.schema, batches: [$0.finishBatch()])
    }
    if let hosts { tables.append(TestHistory.hostHours(hosts)) }
    days.append(
      try DataDay(day, calendar: calendar, coarseness: coarseness) { schema in
        tables.first { $0.schema.name == schema.name }
      })
  }

  /// A row a host, with nothing in it but its name.
  private static func hostHours(_ hosts: [String]) -> Table {
    let table = TableBuilder(HostHour.schema)
    for field in table.schema.fields {
      for host in hosts {
        switch field.type {
        case .int64: table.column(ColumnKey<Values<Int64>>(field.name)).append(0)
        case .timestamp:
          table.column(ColumnKey<Values<Instant>>(field.name)).append(Instant(microseconds: 0))
        default:
          table.column(ColumnKey<Coded<Strings>>(field.name)).append(
            field.name == HostHour.host.name ? host : "core")
        }
      }
    }
    return Table(schema: table.schema, batches: [table.finishBatch()])
  }

  /// The judgement of the last day.
  func judge(expecting sources: Set<String>? = nil) throws -> DayQuality {
    let judge = QualityJudge(
      limits: try QualityLimits(TestHistory.numbers), calendar: calendar,
      expectedSources: sources ?? Set(days.flatMap { $0.sources.keys.map(\.source) }))
    guard let today = days.last else { return DayQuality(sources: [], findings: []) }
    return judge.judge(today, earlier: days.dropLast())
  }

  /// What the last day's findings say, without the advice.
  func lines(expecting sources: Set<String>? = nil) throws -> [String] {
    try judge(expecting: sources).findings.map(\.line)
  }
}

/// Sources with the habits of an office.
enum Office {
  static func isWorkday(_ day: Int) -> Bool { day % 7 < 5 }

  /// Chatter at all hours, and work from 7 to 18 on workdays; a little more or less each day.
  static func core(_ day: Int) -> TestSource {
    TestSource(
      name: "core",
      hours: (0..<24).map { hour in
        let work: Int64 = isWorkday(day) && (7..<18).contains(hour) ? 900 : 0
        return 100 + work + Int64((day * 7 + hour * 13) % 40)
      })
  }

  /// A proxy of which nothing is heard outside working hours.
  static func proxy(_ day: Int) -> TestSource {
    TestSource(
      name: "proxy", eventClass: .http,
      hours: (0..<24).map { hour in
        isWorkday(day) && (7..<18).contains(hour) ? 300 + Int64((day * 11 + hour * 5) % 60) : 0
      })
  }

  /// Six logons on each workday.
  static func vpn(_ day: Int) -> TestSource {
    TestSource(
      name: "vpn", eventClass: .vpn,
      hours: (0..<24).map { isWorkday(day) && [8, 9, 17].contains($0) ? 2 : 0 })
  }

  static func day(_ day: Int) -> [TestSource] { [core(day), proxy(day), vpn(day)] }

  /// As many quiet days.
  static func history(_ count: Int) throws -> TestHistory {
    var history = TestHistory()
    for day in 0..<count { try history.add(self.day(day)) }
    return history
  }
}

extension TestSource {
  func with(_ change: (inout TestSource) -> Void) -> TestSource {
    var copy = self
    change(&copy)
    return copy
  }

  /// Without the rows of some hours.
  func silent(_ hours: Range<Int>) -> TestSource {
    with { source in for hour in hours { source.hours[hour] = 0 } }
  }
}
