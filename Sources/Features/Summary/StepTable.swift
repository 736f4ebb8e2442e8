import Columnar
import Events

/// Gathers `steps.arrow`: what hosts did and suffered, in the order of time over all classes.
struct StepTable: ~Copyable {
  private struct Entry: RangedEntry {
    var grams = StepCounts()
    /// Kinds of the slice at hand that are not in `grams` yet, a bit each.
    var pending: UInt64 = 0
    var slice: UInt32 = 0
    /// The last two steps.
    var before: UInt32 = 0
    /// Whether there is such a host, as far as is known.
    var exists = false

    func release(to pool: inout BlockPool) { grams.release(to: &pool) }

    @inline(__always)
    mutating func add(_ kind: StepKind, slice now: UInt32, in pool: inout BlockPool) {
      if now != slice || pending == 0 {
        finishSlice(in: &pool)
        if Int64(now) - Int64(slice) > StepTable.pauseSlices { before = 0 }
        slice = now
      }
      pending |= 1 << UInt64(kind.code)
    }

    mutating func finishSlice(in pool: inout BlockPool) {
      while pending != 0 {
        let code = UInt32(pending.trailingZeroBitCount)
        pending &= pending - 1
        guard code != before & 63 else { continue }
        let gram = before << 6 | code
        grams.add(gram, slice: slice, in: &pool)
        before = gram & 0xFFF
      }
    }
  }

  private static let pauseSlices = Step.pauseSeconds / Step.sliceSeconds
  private var table: RangedTable<Endpoint, Entry>

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.hostCount, byteLimit: limits.stepByteCount)
  }

  var isDone: Bool { table.isDone }

  /// Takes a class's rows before an instant, all of which are in one slice.
  mutating func add<Columns: StepColumns>(
    _ cursor: inout ClassCursor<Columns>?, before end: Instant, slice: UInt32
  ) throws {
    while let part = try cursor?.next(before: end) {
      part.columns.addSteps(part.rows, slice: slice, to: &self)
    }
  }

  /// - Parameter isProof: whether it shows that the host exists.
  @inline(__always) mutating func add(
    _ kind: StepKind?, to host: Endpoint, slice: UInt32, isProof: Bool = true
  ) {
    guard let kind, host.isSiteHost, let slot = table.slot(for: host) else {
      return
    }
    let entry = table.entries + slot
    entry.pointee.add(kind, slice: slice, in: &table.pool)
    if isProof { entry.pointee.exists = true }
  }

  /// Whether this scan may take steps of either.
  @inline(__always) func mayTake(_ a: Endpoint, _ b: Endpoint) -> Bool {
    (a.isSiteHost && table.mayTake(a) { $0 })
      || (b.isSiteHost && table.mayTake(b) { $0 })
  }

  /// Writes the rows of this scan's hosts.
  /// - Parameter start: of the first slice.
  mutating func finishScan(start: Instant, to writer: TableWriter) throws {
    var host = HostColumn(writer.column(Step.host))
    let (gram, count) = (writer.column(Step.gram), writer.column(Step.count))
    let firstTime = writer.column(Step.firstTime)
    for slot in table.sortedSlots() where table.entries[slot].exists {
      let entry = table.entries + slot
      entry.pointee.finishSlice(in: &table.pool)
      for item in entry.pointee.grams.sorted {
        host.append(table.key(slot))
        gram.append(item.gram)
        count.append(item.count)
        firstTime.append(
          start.advanced(
            byMicroseconds: Int64(item.firstSlice) * Step.sliceSeconds * 1_000_000))
        try writer.endRow()
      }
    }
    table.finishScan()
  }
}
