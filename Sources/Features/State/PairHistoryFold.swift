import Columnar
import Events

/// Folds the pairs of the days before D to `pair_history.arrow`, its values, `edge_history.arrow`,
/// and per-host figures.
///
/// Histories are those of the pairs that D has, since no others are asked for: of some forty
/// thousand pairs that an office meets in four weeks a day has a few thousand.
final class PairHistoryFold {
  private let asOf: CivilDate
  private let days: [CivilDate]
  /// The instants at which the days start.
  private let dayStarts: [Instant]
  private let recentConversations: Int64
  private let pairs: PairHistoryWriter
  private var hosts: HostTrafficFold
  private var edges: EdgeHistoryFold
  /// Of the pair at hand.
  private var values: [ValueCount] = []

  /// - Parameter recentConversations: whose gaps and sizes are kept of a pair.
  init(
    asOf: CivilDate, days: [CivilDate], calendar: CivilCalendar, seen: SeenTable,
    pairSink: any BatchSink, valueSink: any BatchSink, edgeSink: any BatchSink,
    recentConversations: Int64 = PairHistoryValue.recentConversations
  ) {
    self.asOf = asOf
    self.recentConversations = recentConversations
    self.days = days
    dayStarts = days.map { calendar.start(of: $0) }
    pairs = PairHistoryWriter(pairSink, valueSink)
    hosts = HostTrafficFold(asOf: asOf, days: days, seen: seen)
    edges = EdgeHistoryFold(edgeSink)
  }

  /// By host.
  var traffic: [String: HostTraffic] { hosts.traffic }

  /// - Parameters:
  ///   - summaries: of the days before D, in ascending order.
  ///   - today: those of D, of which only the keys of pairs are read.
  func run(_ summaries: [DayTables], today: DayTables) throws {
    let asked = try PairCursor(pairs: today.pairs, values: today.pairValues, day: today.day)
    var merge = try PairMerge(summaries)
    while try merge.next() { try add(merge, asked: asked) }
    hosts.finish()
    try edges.finish()
    try pairs.finish()
  }

  /// Takes in the pair at which the days' cursors are.
  private func add(_ merge: PairMerge, asked: PairCursor) throws {
    var isRecent = false
    var isConversation = false
    for day in merge.days {
      guard let place = merge.cursors[day].place else { continue }
      let (pair, row) = (place.batch, place.row)
      if day == merge.days[0] {
        isConversation = place.order.kind == .conversation
        if isConversation { hosts.start(pair, row) }
      }
      if isConversation {
        hosts.add(pair, row, day: day)
        try edges.add(pair, row, daysBack: asOf.dayNumber - 1 - days[day].dayNumber)
      }
      isRecent =
        isRecent
        || asOf.dayNumber - days[day].dayNumber <= 3
          && (pair.conversations.value(row) >= 2 || pair.bytesSent.value(row) >= 1_000_000)
    }
    // Kept are pairs seen on at least 2 days, and those of the last 3 days that did more than a
    // glance.
    if merge.days.count >= 2 || isRecent, try asked.advance(to: merge.cursors[merge.days[0]]) {
      try write(merge)
    }
  }

  private func write(_ merge: PairMerge) throws {
    guard let last = merge.days.last, let place = merge.cursors[last].place else { return }
    let key = place.batch.key(place.row)
    let firstDetailed = firstDetailedDay(merge)
    values.removeAll(keepingCapacity: true)
    var total: PairRow?
    var seen: UInt32 = 0
    for day in merge.days {
      guard let place = merge.cursors[day].place else { continue }
      let row = place.batch.row(place.row, key: key)
      let daysBack = asOf.dayNumber - 1 - days[day].dayNumber
      seen |= 1 << UInt32(daysBack)
      let isDetailed = day >= firstDetailed
      if isDetailed, let before = total?.lastTime {
        let gap = row.firstTime.second - before.second
        if gap > 0 { values.append(ValueCount(.gapSeconds, gap, count: 1)) }
      }
      try addValues(
        of: row, merge.cursors[day], from: isDetailed ? .gapSeconds : .hourOfDay,
        dayStart: dayStarts[day], daysBack: daysBack)
      total = total.map { row.added(to: $0) } ?? row
    }
    ValueCount.merge(&values)
    if let total { try pairs.append(total, days: seen, values: values) }
  }

  /// The first day whose gaps and sizes are kept: the latest that, with those after it, has enough
  /// conversations. How regular a pair is shows in as many, and a busy one would have thousands.
  private func firstDetailedDay(_ merge: PairMerge) -> Int {
    var count: Int64 = 0
    for day in merge.days.reversed() {
      count += merge.cursors[day].conversations
      if count >= recentConversations { return day }
    }
    return 0
  }

  /// Adds a day's values from a measure on, with hours of the day as slots of six hours.
  private func addValues(
    of row: PairRow, _ cursor: PairCursor, from measure: PairValue.Measure, dayStart: Instant,
    daysBack: Int
  ) throws {
    let first = values.count
    try cursor.appendCurrentValues(from: measure, to: &values)
    if values.count == first {
      values += row.estimatedValues(dayStart: dayStart).filter { $0.measure >= measure.rawValue }
    }
    for index in first..<values.count
    where values[index].measure == PairValue.Measure.hourOfDay.rawValue {
      values[index].measure = PairHistoryValue.slot
      values[index].value = 4 * Int64(daysBack) + 3 - min(values[index].value / 6, 3)
    }
  }
}

extension PairRow {
  /// The figures of earlier days and of this one.
  fileprivate func added(to earlier: PairRow) -> PairRow {
    var total = self
    total.conversations += earlier.conversations
    total.failed += earlier.failed
    total.bytesSent += earlier.bytesSent
    total.bytesReceived += earlier.bytesReceived
    total.durationMicroseconds += earlier.durationMicroseconds
    total.longestMicroseconds = max(longestMicroseconds, earlier.longestMicroseconds)
    total.firstTime = min(firstTime, earlier.firstTime)
    total.lastTime = max(lastTime, earlier.lastTime)
    return total
  }
}

/// Writes `pair_history.arrow` and `pair_history_values.arrow`.
private final class PairHistoryWriter {
  private let pairs: RowWriter
  private let values: RowWriter
  private let pairRow: PairRowBuilder
  private let days: ValuesBuilder<UInt32>
  private let valueRow: PairValueBuilder
  private var pairCount: UInt32 = 0

  init(_ pairSink: any BatchSink, _ valueSink: any BatchSink) {
    pairs = RowWriter(PairHistory.schema, to: pairSink)
    values = RowWriter(PairHistoryValue.schema, to: valueSink)
    pairRow = PairRowBuilder(pairs.table)
    days = pairs.table.column(PairHistory.days)
    valueRow = PairValueBuilder(values.table)
  }

  func append(_ total: PairRow, days seen: UInt32, values merged: [ValueCount]) throws {
    pairRow.append(total)
    days.append(seen)
    try pairs.endRow()
    for value in merged {
      valueRow.append(value, pair: pairCount)
      try values.endRow()
    }
    pairCount += 1
  }

  func finish() throws {
    try pairs.finish()
    try values.finish()
  }
}
