import Columnar
import Events

/// Turns records to rows of the event schema and to rejects.
final class RowBuilder {
  let schema: Schema
  private let converters: [any ColumnConverter]
  private let times: ColumnStorage<Instant>
  private let derivation: DurationDerivation?
  private let startDerivation: StartDerivation?
  private let conditions: [FieldCondition]
  private let skip: FieldCondition?
  private let unless: FieldCondition?
  private let timeReaders: TimeReaders
  private var binding: ColumnBinding
  private let reasons = UnsafeMutableBufferPointer<RejectReason>.allocate(
    capacity: maximumBatchRowCount)
  private let scratch = BlockScratch()
  private var rowCount = 0
  private let sink: any BatchSink
  private let rejects: RejectWriter
  private(set) var hours = HourCounts()
  let repairs: UTF8Repairs
  private let summed: [Int]
  private var sums: [String: Int64] = [:]

  init(_ plan: RowPlan, _ format: Format, sink: any BatchSink, rejects: RejectWriter) {
    schema = plan.schema
    converters = plan.converters
    times = plan.times
    derivation = plan.derivation
    startDerivation = plan.startDerivation
    repairs = plan.repairs
    conditions = Array(plan.conditions.values)
    skip = plan.conditions[format.skip.when]
    unless = plan.conditions[format.skip.unless]
    timeReaders = plan.timeReaders
    summed = Set(format.totals.values.flatMap(\.self)).compactMap { plan.schema.index(of: $0) }
    binding = ColumnBinding(
      names: format.inputColumns,
      positions: [Int?](repeating: nil, count: format.inputColumns.count))
    self.sink = sink
    self.rejects = rejects
  }

  deinit { reasons.deallocate() }

  /// Says which field of a record each column is.
  func bind(fieldNames: [String]) {
    binding.positions = binding.names.map { fieldNames.firstIndex(of: $0) }
  }

  /// Turns all records of a table to rows or rejects.
  ///
  /// - Parameter outcomes: where the records are offered to several formats: what became of each so
  ///   far. What this one makes of them is noted there; what is wrong with them is not written.
  func append(
    _ table: FieldTable, counts: inout LineCounts, outcomes: RecordOutcomes? = nil
  ) throws {
    guard table.rowCount > 0 else { return }
    for converter in converters { converter.bind(binding, table) }
    var start = 0
    while start < table.rowCount {
      let end = min(table.rowCount, start + maximumBatchRowCount - rowCount)
      try append(block(table, start..<end, outcomes), counts: &counts, outcomes)
      start = end
      if rowCount == maximumBatchRowCount { try flush() }
    }
  }

  /// Writes the rows gathered so far.
  func flush() throws {
    guard rowCount > 0 else { return }
    let columns = converters.map { $0.finish() }
    for column in summed { sums[schema.fields[column].name, default: 0] &+= columns[column].sum }
    let batch = Batch(schema: schema, rowCount: rowCount, columns: columns)
    rowCount = 0
    try sink.write(batch)
  }

  /// Sums of the columns that the format's footer states, over the rows flushed since the last
  /// call.
  func takeSums() -> [String: Int64] {
    defer { sums = [:] }
    return sums
  }

  private func block(
    _ table: FieldTable, _ rows: Range<Int>, _ outcomes: RecordOutcomes?
  ) -> RowBlock {
    for condition in conditions { condition.evaluate(binding, table, rows: rows) }
    if table.isRegular && skip == nil && unless == nil {
      UnsafeMutableBufferPointer(rebasing: reasons[..<rows.count]).update(repeating: .none)
      return RowBlock(table: table, rows: rows, reasons: reasons, scratch: scratch)
    }
    for index in 0..<rows.count {
      reasons[index] = table.isRegular ? .none : table.record(rows.lowerBound + index).reason
      guard reasons[index].kind == .none || reasons[index].kind.keepsFields else { continue }
      let row = rows.lowerBound + index
      if outcomes?.isTaken(row) == true {
        reasons[index] = RejectReason(.otherKind)
        continue
      }
      // A record of another kind may well have another number of fields; one that ends before the
      // column that tells its kind is cut.
      let isOther = unless.map {
        $0.outcome(row) == .differs || ($0.outcome(row) == .missing && reasons[index].kind == .none)
      }
      if isOther == true {
        reasons[index] = RejectReason(.otherKind)
      } else if skip?.holds(row) == true {
        reasons[index] = RejectReason(.skipped)
      }
    }
    return RowBlock(table: table, rows: rows, reasons: reasons, scratch: scratch)
  }

  private func append(
    _ block: RowBlock, counts: inout LineCounts, _ outcomes: RecordOutcomes?
  ) throws {
    if let outcomes, (0..<block.count).allSatisfy({ reasons[$0].kind.isLeftOut }) {
      return outcomes.note(block)
    }
    for converter in converters where !converter.isText { converter.convert(block, kept: nil) }
    try timeReaders.checkSettings()
    derivation?.derive(block)
    startDerivation?.derive(block)
    let kept = keptIndices(block)
    if let kept {
      for converter in converters where !converter.isText {
        converter.keep(kept, ofLast: block.count)
      }
    }
    for converter in converters where converter.isText { converter.convert(block, kept: kept) }
    let added = kept?.count ?? block.count
    times.withValues(rowCount..<rowCount + added) { hours.add($0) }
    rowCount += added
    counts.rows += added
    if let outcomes { return outcomes.note(block) }
    guard kept != nil else { return }
    for index in 0..<block.count where reasons[index].kind != .none {
      if reasons[index].kind.isLeftOut {
        counts.skippedRecords += 1
      } else {
        counts.rejects += 1
        try rejects.add(block.table, row: block.rows.lowerBound + index, reasons[index])
      }
    }
  }

  /// Positions in the block of the records that stay; nil where all do.
  private func keptIndices(_ block: RowBlock) -> [Int]? {
    guard (0..<block.count).contains(where: { reasons[$0].kind != .none }) else { return nil }
    return (0..<block.count).filter { reasons[$0].kind == .none }
  }
}

extension Column {
  /// Of an int64 column: nulls count as nothing, and a sum past the range wraps around.
  fileprivate var sum: Int64 {
    let values = Values<Int64>(self)
    // Zero stands in rows without a value.
    var sum: Int64 = 0
    for row in 0..<rowCount { sum &+= values.value(row) }
    return sum
  }
}

/// Rows by the clock hour of UTC in which they fall, and their first and last time.
package struct HourCounts: Sendable {
  private var counts: [Int64: Int] = [:]
  private var hour: Int64 = .min
  private var count = 0
  private var first = Int64.max
  private var last = Int64.min

  private static let hourLength: Int64 = 3_600_000_000

  mutating func add(_ times: UnsafeBufferPointer<Instant>) {
    var counts = self
    for time in times { counts.add(time) }
    self = counts
  }

  @inline(__always) mutating func add(_ time: Instant) {
    let hour = time.microseconds / HourCounts.hourLength
    if hour == self.hour {
      count &+= 1
    } else {
      change(to: hour)
    }
    let microseconds = time.microseconds
    if microseconds >= first && microseconds <= last { return }
    first = min(first, microseconds)
    last = max(last, microseconds)
  }

  private mutating func change(to hour: Int64) {
    if count > 0 { counts[self.hour, default: 0] += count }
    self.hour = hour
    count = 1
  }

  /// Nil where there are no rows.
  package var range: TimeRange? {
    first > last
      ? nil
      : TimeRange(first: Instant(microseconds: first), last: Instant(microseconds: last))
  }

  /// Hours with rows, in order of time.
  package var byHour: [(hour: Instant, rows: Int)] {
    var all = counts
    if count > 0 { all[hour, default: 0] += count }
    return all.keys.sorted().map {
      (Instant(microseconds: $0 * HourCounts.hourLength), all[$0] ?? 0)
    }
  }
}
