import Columnar
import Events

/// What was seen on which of the last 90 days.
///
/// Entries stay where the table's batches are, a mapped file as a rule: a site that meets a quarter
/// of a million addresses a day has more of them than there is memory for.
package struct SeenTable: Sendable {
  package struct Entry: Hashable, Comparable, Sendable {
    package let kind: UInt8
    package let key: SeenKey
    package var days: DayBits

    package static func < (a: Entry, b: Entry) -> Bool {
      (a.kind, a.key) < (b.kind, b.key)
    }
  }

  /// Entries of one batch; an object, as it is handed on for each entry that is looked at.
  fileprivate final class Chunk: Sendable {
    let rows: Range<Int>
    let kinds: Values<UInt8>
    let keys: Values<UInt64>
    let low: Values<UInt64>
    /// Nil where it is 0 throughout, as in the first two months: that is stored packed, so that it
    /// would be in memory.
    let high: Values<UInt64>?

    init(_ batch: Batch, from first: Int) {
      rows = first..<first + batch.rowCount
      (kinds, keys, low) = (batch[Seen.kind], batch[Seen.key], batch[Seen.daysLow])
      let high = batch[Seen.daysHigh]
      self.high = (0..<high.count).allSatisfy { high.value($0) == 0 } ? nil : high
    }

    @inline(__always) func entry(_ index: Int) -> Entry {
      let row = index - rows.lowerBound
      return Entry(
        kind: kinds.value(row), key: SeenKey(number: keys.value(row)),
        days: DayBits(low: low.value(row), high: high?.value(row) ?? 0))
    }
  }

  /// Some of the entries, in order.
  package struct Entries: RandomAccessCollection, Sendable {
    fileprivate let table: SeenTable
    package let startIndex, endIndex: Int

    package subscript(index: Int) -> Entry { table.chunk(of: index).entry(index) }

    package func makeIterator() -> Iterator {
      Iterator(table: table, index: startIndex, endIndex: endIndex)
    }

    /// Walks from batch to batch.
    package struct Iterator: IteratorProtocol {
      fileprivate let table: SeenTable
      fileprivate var index: Int
      fileprivate let endIndex: Int
      private var chunk: Chunk?

      fileprivate init(table: SeenTable, index: Int, endIndex: Int) {
        (self.table, self.index, self.endIndex) = (table, index, endIndex)
      }

      package mutating func next() -> Entry? {
        guard index < endIndex else { return nil }
        if chunk?.rows.contains(index) != true { chunk = table.chunk(of: index) }
        defer { index += 1 }
        return chunk?.entry(index)
      }
    }
  }

  private var chunks: [Chunk] = []
  /// Where the entries of each kind and first bits of keys begin, by kind, then bits; the end last.
  /// Keys are hashes, so that few entries have the same.
  private var starts: [UInt32] = []
  private static let startBits = 12

  package init() {}

  /// - Parameter source: `seen.arrow`, by kind and key.
  package init(_ source: any BatchSource) throws {
    try source.forEachBatch { batch in
      guard batch.rowCount > 0 else { return }
      chunks.append(Chunk(batch, from: chunks.last?.rows.upperBound ?? 0))
    }
    for chunk in chunks {
      for index in chunk.rows {
        let row = index - chunk.rows.lowerBound
        let cell = SeenTable.cell(
          chunk.kinds.value(row), SeenKey(number: chunk.keys.value(row)))
        while starts.count <= cell { starts.append(UInt32(index)) }
      }
    }
    starts.append(UInt32(chunks.last?.rows.upperBound ?? 0))
  }

  /// All of them, by kind and key.
  package var entries: Entries {
    Entries(table: self, startIndex: 0, endIndex: chunks.last?.rows.upperBound ?? 0)
  }

  /// The batch that has an entry. All but the last have as many rows, as they were written.
  private func chunk(of index: Int) -> Chunk {
    var place = min(index / chunks[0].rows.count, chunks.count - 1)
    while index < chunks[place].rows.lowerBound { place -= 1 }
    while index >= chunks[place].rows.upperBound { place += 1 }
    return chunks[place]
  }

  private static func cell(_ kind: UInt8, _ key: SeenKey) -> Int {
    Int(kind) << startBits | Int(key.number >> UInt64(64 - startBits))
  }

  /// Writes the table of some days later, with what was seen on the day before that.
  /// - Parameter sorted: by kind and key, each once.
  package func write(
    later days: Int = 0, adding sorted: [(kind: UInt8, key: SeenKey)] = [], to sink: any BatchSink
  ) throws {
    let writer = RowWriter(Seen.schema, to: sink)
    let (kind, key) = (writer.table.column(Seen.kind), writer.table.column(Seen.key))
    let (low, high) = (writer.table.column(Seen.daysLow), writer.table.column(Seen.daysHigh))
    func append(_ entry: Entry) throws {
      kind.append(entry.kind)
      key.append(entry.key.number)
      low.append(entry.days.low)
      high.append(entry.days.high)
      try writer.endRow()
    }
    func appendNew(_ seen: (kind: UInt8, key: SeenKey)) throws {
      try append(Entry(kind: seen.kind, key: seen.key, days: .yesterday))
    }
    var next = 0
    for var entry in entries {
      while next < sorted.count, (sorted[next].kind, sorted[next].key) < (entry.kind, entry.key) {
        try appendNew(sorted[next])
        next += 1
      }
      entry.days = entry.days.shifted(by: days)
      if next < sorted.count, sorted[next].kind == entry.kind, sorted[next].key == entry.key {
        entry.days.formUnion(.yesterday)
        next += 1
      }
      if !entry.days.isEmpty { try append(entry) }
    }
    for seen in sorted[next...] { try appendNew(seen) }
    try writer.finish()
  }
}

extension SeenTable {
  /// The entries of one kind.
  package func entries(of kind: Seen.Kind) -> Entries {
    let cells = Int(kind.rawValue) << SeenTable.startBits
    return Entries(
      table: self, startIndex: start(cells), endIndex: start(cells + 1 << SeenTable.startBits))
  }

  /// Where the entries of a cell begin.
  private func start(_ cell: Int) -> Int {
    cell < starts.count ? Int(starts[cell]) : entries.endIndex
  }

  /// Where the entries of a kind from a key on begin.
  private func firstIndex(_ kind: Seen.Kind, from key: SeenKey) -> Int {
    let cell = SeenTable.cell(kind.rawValue, key)
    var (low, high) = (start(cell), start(cell + 1))
    while low < high {
      let middle = (low + high) / 2
      if chunk(of: middle).entry(middle).key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The entries of one subject, by host.
  package func entries(_ kind: Seen.Kind, subject: UInt64) -> Entries {
    let start = firstIndex(kind, from: SeenKey(subject: subject, host: 0))
    let last = SeenKey(subject: subject, host: .max)
    var end = firstIndex(kind, from: last)
    if end < entries.endIndex, entries[end].kind == kind.rawValue, entries[end].key == last {
      end += 1
    }
    return Entries(table: self, startIndex: start, endIndex: end)
  }

  /// On which days a host met a subject.
  package func days(_ kind: Seen.Kind, _ key: SeenKey) -> DayBits {
    let index = firstIndex(kind, from: key)
    guard index < entries.endIndex else { return DayBits() }
    let entry = entries[index]
    return entry.kind == kind.rawValue && entry.key == key ? entry.days : DayBits()
  }

  /// On which days any host met a subject, and how many hosts did within the last 28.
  package func site(_ kind: Seen.Kind, subject: UInt64) -> (days: DayBits, hostCount: Int) {
    entries(kind, subject: subject).reduce(into: (DayBits(), 0)) { sum, entry in
      sum.0.formUnion(entry.days)
      if entry.days.isSeen(within: 28) { sum.1 += 1 }
    }
  }

  /// The 24 bits of each host that met a subject within the last 28 days.
  package func hosts(_ kind: Seen.Kind, subject: UInt64) -> [UInt32] {
    entries(kind, subject: subject).compactMap { entry in
      entry.days.isSeen(within: 28) ? entry.key.host : nil
    }
  }
}
