import Columnar
import Detectors
import Events
import Features
import Forest

/// One conversation of a test.
struct TestFlow {
  var second: Double
  var from: String
  var to: String
  var port: UInt16 = 443
  var ianaNumber: UInt8 = 6
  var sent: Int64 = 1200
  var received: Int64 = 9000
  var seconds: Double = 1
  var isFailed = false
  var source = "test"
}

/// Days of conversations that go through the real summaries, state and features.
struct TestSite {
  static let networks = SiteNetworks([Network("10.0.0.0/8")].compactMap { $0 })
  /// A Monday.
  static let start = CivilDate(dayNumber: 20_514)

  let calendar = CivilCalendar()
  private(set) var tables: [DayTables] = []
  private(set) var flows: [Table] = []

  /// Adds the next day. Seconds count from its midnight, and the faults' hours.
  mutating func add(
    _ conversations: [TestFlow], hasBytes: Bool = true,
    events: [EventClass: [TestEvent]] = [:],
    faults: [(source: String, kind: SourceFault.Kind, hours: Range<Int>)] = []
  ) throws {
    let day = TestSite.start.advanced(by: tables.count)
    let flow = table(conversations.sorted { $0.second < $1.second }, day: day, hasBytes: hasBytes)
    var sources: [EventClass: any BatchSource] = [.flow: flow]
    for (eventClass, rows) in events {
      sources[eventClass] = TestEvent.table(eventClass, of: rows, from: calendar.start(of: day))
    }
    var sinks: [String: TableSink] = [:]
    try DaySummary.write(
      day: day, calendar: calendar, networks: TestSite.networks, events: sources
    ) { schema in
      let sink = TableSink()
      sinks[schema.name] = sink
      return sink
    }
    func summary(_ schema: Schema) -> Table {
      Table(schema: schema, batches: sinks[schema.name]?.batches ?? [])
    }
    flows.append(flow)
    let windows = calendar.hours(of: day)
    tables.append(
      DayTables(
        day: day,
        faults: faults.map { fault in
          SourceFault(
            source: fault.source, eventClass: .flow, kind: fault.kind,
            window: windows[fault.hours.lowerBound]
              .lowerBound..<windows[fault.hours.upperBound - 1]
              .upperBound, note: "source \(fault.kind)")
        }, summary))
  }

  /// The site with its first days only.
  func first(_ count: Int) -> TestSite {
    var site = TestSite()
    site.tables = Array(tables.prefix(count))
    site.flows = Array(flows.prefix(count))
    return site
  }

  private func table(_ conversations: [TestFlow], day: CivilDate, hasBytes: Bool) -> Table {
    let builder = TableBuilder(EventClass.flow.schema)
    let start = calendar.start(of: day)
    for field in builder.schema.fields where !TestSite.written.contains(field.name) {
      builder.appendNulls(conversations.count, to: field)
    }
    // Looked for once, which takes longer than appending a value.
    let time = builder.column(Event.time)
    let from = builder.column(Event.sourceAddress)
    let to = builder.column(Event.destinationAddress)
    let sourcePort = builder.column(Event.sourcePort)
    let port = builder.column(Event.destinationPort)
    let ianaNumber = builder.column(Event.ianaNumber)
    let duration = builder.column(Event.durationMicroseconds)
    let sent = builder.column(Event.sourceBytes)
    let received = builder.column(Event.destinationBytes)
    let state = builder.column(Event.connectionState)
    let source = builder.column(Event.source)
    let line = builder.column(Event.logLine)
    for one in conversations {
      time.append(start.advanced(byMicroseconds: Int64(one.second * 1_000_000)))
      from.append(Address(one.from))
      to.append(Address(one.to))
      sourcePort.append(50_000)
      port.append(one.port)
      ianaNumber.append(one.ianaNumber)
      duration.append(Int64(one.seconds * 1_000_000))
      sent.append(hasBytes ? (one.isFailed ? 60 : one.sent) : nil)
      received.append(hasBytes ? (one.isFailed ? 0 : one.received) : nil)
      state.append(one.isFailed ? "S0" : "SF")
      source.append(one.source)
      line.append(1)
    }
    return Table(schema: builder.schema, batches: [builder.finishBatch()])
  }

  private static let written: Set<String> = [
    Event.time.name, Event.sourceAddress.name, Event.destinationAddress.name,
    Event.sourcePort.name, Event.destinationPort.name, Event.ianaNumber.name,
    Event.durationMicroseconds.name, Event.sourceBytes.name, Event.destinationBytes.name,
    Event.connectionState.name, Event.source.name, Event.logLine.name,
  ]

  /// The state as of the day of that number, of the days before it.
  func state(asOf number: Int) throws -> SiteState {
    let day = TestSite.start.advanced(by: number)
    let fold = StateFold(asOf: day, calendar: calendar)
    let past = Array(tables[..<number])
    let today =
      number < tables.count
      ? tables[number] : DayTables(day: day, faults: []) { Table(schema: $0, batches: []) }
    let seen = try fold.seen(from: nil, summaries: past)
    let seenSink = TableSink()
    try seen.write(to: seenSink)
    var sinks = [StateTable.seen: seenSink]
    try fold.run(summaries: past.suffix(28), today: today, seen: seen) {
      let sink = TableSink()
      sinks[$0] = sink
      return sink
    }
    return try SiteState(asOf: day) {
      Table(schema: $0.schema, batches: sinks[$0]?.batches ?? [])
    }
  }

  func inputs(
    _ number: Int, models: ForestModels? = nil, indicators: IndicatorInputs? = nil
  ) throws -> ScoringInputs {
    try ScoringInputs(
      day: tables[number].day, calendar: calendar, tables: tables[number],
      state: state(asOf: number), models: models, indicators: indicators)
  }

  /// The votes on the last day.
  func votes(
    models: ForestModels? = nil, indicators: IndicatorInputs? = nil,
    settings: [String: [String: Double]]? = nil
  ) throws -> (votes: [ReadVote], coverage: [CoverageRow]) {
    let sink = TableSink()
    let coverage = try rawVotes(
      inputs(tables.count - 1, models: models, indicators: indicators),
      settings: settings ?? TestSettings.all(), to: sink)
    return (sink.batches.flatMap { ReadVote.read($0) }, coverage)
  }
}

extension TableBuilder {
  func appendNulls(_ count: Int, to field: Field) {
    func append<View: ColumnView>(_: View.Type) {
      let column = column(ColumnKey<View>(field.name))
      for _ in 0..<count { column.appendNull() }
    }
    switch field.type {
    case .uint8: append(Values<UInt8>.self)
    case .uint16: append(Values<UInt16>.self)
    case .uint32: append(Values<UInt32>.self)
    case .int64: append(Values<Int64>.self)
    case .float64: append(Values<Double>.self)
    case .address: append(Values<Address>.self)
    case .bool: append(Flags.self)
    case .timestamp: append(Values<Instant>.self)
    case .utf8: append(Strings.self)
    case .dictionaryOfStrings: append(Event.Text.self)
    default: preconditionFailure("no null of \(field)")
    }
  }
}

/// A row of `raw.arrow`.
struct ReadVote: Equatable {
  let entity: String
  let detector: String
  let score: Double
  let floor: Double
  let start: Instant
  let peer: String?
  let cause: String?
  let features: [String]
  let actuals: [Double?]
  let typicals: [Double?]

  static func read(_ batch: Batch) -> [ReadVote] {
    (0..<batch.rowCount).map { row in
      ReadVote(
        entity: batch[Vote.entity][row] ?? "", detector: batch[Vote.detector][row] ?? "",
        score: batch[Vote.rawScore].value(row), floor: batch[Vote.floor].value(row),
        start: batch[Vote.windowStart].value(row), peer: batch[Vote.peer][row],
        cause: batch[Vote.cause][row],
        features: Vote.features.compactMap { batch[$0][row] },
        actuals: Vote.actuals.map { batch[$0][row] },
        typicals: Vote.typicals.map { batch[$0][row] })
    }
  }
}
