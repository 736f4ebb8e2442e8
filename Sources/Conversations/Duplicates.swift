import Events

/// Puts rows of the same time in an order that their content alone decides, and leaves out what
/// overlapping files of one source hold twice.
///
/// Within a file rows are never dropped: of equal rows, as many stay as the file with most of them
/// has.
struct DuplicateRule {
  let identity: RowIdentity
  let files: InputFiles
  /// Rows dropped, by source.
  private(set) var droppedCounts: [Int]
  /// Rows kept that say the same as another one, by source: flows with the same time, five-tuple
  /// and counters, other rows with the same in all that was mapped.
  private(set) var repeatCounts: [Int]
  private let eventClass: EventClass
  private var members: [(hash: UInt64, index: UInt32)] = []

  init(_ files: InputFiles, eventClass: EventClass, identity: RowIdentity) {
    self.files = files
    self.eventClass = eventClass
    self.identity = identity
    droppedCounts = [Int](repeating: 0, count: files.sources.count)
    repeatCounts = droppedCounts
  }

  /// Rearranges `order`, which lists records sorted by time as `TimeOrder` does, and takes out
  /// duplicates.
  mutating func settle(_ order: inout [UInt64], of records: [FlowRecord]) throws {
    var kept = 0
    var from = 0
    while from < order.count {
      let offset = order[from] >> TimeOrder.indexBits
      var to = from + 1
      while to < order.count, order[to] >> TimeOrder.indexBits == offset { to += 1 }
      if to - from == 1 {
        order[kept] = order[from]
        kept += 1
      } else {
        members.removeAll(keepingCapacity: true)
        for entry in order[from..<to] {
          let index = UInt32(truncatingIfNeeded: entry & (1 << TimeOrder.indexBits - 1))
          members.append((records[Int(index)].hash, index))
        }
        try settleMembers(of: records)
        for member in members {
          order[kept] = offset << TimeOrder.indexBits | UInt64(member.index)
          kept += 1
        }
      }
      from = to
    }
    order.removeSubrange(kept...)
  }

  /// Sorts `members`, rows of one time, and takes out duplicates.
  private mutating func settleMembers(of records: [FlowRecord]) throws {
    members.sort { ($0.hash, $0.index) < ($1.hash, $1.index) }
    var from = 0
    var dropped = Set<UInt32>()
    while from < members.count {
      var to = from + 1
      while to < members.count, members[to].hash == members[from].hash { to += 1 }
      if to - from > 1 {
        try settleGroup(from..<to, of: records, dropped: &dropped)
        try countRepeats(from..<to, of: records, dropped: dropped)
      }
      from = to
    }
    if !dropped.isEmpty { members.removeAll { dropped.contains($0.index) } }
  }

  /// The same for rows whose five-tuple is the same too.
  private mutating func settleGroup(
    _ range: Range<Int>, of records: [FlowRecord], dropped: inout Set<UInt32>
  ) throws {
    let group = members[range].map { Int($0.index) }
    let fileOfFirst = files.file(ofBatch: Int(records[group[0]].place.batch))
    let hasSeveralFiles = group.contains {
      files.file(ofBatch: Int(records[$0].place.batch)) != fileOfFirst
    }
    guard hasSeveralFiles || group.contains(where: { records[$0].marks.contains(.isJoined) })
    else { return }
    var sorted = group.map { (index: $0, identity: UInt64(0)) }
    sorted.sort { FlowRecord.order(records[$0.index], records[$1.index]) < 0 }
    let hasTies = zip(sorted, sorted.dropFirst()).contains {
      FlowRecord.order(records[$0.index], records[$1.index]) == 0
    }
    if hasSeveralFiles || hasTies {
      for place in sorted.indices {
        sorted[place].identity = try identity.hash(records[sorted[place].index].place)
      }
      sorted.sort {
        let order = FlowRecord.order(records[$0.index], records[$1.index])
        if order != 0 { return order < 0 }
        return ($0.identity, $0.index) < ($1.identity, $1.index)
      }
    }
    for (place, entry) in zip(range, sorted) { members[place].index = UInt32(entry.index) }
    if hasSeveralFiles { dropRepeats(sorted, of: records, dropped: &dropped) }
  }

  /// Counts the rows of such a group, of one source, that are there again, once for each however
  /// often: what is exported twice repeats every row, a flood of equal packets only its own.
  private mutating func countRepeats(
    _ range: Range<Int>, of records: [FlowRecord], dropped: Set<UInt32>
  ) throws {
    let kept = members[range].filter { !dropped.contains($0.index) }.map { Int($0.index) }
    guard kept.count > 1 else { return }
    let count: Int
    if eventClass == .flow {
      let sorted = kept.sorted { FlowRecord.order(records[$0], records[$1]) < 0 }
      count = DuplicateRule.repeatedCount(sorted) {
        FlowRecord.order(records[$0], records[$1]) == 0
      }
    } else {
      let sorted = try kept.map { try identity.hash(records[$0].place) }.sorted()
      count = DuplicateRule.repeatedCount(sorted, by: ==)
    }
    repeatCounts[records[kept[0]].key.source] += count
  }

  /// How many elements of a sorted list come more than once, each counted once.
  private static func repeatedCount<Element>(
    _ sorted: [Element], by isEqual: (Element, Element) -> Bool
  ) -> Int {
    sorted.indices.count { index in
      let isSecond = index > 0 && isEqual(sorted[index - 1], sorted[index])
      return isSecond && (index < 2 || !isEqual(sorted[index - 2], sorted[index]))
    }
  }

  /// Keeps the rows of the file that has most of them, the first such file in order.
  private mutating func dropRepeats(
    _ group: [(index: Int, identity: UInt64)], of records: [FlowRecord],
    dropped: inout Set<UInt32>
  ) {
    // Records are loaded file by file, so equal rows of one file stand together.
    let rows = group.sorted { ($0.identity, $0.index) < ($1.identity, $1.index) }
    var from = 0
    while from < rows.count {
      let key = records[rows[from].index].key
      var counts: [(file: Int, count: Int)] = []
      var to = from
      while to < rows.count, rows[to].identity == rows[from].identity,
        records[rows[to].index].key == key
      {
        let file = files.file(ofBatch: Int(records[rows[to].index].place.batch))
        if counts.last?.file == file {
          counts[counts.count - 1].count += 1
        } else {
          counts.append((file, 1))
        }
        to += 1
      }
      var best = counts[0]
      for entry in counts where entry.count > best.count { best = entry }
      if counts.count > 1 {
        for row in rows[from..<to]
        where files.file(ofBatch: Int(records[row.index].place.batch)) != best.file {
          dropped.insert(UInt32(row.index))
          droppedCounts[key.source] += 1
        }
      }
      from = to
    }
  }
}

extension FlowRecord {
  /// Negative, zero or positive as `a` comes before, with or after `b` of the same time.
  static func order(_ a: FlowRecord, _ b: FlowRecord) -> Int {
    if a.key != b.key { return ConversationKey.isLess(a.key, b.key) ? -1 : 1 }
    let left = (a.side, a.end, a.senderBytes, a.senderPackets, a.receiverBytes)
    let right = (b.side, b.end, b.senderBytes, b.senderPackets, b.receiverBytes)
    if left != right { return left < right ? -1 : 1 }
    let more = (a.receiverPackets, a.networkBytes, a.marks.rawValue, a.tcpFlags)
    let others = (b.receiverPackets, b.networkBytes, b.marks.rawValue, b.tcpFlags)
    return more == others ? 0 : more < others ? -1 : 1
  }
}
