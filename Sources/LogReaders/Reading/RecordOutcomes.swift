import Columnar

/// What became of the records of some tables that hold the same lines, each cut in another way,
/// after several formats were offered them in turn.
final class RecordOutcomes {
  /// Of each record: `.none` where a format took it, `.otherKind` where all left it out so far.
  private var reasons: [RejectReason] = []
  /// Of each record: which format gave the reason.
  private var givers: [UInt8] = []
  /// The place of the format that is offered records now.
  private var format = 0

  /// Begins anew, with records that nobody was offered yet.
  func begin(rowCount: Int) {
    reasons.removeAll(keepingCapacity: true)
    givers.removeAll(keepingCapacity: true)
    reasons.append(contentsOf: repeatElement(RejectReason(.otherKind), count: rowCount))
    givers.append(contentsOf: repeatElement(0, count: rowCount))
  }

  func offer(toFormat place: Int) { format = place }

  /// Whether an earlier format took a record: each becomes one row.
  @inline(__always) func isTaken(_ row: Int) -> Bool { reasons[row].kind == .none }

  /// Notes what the format that is offered records makes of a block of them. Where none takes a
  /// record, the first that finds a fault in it counts, then the first that leaves it out although
  /// it is of its kind.
  func note(_ block: RowBlock) {
    for index in 0..<block.count {
      let row = block.rows.lowerBound + index
      let weight = RecordOutcomes.weight(block.reasons[index].kind)
      guard weight > RecordOutcomes.weight(reasons[row].kind) else { continue }
      reasons[row] = block.reasons[index]
      givers[row] = UInt8(truncatingIfNeeded: format)
    }
  }

  @inline(__always) private static func weight(_ kind: RejectReason.Kind) -> Int {
    switch kind {
    case .otherKind: 0
    case .skipped: 1
    case .none: 3
    default: 2
    }
  }

  /// Counts the records that no format took, writes the rejects among them, and tallies the kinds
  /// of the others.
  func settle(
    _ lanes: [LineLane], _ rejects: RejectWriter, _ kinds: inout KindTally,
    counts: inout LineCounts
  ) throws {
    kinds.bind(lanes)
    for row in reasons.indices where reasons[row].kind != .none {
      let reason = reasons[row]
      if reason.kind.isLeftOut {
        counts.skippedRecords += 1
        kinds.add(row: row, leftOutBy: reason.kind == .skipped ? Int(givers[row]) : nil)
      } else {
        counts.rejects += 1
        try rejects.add(lanes[0].table, row: row, reason, format: Int(givers[row]))
      }
    }
  }
}
