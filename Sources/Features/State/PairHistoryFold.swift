import Columnar
import Events
import Glibc

/// What a host's pairs say of its days before D.
package struct HostTraffic {
  /// Bytes and seconds that count as one: less is about nothing.
  package static let uploadUnit = 1_000_000.0
  package static let connectedUnit = 600.0

  /// Day by day: most bytes that one young external destination got more than it gave, seconds of
  /// the longest connected one, and destinations that didn't answer.
  var uploads: [Double]
  var connected: [Double]
  var unanswered: [Double]
  var unansweredInWeek = 0
  /// Whether it originated anything, day by day.
  var isActive: [Bool]

  init(dayCount: Int) {
    uploads = .init(repeating: 0, count: dayCount)
    connected = uploads
    unanswered = uploads
    isActive = .init(repeating: false, count: dayCount)
  }
}

/// Folds the pairs of the days before D to `pair_history.arrow`, its values, and per-host figures.
final class PairHistoryFold {
  /// Destinations count as young for this many days after the first.
  static let youngDays = 7
  private let asOf: CivilDate
  private let calendar: CivilCalendar
  private let days: [CivilDate]
  private let seen: SeenTable
  private let pairs: PairHistoryWriter
  private(set) var traffic: [String: HostTraffic] = [:]
  private var destination = DestinationDays()

  init(
    asOf: CivilDate, days: [CivilDate], calendar: CivilCalendar, seen: SeenTable,
    pairSink: any BatchSink, valueSink: any BatchSink
  ) {
    self.asOf = asOf
    self.calendar = calendar
    self.days = days
    self.seen = seen
    pairs = PairHistoryWriter(pairSink, valueSink)
  }

  func run(_ summaries: [DayTables]) throws {
    var merge = try PairMerge(summaries)
    while let group = merge.next() {
      try add(group)
      try merge.advance(group)
    }
    endDestination()
    try pairs.finish()
  }

  /// Keeps pairs seen on at least 2 days, and those of the last 3 days that did more than a glance.
  private func add(_ group: PairGroup) throws {
    if group.key.kind == .conversation { addDestination(group) }
    let isRecurring = group.rows.count >= 2
    let isRecent = group.rows.contains {
      asOf.dayNumber - $0.day.dayNumber <= 3
        && ($0.row.conversations >= 2 || $0.row.bytesSent >= 1_000_000)
    }
    guard isRecurring || isRecent else { return }
    try pairs.append(group, values: group.values(asOf: asOf, calendar: calendar), asOf: asOf)
  }

  private func addDestination(_ group: PairGroup) {
    if group.key.originator != destination.originator
      || group.key.responder != destination.responder
    {
      endDestination()
      destination = DestinationDays(
        originator: group.key.originator, responder: group.key.responder, dayCount: days.count)
    }
    var index = 0
    for (day, row, _) in group.rows {
      while days[index] < day { index += 1 }
      destination.isExternal = row.isExternal
      destination.conversations[index] += row.conversations
      destination.failed[index] += row.failed
      destination.netBytes[index] += row.bytesSent - row.bytesReceived
      destination.microseconds[index] += row.durationMicroseconds
    }
  }

  private func endDestination() {
    guard let originator = destination.originator else { return }
    var host = traffic[originator.text] ?? HostTraffic(dayCount: days.count)
    traffic[originator.text] = nil
    let key = SeenKey(
      subject: keyHash(destination.responder.text), host: keyHash(originator.text))
    let firstDay = asOf.advanced(by: -(seen.days(.destination, key).age ?? 0))
    var sent: Int64 = 0
    var answered = false
    var wasThisWeek = false
    for (index, day) in days.enumerated() where destination.conversations[index] > 0 {
      host.isActive[index] = true
      sent += destination.netBytes[index]
      let isYoung = day.dayNumber - firstDay.dayNumber <= PairHistoryFold.youngDays
      if destination.isExternal && isYoung {
        host.uploads[index] = max(host.uploads[index], Double(sent))
        host.connected[index] = max(
          host.connected[index], Double(destination.microseconds[index]) / 1_000_000)
      }
      if destination.failed[index] == destination.conversations[index] {
        host.unanswered[index] += 1
      } else {
        answered = true
      }
      if asOf.dayNumber - day.dayNumber <= 7 { wasThisWeek = true }
    }
    if !answered && wasThisWeek { host.unansweredInWeek += 1 }
    traffic[originator.text] = host
  }
}

/// What one originator sent to one destination, day by day.
private struct DestinationDays {
  var originator: NamedEndpoint?
  var responder = NamedEndpoint("")
  var isExternal = false
  var conversations: [Int64] = []
  var failed: [Int64] = []
  var netBytes: [Int64] = []
  var microseconds: [Int64] = []

  init() {}

  init(originator: NamedEndpoint, responder: NamedEndpoint, dayCount: Int) {
    self.originator = originator
    self.responder = responder
    conversations = .init(repeating: 0, count: dayCount)
    failed = conversations
    netBytes = conversations
    microseconds = conversations
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

  func append(_ group: PairGroup, values merged: [ValueCount], asOf: CivilDate) throws {
    guard var total = group.rows.last?.row else { return }
    var seen: UInt32 = 0
    for (day, _, _) in group.rows { seen |= 1 << UInt32(asOf.dayNumber - 1 - day.dayNumber) }
    for (_, row, _) in group.rows.dropLast() {
      total.conversations += row.conversations
      total.failed += row.failed
      total.bytesSent += row.bytesSent
      total.bytesReceived += row.bytesReceived
      total.durationMicroseconds += row.durationMicroseconds
      total.longestMicroseconds = max(total.longestMicroseconds, row.longestMicroseconds)
      total.firstTime = min(total.firstTime, row.firstTime)
      total.lastTime = max(total.lastTime, row.lastTime)
    }
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

/// Appends the columns of `pairs.arrow`.
package struct PairRowBuilder {
  private let kind: CodedBuilder<Strings>
  private let originator: CodedBuilder<Strings>
  private let responder: StringsBuilder
  private let isExternal: FlagsBuilder
  private let port: ValuesBuilder<UInt16>
  private let ianaNumber: ValuesBuilder<UInt8>
  private let conversations, failed, bytesSent, bytesReceived: ValuesBuilder<Int64>
  private let duration, longest: ValuesBuilder<Int64>
  private let firstTime, lastTime: ValuesBuilder<Instant>

  package init(_ table: TableBuilder) {
    kind = table.column(Pair.kind)
    originator = table.column(Pair.originator)
    responder = table.column(Pair.responder)
    isExternal = table.column(Pair.isExternal)
    port = table.column(Pair.port)
    ianaNumber = table.column(Pair.ianaNumber)
    conversations = table.column(Pair.conversations)
    failed = table.column(Pair.failed)
    bytesSent = table.column(Pair.bytesSent)
    bytesReceived = table.column(Pair.bytesReceived)
    duration = table.column(Pair.durationMicroseconds)
    longest = table.column(Pair.longestMicroseconds)
    firstTime = table.column(Pair.firstTime)
    lastTime = table.column(Pair.lastTime)
  }

  package func append(_ row: PairRow) {
    kind.append(row.key.kind.rawValue)
    originator.append(row.key.originator.text)
    responder.append(row.key.responder.text)
    isExternal.append(row.isExternal)
    port.append(row.key.port)
    ianaNumber.append(row.key.ianaNumber)
    conversations.append(row.conversations)
    failed.append(row.failed)
    bytesSent.append(row.bytesSent)
    bytesReceived.append(row.bytesReceived)
    duration.append(row.durationMicroseconds)
    longest.append(row.longestMicroseconds)
    firstTime.append(row.firstTime)
    lastTime.append(row.lastTime)
  }
}

/// Appends the columns of `pair_values.arrow`.
package struct PairValueBuilder {
  private let pair: ValuesBuilder<UInt32>
  private let measure: ValuesBuilder<UInt8>
  private let value: ValuesBuilder<Int64>
  private let count: ValuesBuilder<UInt32>

  package init(_ table: TableBuilder) {
    pair = table.column(PairValue.pair)
    measure = table.column(PairValue.measure)
    value = table.column(PairValue.value)
    count = table.column(PairValue.count)
  }

  package func append(_ item: ValueCount, pair number: UInt32) {
    pair.append(number)
    measure.append(item.measure)
    value.append(item.value)
    count.append(item.count)
  }
}
