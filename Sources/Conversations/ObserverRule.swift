import Columnar
import Events

/// Leaves out conversations that another observer's export shows too: those of one five-tuple that
/// begin within a second of each other, with as many bytes or as many packets in all.
///
/// Of such conversations the first stays; of those that begin at the same instant, that of the
/// observer whose name comes first. Only inputs that name their observer take part.
struct ObserverRule {
  private struct Seen {
    let start: Int64
    let observer: Int
    let bytes: Int64?
    let packets: Int64?
  }

  private static let longestGap: Int64 = 1_000_000

  private let files: InputFiles
  /// For each file, its observer's place among their names; nil where none is named.
  private let observerOfFile: [Int?]
  private let isNeeded: Bool
  private var recent: [UInt64: [Seen]] = [:]
  /// What is in `recent`, in order of time.
  private var order: [(start: Int64, tuple: UInt64)] = []
  private var oldest = 0

  init(_ files: InputFiles) {
    self.files = files
    let names = Set(files.files.compactMap(\.observer)).sorted()
    observerOfFile = files.files.map { file in file.observer.flatMap { names.firstIndex(of: $0) } }
    isNeeded = names.count > 1
  }

  /// Takes out of `rows`, which are in stored order and follow those of the last call, what was
  /// seen elsewhere; returns it. All rows of a five-tuple that begin at one instant come in one
  /// call.
  mutating func settle(_ rows: inout [Conversation]) -> [Conversation] {
    guard isNeeded else { return [] }
    var dropped = Set<Int>()
    var from = 0
    while from < rows.count {
      var to = from + 1
      while to < rows.count, rows[to].start == rows[from].start { to += 1 }
      forget(before: rows[from].start - ObserverRule.longestGap)
      let observed = (from..<to).compactMap { place in
        observer(of: rows[place]).map { (observer: $0, place: place) }
      }
      for (observer, place) in observed.sorted(by: <)
      where isSeenElsewhere(rows[place], observer) {
        dropped.insert(place)
      }
      from = to
    }
    guard !dropped.isEmpty else { return [] }
    let taken = dropped.sorted().map { rows[$0] }
    rows = rows.indices.filter { !dropped.contains($0) }.map { rows[$0] }
    return taken
  }

  private func observer(of row: Conversation) -> Int? {
    observerOfFile[files.file(ofBatch: Int(row.first.batch))]
  }

  /// Whether another observer showed it; notes it where none did.
  private mutating func isSeenElsewhere(_ row: Conversation, _ observer: Int) -> Bool {
    let seen = Seen(
      start: row.start, observer: observer,
      bytes: ObserverRule.total(row.sourceBytes, row.destinationBytes),
      packets: ObserverRule.total(row.sourcePackets, row.destinationPackets))
    let isKnown = recent[row.tuple, default: []].contains { other in
      other.observer != observer
        && (seen.bytes != nil && seen.bytes == other.bytes
          || seen.packets != nil && seen.packets == other.packets)
    }
    guard !isKnown else { return true }
    recent[row.tuple, default: []].append(seen)
    order.append((row.start, row.tuple))
    return false
  }

  private mutating func forget(before time: Int64) {
    while oldest < order.count, order[oldest].start < time {
      let tuple = order[oldest].tuple
      recent[tuple]?.removeAll { $0.start < time }
      if recent[tuple]?.isEmpty == true { recent[tuple] = nil }
      oldest += 1
    }
    if oldest > 4096, oldest * 2 > order.count {
      order.removeFirst(oldest)
      oldest = 0
    }
  }

  /// Of both directions, as far as they are stated; nil where neither is.
  private static func total(_ a: Int64, _ b: Int64) -> Int64? {
    let stated = [a, b].filter { $0 != Counter.unknown }
    return stated.isEmpty ? nil : stated.reduce(0, &+)
  }
}
