import Columnar
import Events

/// Makes a day's table of one class of events from the ingested rows of all sources.
package struct DayNormalizer {
  package let eventClass: EventClass
  package let networks: SiteNetworks
  /// Where memory is emptied to when it runs short.
  package let scratchFolder: String
  let window: DayWindow
  var limits: Limits

  /// How much is kept in memory at a time; results do not depend on it.
  struct Limits {
    /// 128 bytes each.
    var rowsPerSlice = 65_536
    /// 72 bytes each.
    var waitingConversations = 262_144
    var cachedByteCount = 24 << 20

    init(sharedBy count: Int = 1) {
      rowsPerSlice /= count
      waitingConversations /= count
      cachedByteCount /= count
    }
  }

  /// - Parameters:
  ///   - scratchFolder: where memory is emptied to when it runs short.
  ///   - concurrentDays: how many days share the process's memory.
  package init(
    _ eventClass: EventClass, day: CivilDate, calendar: CivilCalendar, networks: SiteNetworks,
    scratchFolder: String, concurrentDays: Int = 1
  ) {
    limits = Limits(sharedBy: concurrentDays)
    self.eventClass = eventClass
    self.networks = networks
    self.scratchFolder = scratchFolder
    window = DayWindow(
      start: calendar.start(of: day).microseconds,
      end: calendar.start(of: day.advanced(by: 1)).microseconds)
  }

  /// The table's columns.
  package func schema(of inputs: [EventFile]) -> Schema { eventClass.daySchema(of: inputs) }

  /// Writes the day's rows in stored order, in batches of at most 65,536.
  ///
  /// - Parameter inputs: all files with rows of the day or of the margins at its edges, in any order.
  /// - Throws: what inputs, the sink and scratch files throw.
  package func normalize(_ inputs: [EventFile], to sink: any BatchSink) throws -> DaySummary {
    let files = InputFiles(inputs, cachedByteCount: limits.cachedByteCount)
    let margin = files.longestMargin
    let plan = try SlicePlan(
      files, range: (window.start - margin)..<(window.end + margin),
      rowLimit: limits.rowsPerSlice)
    var run = DayRun(self, files, plan, sink)
    return try run.normalize()
  }
}

/// The state of one day's work.
private struct DayRun {
  private static let closedLimit = 16_384

  let files: InputFiles
  let plan: SlicePlan
  let window: DayWindow
  let loader: RecordLoader
  let order: OutputOrder
  let writer: ConversationWriter
  var duplicates: DuplicateRule
  var pairer: Pairer
  var buckets: ConversationBuckets
  var clocks: ClockCheck
  var summary: DaySummary
  /// The first slice that isn't written yet.
  var nextSlice = 0

  init(
    _ normalizer: DayNormalizer, _ files: InputFiles, _ plan: SlicePlan, _ sink: any BatchSink
  ) {
    self.files = files
    self.plan = plan
    window = normalizer.window
    let eventClass = normalizer.eventClass
    loader = RecordLoader(files: files, window: window, eventClass: eventClass)
    order = OutputOrder(files: files)
    writer = ConversationWriter(
      files, eventClass: eventClass, schema: normalizer.schema(of: files.files),
      networks: normalizer.networks, to: sink)
    duplicates = DuplicateRule(files, identity: RowIdentity(files, eventClass: eventClass))
    pairer = Pairer(files, window: window)
    buckets = ConversationBuckets(
      sliceCount: plan.sliceCount, limitInMemory: normalizer.limits.waitingConversations,
      folder: normalizer.scratchFolder)
    clocks = ClockCheck(sources: eventClass == .flow ? files.sources : [])
    summary = DaySummary(sources: files.sources.map { .init(source: $0) })
  }

  mutating func normalize() throws -> DaySummary {
    var records: [FlowRecord] = []
    var sorted: [UInt64] = []
    for slice in 0..<plan.sliceCount {
      let range = plan.slice(slice)
      records.removeAll(keepingCapacity: true)
      try loader.load(range, into: &records)
      sorted.removeAll(keepingCapacity: true)
      for (index, record) in records.enumerated() {
        summary.sources[record.key.source].readCount += 1
        sorted.append(
          UInt64(record.start - range.lowerBound) << TimeOrder.indexBits | UInt64(index))
      }
      TimeOrder.sort(&sorted)
      try duplicates.settle(&sorted, of: records)
      try pair(records, in: sorted, slice: slice)
    }
    pairer.closeAll()
    try collectClosed(near: plan.sliceCount - 1)
    try writeSlices(before: Int64.max)
    try writer.finish()
    return finishedSummary()
  }

  private mutating func pair(_ records: [FlowRecord], in order: [UInt64], slice: Int) throws {
    for entry in order {
      pairer.add(records[Int(entry & (1 << TimeOrder.indexBits - 1))])
      if pairer.closed.count >= DayRun.closedLimit { try collectClosed(near: slice) }
    }
    let end = plan.slice(slice).upperBound
    let earliest = pairer.closeEnded(before: end)
    try collectClosed(near: slice)
    try writeSlices(before: min(earliest, end))
  }

  private mutating func collectClosed(near slice: Int) throws {
    for closed in pairer.takeClosed() {
      let (conversation, source) = (closed.conversation, closed.key.source)
      summary.sources[source].recordCount += Int(conversation.recordCount)
      summary.sources[source].conversationCount += 1
      if !conversation.marks.contains(.isDirectionKnown) { summary.unknownDirectionCount += 1 }
      clocks.note(closed.key, start: conversation.start)
      let home = plan.index(of: conversation.start, near: slice)
      try buckets.append(conversation, slice: home)
    }
  }

  /// Writes the slices that end no later than `time`: no conversation starts there any more.
  private mutating func writeSlices(before time: Int64) throws {
    while nextSlice < plan.sliceCount, plan.slice(nextSlice).upperBound <= time {
      var rows = try buckets.take(slice: nextSlice)
      if !rows.isEmpty {
        try order.sort(&rows, sliceStart: plan.slice(nextSlice).lowerBound)
        try writer.append(rows)
      }
      nextSlice += 1
    }
  }

  private func finishedSummary() -> DaySummary {
    var summary = summary
    for source in summary.sources.indices {
      summary.sources[source].duplicateCount = duplicates.droppedCounts[source]
      summary.sources[source].otherDayCount = pairer.otherDayCounts[source]
      let rows = summary.sources[source]
      precondition(
        rows.readCount == rows.recordCount + rows.duplicateCount + rows.otherDayCount,
        "rows of \(rows.source) lost or doubled: \(rows)")
    }
    summary.clockOffsets = clocks.offsets()
    return summary
  }
}
