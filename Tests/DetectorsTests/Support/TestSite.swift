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
    for one in conversations {
      let time = start.advanced(byMicroseconds: Int64(one.second * 1_000_000))
      for field in EventClass.flow.schema.fields where !TestSite.written.contains(field.name) {
        builder.appendNull(field.name)
      }
      builder.column(Event.time).append(time)
      builder.column(Event.sourceAddress).append(Address(one.from))
      builder.column(Event.destinationAddress).append(Address(one.to))
      builder.column(Event.sourcePort).append(50_000)
      builder.column(Event.destinationPort).append(one.port)
      builder.column(Event.ianaNumber).append(one.ianaNumber)
      builder.column(Event.durationMicroseconds).append(Int64(one.seconds * 1_000_000))
      builder.column(Event.sourceBytes).append(hasBytes ? (one.isFailed ? 60 : one.sent) : nil)
      builder.column(Event.destinationBytes).append(
        hasBytes ? (one.isFailed ? 0 : one.received) : nil)
      builder.column(Event.connectionState).append(one.isFailed ? "S0" : "SF")
      builder.column(Event.source).append(one.source)
      builder.column(Event.logLine).append(1)
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
    var sinks: [StateTable: TableSink] = [:]
    try fold.run(summaries: past.suffix(28), seen: fold.seen(from: nil, summaries: past)) {
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
  func appendNull(_ name: String) {
    guard let field = schema.fields.first(where: { $0.name == name }) else { return }
    switch field.type {
    case .uint8: column(ColumnKey<Values<UInt8>>(name)).appendNull()
    case .uint16: column(ColumnKey<Values<UInt16>>(name)).appendNull()
    case .uint32: column(ColumnKey<Values<UInt32>>(name)).appendNull()
    case .int64: column(ColumnKey<Values<Int64>>(name)).appendNull()
    case .float64: column(ColumnKey<Values<Double>>(name)).appendNull()
    case .address: column(ColumnKey<Values<Address>>(name)).appendNull()
    case .bool: column(ColumnKey<Flags>(name)).appendNull()
    case .timestamp: column(ColumnKey<Values<Instant>>(name)).appendNull()
    case .utf8: column(ColumnKey<Strings>(name)).appendNull()
    case .dictionaryOfStrings: column(ColumnKey<Event.Text>(name)).appendNull()
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
