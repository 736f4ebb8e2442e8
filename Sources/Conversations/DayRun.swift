import Columnar
import Events

/// One day's work.
struct DayRun {
  private static let closedLimit = 16_384
  /// In every zone hours begin on a quarter.
  private static let quarterHour: Int64 = 900_000_000

  let files: InputFiles
  let plan: SlicePlan
  let window: DayWindow
  let loader: RecordLoader
  let writer: ConversationWriter
  var duplicates: DuplicateRule
  var pairer: Pairer
  var buckets: ConversationBuckets
  var clocks: ClockCheck
  var observers: ObserverRule
  var summary: DaySummary
  /// What is left to do: parts of the five-tuples for which memory did not suffice.
  var shares: [Share] = [Share()]
  let openLimit: Int
  /// Room for so many closed conversations is kept for the next slice's; more is given back.
  private let mostClosedKept: Int
  let scratch: ScratchFile
  /// The first slice that isn't written yet.
  var nextSlice = 0
  // Kept from slice to slice for their room.
  private var times = TimeOrder()
  private var order = OutputOrder()
  private var rows: [Conversation] = []

  init(
    _ normalizer: DayNormalizer, _ files: InputFiles, _ plan: SlicePlan, _ sink: any BatchSink
  ) {
    self.files = files
    self.plan = plan
    window = normalizer.window
    let eventClass = normalizer.eventClass
    loader = RecordLoader(files: files, window: window, eventClass: eventClass)
    writer = ConversationWriter(
      files, eventClass: eventClass, schema: normalizer.schema(of: files.files),
      networks: normalizer.networks, to: sink)
    duplicates = DuplicateRule(
      files, eventClass: eventClass, identity: RowIdentity(files, eventClass: eventClass))
    pairer = Pairer(files, window: window)
    scratch = ScratchFile(folder: normalizer.scratchFolder)
    openLimit = normalizer.limits.openConversations
    mostClosedKept = 2 * normalizer.limits.rowsPerSlice
    buckets = ConversationBuckets(
      cellCount: plan.cellCount, limitInMemory: normalizer.limits.waitingConversations,
      scratch: scratch)
    clocks = ClockCheck(sources: eventClass == .flow ? files.sources : [])
    observers = ObserverRule(files)
    summary = DaySummary(sources: files.sources.map { .init(source: $0) })
  }

  mutating func normalize() throws -> DaySummary {
    while let share = shares.popLast() { try work(on: share) }
    try writeSlices(before: Int64.max)
    try writer.finish()
    return finishedSummary()
  }

  /// Goes through the slices with the rows of one share, or with half of them and so on when too
  /// many conversations are open at once or too many rows have one time; the other halves wait.
  private mutating func work(on whole: Share) throws {
    var share = whole
    var records: [FlowRecord] = []
    var sorted: [UInt64] = []
    if let open = share.open { pairer.resume(try scratch.read(open, as: OpenConversation.self)) }
    for slice in share.firstSlice..<plan.sliceCount {
      while share.bitCount < plan.hashBits[slice], try halve(&share, from: slice) {}
      let range = plan.slice(slice)
      records.removeAll(keepingCapacity: true)
      try loader.load(range, of: share, into: &records)
      sorted.removeAll(keepingCapacity: true)
      for (index, record) in records.enumerated() {
        summary.sources[record.key.source].readCount += 1
        sorted.append(
          UInt64(record.start - range.lowerBound) << TimeOrder.indexBits | UInt64(index))
      }
      times.sort(&sorted)
      try duplicates.settle(&sorted, of: records)
      try pair(records, in: sorted, slice: slice)
      while pairer.open.count > openLimit, try halve(&share, from: slice + 1) {}
    }
    pairer.closeAll()
    try collectClosed(near: plan.sliceCount - 1)
  }

  /// Lets the upper half of a share wait, with its open conversations; false where it can't be
  /// halved.
  private mutating func halve(_ share: inout Share, from slice: Int) throws -> Bool {
    guard let half = share.split() else { return false }
    let open = try scratch.append(pairer.setAside { half.contains($0.hash) })
    shares.append(half.waiting(from: slice, open))
    return true
  }

  private mutating func pair(_ records: [FlowRecord], in order: [UInt64], slice: Int) throws {
    for entry in order {
      pairer.add(records[Int(entry & (1 << TimeOrder.indexBits - 1))])
      if pairer.closed.count >= DayRun.closedLimit { try collectClosed(near: slice) }
    }
    let end = plan.slice(slice).upperBound
    let earliest = pairer.closeEnded(before: end)
    try collectClosed(near: slice)
    // Shares that wait may still have conversations in any slice that isn't written.
    if shares.isEmpty { try writeSlices(before: min(earliest, end)) }
  }

  private mutating func collectClosed(near slice: Int) throws {
    for closed in pairer.closed {
      let (conversation, source) = (closed.conversation, closed.key.source)
      summary.sources[source].recordCount += Int(conversation.recordCount)
      summary.sources[source].conversationCount += 1
      if !conversation.marks.contains(.isDirectionKnown) { summary.unknownDirectionCount += 1 }
      clocks.note(closed.key, start: conversation.start)
      let home = plan.index(of: conversation.start, near: slice)
      try buckets.append(conversation, cell: plan.cell(of: conversation.tuple, slice: home))
    }
    pairer.forgetClosed(mostKept: mostClosedKept)
  }

  /// Writes the slices that end no later than `time`: no conversation starts there any more.
  private mutating func writeSlices(before time: Int64) throws {
    while nextSlice < plan.sliceCount, plan.slice(nextSlice).upperBound <= time {
      for cell in plan.cells(of: nextSlice) {
        rows.removeAll(keepingCapacity: true)
        try buckets.take(cell: cell, into: &rows)
        guard !rows.isEmpty else { continue }
        order.sort(&rows, sliceStart: plan.slice(nextSlice).lowerBound)
        for conversation in observers.settle(&rows) { leaveOut(conversation) }
        try writer.append(rows)
      }
      nextSlice += 1
    }
  }

  /// Counts a conversation that another observer shows.
  private mutating func leaveOut(_ conversation: Conversation) {
    let source = files.sourceOfFile[files.file(ofBatch: Int(conversation.first.batch))]
    summary.sources[source].recordCount -= Int(conversation.recordCount)
    summary.sources[source].elsewhereCount += Int(conversation.recordCount)
    let quarter = Instant(
      microseconds: conversation.start.flooredQuotient(by: DayRun.quarterHour) * DayRun.quarterHour)
    summary.sources[source].elsewhereConversations[quarter, default: 0] += 1
    summary.sources[source].conversationCount -= 1
    if !conversation.marks.contains(.isDirectionKnown) { summary.unknownDirectionCount -= 1 }
  }

  private func finishedSummary() -> DaySummary {
    var summary = summary
    for source in summary.sources.indices {
      summary.sources[source].duplicateCount = duplicates.droppedCounts[source]
      summary.sources[source].repeatCount = duplicates.repeatCounts[source]
      summary.sources[source].otherDayCount = pairer.otherDayCounts[source]
      let rows = summary.sources[source]
      precondition(
        rows.readCount
          == rows.recordCount + rows.duplicateCount + rows.otherDayCount + rows.elsewhereCount,
        "rows of \(rows.source) lost or doubled: \(rows)")
    }
    precondition(
      summary.readCount == plan.rowCount,
      "counted \(plan.rowCount) rows, read \(summary.readCount)")
    summary.clockOffsets = clocks.offsets()
    return summary
  }
}
