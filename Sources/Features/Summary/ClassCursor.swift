import Columnar
import Events

/// What reading a row needs to know beyond its batch.
struct ReadingContext: Sendable {
  let masks: SiteMasks
  let answeringSources: AnsweringSources
  /// Nil on a day whose hosts can all be told apart.
  let crowd: Crowd?

  /// - Parameter flows: the day's conversations.
  init(_ flows: (any BatchSource)?, networks: SiteNetworks) throws {
    masks = SiteMasks(networks)
    answeringSources = try flows.map { try AnsweringSources($0) } ?? AnsweringSources()
    crowd = try flows.flatMap { [masks] in try Crowd($0, masks: masks) }
  }
}

/// The columns of a batch of one class of events.
protocol ClassColumns: AnyObject {
  init(_ batch: Batch, context: ReadingContext)
  var times: Values<Instant> { get }
}

/// Walks through one class's table of a day in the order of time.
struct ClassCursor<Columns: ClassColumns> {
  /// Rows of one batch that lie before an instant.
  struct Part {
    let batch: Batch
    let columns: Columns
    let rows: Range<Int>
  }

  private let source: any BatchSource
  private let eventClass: EventClass
  private let context: ReadingContext
  private var current: (batch: Batch, columns: Columns)?
  private var nextBatch = 0
  private var row = 0
  private var last: Instant

  /// - Parameter start: the day's first instant; earlier rows are an error.
  init(
    _ source: any BatchSource, eventClass: EventClass, from start: Instant, context: ReadingContext
  ) {
    self.source = source
    self.eventClass = eventClass
    self.context = context
    last = start
  }

  /// The next rows that start before `end`; nil where there are none.
  ///
  /// - Throws: `DaySummary.Failure` where rows are not in the order of time.
  mutating func next(before end: Instant) throws -> Part? {
    while current.map({ row == $0.batch.rowCount }) ?? true {
      guard nextBatch < source.batchCount else { return nil }
      let batch = try source.batch(nextBatch)
      let columns = Columns(batch, context: context)
      try checkOrder(columns.times)
      current = (batch, columns)
      nextBatch += 1
      row = 0
    }
    guard let current else { return nil }
    let times = current.columns.times
    var (low, high) = (row, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times.value(middle) < end { low = middle + 1 } else { high = middle }
    }
    guard low > row else { return nil }
    defer { row = low }
    return Part(batch: current.batch, columns: current.columns, rows: row..<low)
  }

  /// Throws where a row of the day's table lies after the day.
  mutating func expectEnd(of day: CivilDate) throws {
    guard let part = try next(before: Instant(microseconds: .max)) else { return }
    throw DaySummary.Failure.outsideDay(
      eventClass, day: day, found: part.columns.times.value(part.rows.lowerBound))
  }

  private mutating func checkOrder(_ times: Values<Instant>) throws {
    for row in 0..<times.count {
      let time = times.value(row)
      if time < last {
        throw DaySummary.Failure.unordered(
          eventClass, batch: nextBatch, row: row, previous: last, found: time)
      }
      last = time
    }
  }
}
