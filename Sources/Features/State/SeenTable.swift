import Columnar
import Events

/// What was seen on which of the last 90 days, in memory.
package struct SeenTable: Sendable {
  package struct Entry: Hashable, Comparable, Sendable {
    package let kind: UInt8
    package let key: SeenKey
    package var days: DayBits

    package static func < (a: Entry, b: Entry) -> Bool {
      (a.kind, a.key) < (b.kind, b.key)
    }
  }
  /// By kind and key.
  package private(set) var entries: [Entry] = []
  /// Where the entries of each kind and first bits of keys begin, by kind, then bits; the end last.
  /// Keys are hashes, so that few entries have the same.
  private var starts: [UInt32] = []
  private static let startBits = 12

  package init() {}

  package init(_ source: any BatchSource) throws {
    entries.reserveCapacity(source.rowCount)
    try source.forEachBatch { batch in
      let (kind, key) = (batch[Seen.kind], batch[Seen.key])
      let (low, high) = (batch[Seen.daysLow], batch[Seen.daysHigh])
      for row in 0..<batch.rowCount {
        entries.append(
          Entry(
            kind: kind.value(row), key: SeenKey(number: key.value(row)),
            days: DayBits(low: low.value(row), high: high.value(row))))
      }
    }
    indexEntries()
  }

  private mutating func indexEntries() {
    starts.removeAll(keepingCapacity: true)
    for (index, entry) in entries.enumerated() {
      let cell = SeenTable.cell(entry.kind, entry.key)
      while starts.count <= cell { starts.append(UInt32(index)) }
    }
    starts.append(UInt32(entries.count))
  }

  private static func cell(_ kind: UInt8, _ key: SeenKey) -> Int {
    Int(kind) << startBits | Int(key.number >> UInt64(64 - startBits))
  }

  /// Moves the state `days` days on and adds what was seen on the day before its new day.
  /// - Parameter sorted: by kind and key, each once.
  package mutating func advance(by days: Int, adding sorted: [(kind: UInt8, key: SeenKey)] = []) {
    var merged: [Entry] = []
    merged.reserveCapacity(entries.count + sorted.count)
    var next = 0
    for var entry in entries {
      while next < sorted.count, (sorted[next].kind, sorted[next].key) < (entry.kind, entry.key) {
        merged.append(Entry(kind: sorted[next].kind, key: sorted[next].key, days: .yesterday))
        next += 1
      }
      entry.days = entry.days.shifted(by: days)
      if next < sorted.count, sorted[next].kind == entry.kind, sorted[next].key == entry.key {
        entry.days.formUnion(.yesterday)
        next += 1
      }
      if !entry.days.isEmpty { merged.append(entry) }
    }
    for seen in sorted[next...] {
      merged.append(Entry(kind: seen.kind, key: seen.key, days: .yesterday))
    }
    entries = merged
    indexEntries()
  }

  package func write(to sink: any BatchSink) throws {
    let writer = RowWriter(Seen.schema, to: sink)
    let (kind, key) = (writer.table.column(Seen.kind), writer.table.column(Seen.key))
    let (low, high) = (writer.table.column(Seen.daysLow), writer.table.column(Seen.daysHigh))
    for entry in entries {
      kind.append(entry.kind)
      key.append(entry.key.number)
      low.append(entry.days.low)
      high.append(entry.days.high)
      try writer.endRow()
    }
    try writer.finish()
  }
}

extension SeenTable {
  /// The entries of one kind.
  package func entries(of kind: Seen.Kind) -> ArraySlice<Entry> {
    let cells = Int(kind.rawValue) << SeenTable.startBits
    return entries[start(cells)..<start(cells + 1 << SeenTable.startBits)]
  }

  /// Where the entries of a cell begin.
  private func start(_ cell: Int) -> Int {
    cell < starts.count ? Int(starts[cell]) : entries.count
  }

  /// Where the entries of a kind from a key on begin.
  private func firstIndex(_ kind: Seen.Kind, from key: SeenKey) -> Int {
    let cell = SeenTable.cell(kind.rawValue, key)
    var (low, high) = (start(cell), start(cell + 1))
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The entries of one subject, by host.
  package func entries(_ kind: Seen.Kind, subject: UInt64) -> ArraySlice<Entry> {
    let first = SeenKey(subject: subject, host: 0)
    return entries[firstIndex(kind, from: first)...].prefix {
      $0.kind == kind.rawValue && $0.key.subject == first.subject
    }
  }

  /// On which days a host met a subject.
  package func days(_ kind: Seen.Kind, _ key: SeenKey) -> DayBits {
    let index = firstIndex(kind, from: key)
    guard index < entries.count, entries[index].kind == kind.rawValue, entries[index].key == key
    else { return DayBits() }
    return entries[index].days
  }

  /// On which days any host met a subject, and how many hosts did within the last 28.
  package func site(_ kind: Seen.Kind, subject: UInt64) -> (days: DayBits, hostCount: Int) {
    let first = SeenKey(subject: subject, host: 0)
    var index = firstIndex(kind, from: first)
    var days = DayBits()
    var hostCount = 0
    while index < entries.count, entries[index].kind == kind.rawValue,
      entries[index].key.subject == first.subject
    {
      days.formUnion(entries[index].days)
      if entries[index].days.isSeen(within: 28) { hostCount += 1 }
      index += 1
    }
    return (days, hostCount)
  }

  /// The 24 bits of each host that met a subject within the last 28 days.
  package func hosts(_ kind: Seen.Kind, subject: UInt64) -> [UInt32] {
    let first = SeenKey(subject: subject, host: 0)
    var index = firstIndex(kind, from: first)
    var hosts: [UInt32] = []
    while index < entries.count, entries[index].kind == kind.rawValue,
      entries[index].key.subject == first.subject
    {
      if entries[index].days.isSeen(within: 28) { hosts.append(entries[index].key.host) }
      index += 1
    }
    return hosts
  }
}
