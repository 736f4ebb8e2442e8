import Columnar
import Events

/// Gathers `pairs.arrow`, `pair_values.arrow` and `edges.arrow`.
struct PairTable: ~Copyable {
  /// What is counted on a pair, in the order of the names.
  enum Kind: UInt8, BitwiseCopyable {
    case conversation, dns, http

    init(_ kind: PairKind) {
      switch kind {
      case .conversation: self = .conversation
      case .dns: self = .dns
      case .http: self = .http
      }
    }

    var name: String {
      switch self {
      case .conversation: "conversation"
      case .dns: "dns"
      case .http: "http"
      }
    }
  }

  struct Key: RangedKey {
    var originator: Endpoint
    let kind: Kind
    let ianaNumber: UInt8
    let port: UInt16
    var responder: Endpoint

    init(
      _ kind: Kind, from originator: Endpoint, to responder: Endpoint, port: UInt16,
      ianaNumber: UInt8
    ) {
      self.kind = kind
      self.originator = originator
      self.responder = responder
      self.port = port
      self.ianaNumber = ianaNumber
    }

    @inline(__always) private var rest: UInt64 {
      UInt64(kind.rawValue) << 24 | UInt64(ianaNumber) << 16 | UInt64(port)
    }

    @inline(__always) var hash: UInt64 {
      mix(originator.element &* 0x9E37_79B9_7F4A_7C15 ^ responder.element ^ rest)
    }

    @inline(__always) static func == (a: Key, b: Key) -> Bool {
      a.rest == b.rest && a.responder == b.responder && a.originator == b.originator
    }

    static func < (a: Key, b: Key) -> Bool {
      if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
      if a.originator != b.originator { return a.originator < b.originator }
      if a.responder != b.responder { return a.responder < b.responder }
      return (a.port, a.ianaNumber) < (b.port, b.ianaNumber)
    }

    mutating func adopt(in pool: inout BlockPool) {
      originator.adopt(in: &pool)
      responder.adopt(in: &pool)
    }

    func release(to pool: inout BlockPool) {
      originator.release(to: &pool)
      responder.release(to: &pool)
    }
  }

  /// The most significant part of a key.
  private struct KeyStart: Comparable {
    let kind: Kind
    let originator: Endpoint

    @inline(__always) static func < (a: KeyStart, b: KeyStart) -> Bool {
      a.kind == b.kind ? a.originator < b.originator : a.kind.rawValue < b.kind.rawValue
    }
  }

  /// What one row adds to its pair.
  struct Row {
    let time: Instant
    /// Index of the hour within the day.
    let hour: Int
    let isFailed: Bool
    let isExternal: Bool
    /// Nil where not stated.
    let bytesSent: Int64?
    let bytesReceived: Int64
    let durationMicroseconds: Int64
  }

  private struct Entry: RangedEntry {
    var conversations: UInt32 = 0
    var failed: UInt32 = 0
    var bytesSent: Int64 = 0
    var bytesReceived: Int64 = 0
    var durationMicroseconds: Int64 = 0
    var longestMicroseconds: Int64 = 0
    var firstTime = Instant(microseconds: .max)
    var lastTime = Instant(microseconds: .min)
    /// Empty until the second conversation, as most pairs have only one.
    var values = ValueCounts()
    /// The hour of the last conversation, and how many it has so far, which `values` lack.
    var hour: UInt8 = 0
    var hourCount: UInt32 = 0
    /// Of the first conversation.
    var firstStatesBytes = false
    var isExternal = false

    func release(to pool: inout BlockPool) { values.release(to: &pool) }

    /// Takes in the values of a conversation that is not the first.
    mutating func addValues(of row: Row, in pool: inout BlockPool) {
      if conversations == 1, firstStatesBytes {
        values.add(bytesSent, to: .bytesSent, in: &pool)
      }
      let gap = row.time.second - lastTime.second
      if gap > 0 { values.add(gap, to: .gapSeconds, in: &pool) }
      if let bytes = row.bytesSent { values.add(bytes, to: .bytesSent, in: &pool) }
      if row.hour != hour { endHour(in: &pool) }
    }

    mutating func endHour(in pool: inout BlockPool) {
      values.add(Int64(hour), to: .hourOfDay, times: hourCount, in: &pool)
      hourCount = 0
    }
  }

  private var table: RangedTable<Key, Entry>
  private var writtenPairs: UInt32 = 0

  init(limits: DaySummary.Limits) {
    table = RangedTable(slotLimit: limits.pairCount, byteLimit: limits.pairByteCount)
  }

  var isDone: Bool { table.isDone }
  /// Share of the scan's rows that came so far.
  var progress: Double {
    get { table.progress }
    set { table.progress = newValue }
  }

  /// Whether this scan may count rows of this originator.
  @inline(__always) func mayTake(_ kind: Kind, from originator: Endpoint) -> Bool {
    originator.isSiteHost
      && table.mayTake(KeyStart(kind: kind, originator: originator)) {
        KeyStart(kind: $0.kind, originator: $0.originator)
      }
  }

  /// Counts a conversation of a host of the site.
  @inline(__always) mutating func add(_ c: Conversation, hour: Int) {
    guard c.originator.isSiteHost, c.responder.kind != .unknown else { return }
    let key = Key(
      .conversation, from: c.originator, to: c.responder, port: c.port ?? 0,
      ianaNumber: c.ianaNumber)
    add(
      Row(
        time: c.time, hour: hour, isFailed: c.isFailed, isExternal: c.responder.kind == .outside,
        bytesSent: c.bytesSent, bytesReceived: c.bytesReceived,
        durationMicroseconds: c.durationMicroseconds),
      to: key)
  }

  /// - Precondition: rows of a key come in the order of time.
  @inline(__always) mutating func add(_ row: Row, to key: Key) {
    guard let slot = table.slot(for: key) else { return }
    let entry = table.entries + slot
    if entry.pointee.conversations == 0 {
      entry.pointee.firstStatesBytes = row.bytesSent != nil
    } else {
      entry.pointee.addValues(of: row, in: &table.pool)
    }
    entry.pointee.hour = UInt8(row.hour)
    entry.pointee.hourCount += 1
    entry.pointee.bytesSent = entry.pointee.bytesSent.addingClamped(row.bytesSent ?? 0)
    entry.pointee.conversations += 1
    entry.pointee.failed += row.isFailed ? 1 : 0
    entry.pointee.bytesReceived = entry.pointee.bytesReceived.addingClamped(row.bytesReceived)
    entry.pointee.durationMicroseconds = entry.pointee.durationMicroseconds.addingClamped(
      row.durationMicroseconds)
    entry.pointee.longestMicroseconds = max(
      entry.pointee.longestMicroseconds, row.durationMicroseconds)
    entry.pointee.firstTime = min(entry.pointee.firstTime, row.time)
    entry.pointee.lastTime = max(entry.pointee.lastTime, row.time)
    if row.isExternal { entry.pointee.isExternal = true }
  }

  /// Writes the rows of this scan's pairs, with their values and edges.
  mutating func finishScan(
    pairs: TableWriter, values: TableWriter, edges: TableWriter
  ) throws {
    let pairColumns = PairColumns(pairs)
    let valueColumns = PairValueBuilder(values.builder)
    let edgeColumns = EdgeColumns(edges)
    var items: [ValueCounts.Item] = []
    for slot in table.sortedSlots() {
      let (key, place) = (table.key(slot), table.entries + slot)
      if place.pointee.conversations >= PairValue.leastConversations {
        place.pointee.endHour(in: &table.pool)
      }
      let entry = place.pointee
      pairColumns.append(key, entry)
      try pairs.endRow()
      if key.kind == .conversation && key.responder.isSiteHost {
        edgeColumns.append(key, entry)
        try edges.endRow()
      }
      if entry.conversations >= PairValue.leastConversations {
        entry.values.collect(into: &items)
        for item in items {
          valueColumns.append(
            ValueCount(measure: item.measure, value: item.value, count: item.count),
            pair: writtenPairs)
          try values.endRow()
        }
      }
      writtenPairs += 1
    }
    table.finishScan()
  }

  /// Appends pairs in their order; names are looked up once for a run of equal ones.
  private final class PairColumns {
    private let columns: PairRowBuilder
    private var last: Key?
    private var kindCode: UInt32 = 0
    private var originatorCode: UInt32 = 0

    init(_ table: TableWriter) { columns = PairRowBuilder(table.builder) }

    func append(_ key: Key, _ entry: Entry) {
      if key.kind != last?.kind { kindCode = columns.kind.code(of: key.kind.name) }
      if key.originator != last?.originator {
        originatorCode = key.originator.withText { columns.originator.code(of: $0) }
      }
      last = key
      columns.kind.append(code: kindCode)
      columns.originator.append(code: originatorCode)
      key.responder.withText { columns.responder.append($0) }
      columns.isExternal.append(entry.isExternal)
      columns.port.append(key.port)
      columns.ianaNumber.append(key.ianaNumber)
      columns.conversations.append(Int64(entry.conversations))
      columns.failed.append(Int64(entry.failed))
      columns.bytesSent.append(entry.bytesSent)
      columns.bytesReceived.append(entry.bytesReceived)
      columns.durationMicroseconds.append(entry.durationMicroseconds)
      columns.longestMicroseconds.append(entry.longestMicroseconds)
      columns.firstTime.append(entry.firstTime)
      columns.lastTime.append(entry.lastTime)
    }
  }

  private final class EdgeColumns {
    private let originator: CodedBuilder<Strings>
    private let responder: StringsBuilder
    private let port: ValuesBuilder<UInt16>
    private let ianaNumber: ValuesBuilder<UInt8>
    private let conversations, failed: ValuesBuilder<Int64>
    private let firstTime: ValuesBuilder<Instant>
    private var last: Endpoint?
    private var originatorCode: UInt32 = 0

    init(_ table: TableWriter) {
      originator = table.column(Edge.originator)
      responder = table.column(Edge.responder)
      port = table.column(Edge.port)
      ianaNumber = table.column(Edge.ianaNumber)
      conversations = table.column(Edge.conversations)
      failed = table.column(Edge.failed)
      firstTime = table.column(Edge.firstTime)
    }

    func append(_ key: Key, _ entry: Entry) {
      if key.originator != last {
        originatorCode = key.originator.withText { originator.code(of: $0) }
      }
      last = key.originator
      originator.append(code: originatorCode)
      key.responder.withText { responder.append($0) }
      port.append(key.port)
      ianaNumber.append(key.ianaNumber)
      conversations.append(Int64(entry.conversations))
      failed.append(Int64(entry.failed))
      firstTime.append(entry.firstTime)
    }
  }
}

extension Instant {
  /// Whole seconds since 1970, rounded down.
  @inline(__always) var second: Int64 {
    microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
  }
}
