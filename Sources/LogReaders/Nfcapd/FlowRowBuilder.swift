import Columnar

/// Turns flows to rows of the event schema and to rejects.
final class FlowRowBuilder {
  private let plan: FlowPlan
  private let sink: any BatchSink
  private let rejects: RejectWriter
  private let reasons = UnsafeMutableBufferPointer<RejectReason>.allocate(
    capacity: FlowColumns.capacity)
  private var rowCount = 0
  private(set) var hours = HourCounts()

  init(_ plan: FlowPlan, sink: any BatchSink, rejects: RejectWriter) {
    self.plan = plan
    self.sink = sink
    self.rejects = rejects
  }

  deinit { reasons.deallocate() }

  /// Turns all flows of `columns` to rows or rejects, and empties them.
  ///
  /// - Parameters:
  ///   - bytes: of the block that the flows are from.
  ///   - offset: where a record lies in the file, given its start in the block.
  func take(
    _ columns: FlowColumns, from bytes: RecordBytes, offset: (Int) -> Int64,
    counts: inout LineCounts
  ) throws {
    var start = 0
    while start < columns.count {
      let end = min(columns.count, start + maximumBatchRowCount - rowCount)
      let block = FlowBlock(columns: columns, rows: start..<end, reasons: reasons)
      let kept = fill(block)
      counts.lines += block.count
      counts.rows += kept?.count ?? block.count
      if kept != nil {
        for index in 0..<block.count where reasons[index].kind != .none {
          if reasons[index].kind == .skipped {
            counts.skippedRecords += 1
          } else {
            let place = columns.place(start + index)
            counts.rejects += 1
            try rejects.add(
              bytes.part(place.range), line: place.ordinal,
              offset: offset(place.range.lowerBound), reasons[index])
          }
        }
      }
      start = end
      if rowCount == maximumBatchRowCount { try flush() }
    }
    columns.clear()
  }

  /// Writes the rows gathered so far.
  func flush() throws {
    guard rowCount > 0 else { return }
    let columns = plan.fillers.map { $0.finish() }
    try sink.write(Batch(schema: plan.schema, rowCount: rowCount, columns: columns))
    rowCount = 0
  }

  /// Appends the rows of a block; the positions of those that stay, nil where all do.
  private func fill(_ block: FlowBlock) -> [Int]? {
    for condition in plan.conditions { condition.evaluate(block.columns, block.rows) }
    for index in 0..<block.count {
      reasons[index] = plan.skip?.holds(index) == true ? RejectReason(.skipped) : .none
    }
    for filler in plan.fillers { filler.fill(block) }
    var kept: [Int]?
    if (0..<block.count).contains(where: { reasons[$0].kind != .none }) {
      let good = (0..<block.count).filter { reasons[$0].kind == .none }
      for filler in plan.fillers { filler.keep(good, ofLast: block.count) }
      kept = good
    }
    let added = kept?.count ?? block.count
    for row in rowCount..<rowCount + added { hours.add(plan.times.storage.value(row)) }
    rowCount += added
    return kept
  }
}

extension RejectWriter {
  /// Notes bytes that are not text: their first 512, in hexadecimal.
  func add(_ bytes: RecordBytes, line: Int64, offset: Int64, _ reason: RejectReason) throws {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.buffer.prefix(512).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    text.withUnsafeBytes { add($0, line: line, offset: offset, reason) }
    try flushIfFull()
  }
}
