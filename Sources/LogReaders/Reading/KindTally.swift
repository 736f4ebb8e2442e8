/// Records that no format took, of one kind.
package struct KindCount: Sendable, Equatable, CustomStringConvertible {
  /// As `type=event subtype=system`; nil for those beyond the kinds that are told apart.
  package let kind: String?
  package let count: Int
  /// The format that reads this kind and leaves these records out; nil where no format reads it.
  package let format: String?

  /// What they are and, where a format reads the kind, which one leaves them out.
  package var name: String { (kind ?? "further kinds") + (format.map { " (by \($0))" } ?? "") }
  package var description: String { "\(count) × \(name)" }
}

/// Counts records that no format took by the fields that tell their kind.
struct KindTally {
  private struct Entry {
    let key: [UInt8]
    let format: Int?
    var count = 0
  }

  /// Kinds that are told apart: a field of many values must not fill the memory.
  private static let maximumKindCount = 256
  private static let longestText = 48

  private let fields: [String]
  private var entries: [Entry] = []
  /// By a hash of key and format.
  private var places: [UInt64: [Int]] = [:]
  private var further = 0
  private var key: [UInt8] = []

  /// - Parameter fields: names, each once; `syslog.message` stands for the message's first word.
  init(fields: [String]) { self.fields = fields }

  /// - Parameter leftOutBy: the place of the format that reads the kind.
  mutating func add(_ lanes: [LineLane], row: Int, leftOutBy format: Int?) {
    guard !fields.isEmpty else { return }
    key.removeAll(keepingCapacity: true)
    for field in fields {
      let text = lanes.lazy.compactMap { lane -> FieldText? in
        let index = lane.names.index(of: field)
        return index < 0 ? nil : lane.table.column(index)[row]
      }.first
      guard let text else { continue }
      if !key.isEmpty { key.append(UInt8(ascii: " ")) }
      if field == SyslogEnvelope.Field.message.rawValue {
        key += text.bytes.prefix(KindTally.longestText).prefix { $0 != 0x20 && $0 != 0x3A }
      } else {
        key += field.utf8
        key.append(UInt8(ascii: "="))
        key += text.bytes.prefix(KindTally.longestText)
      }
    }
    count(format)
  }

  private mutating func count(_ format: Int?) {
    let hash = key.reduce(UInt64(1 + (format ?? -1))) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    for place in places[hash] ?? []
    where entries[place].key == key && entries[place].format == format {
      entries[place].count += 1
      return
    }
    guard entries.count < KindTally.maximumKindCount else {
      further += 1
      return
    }
    places[hash, default: []].append(entries.count)
    entries.append(Entry(key: key, format: format, count: 1))
  }

  /// Most frequent first.
  ///
  /// - Parameter formats: ids, in the order in which the formats were offered records.
  func counts(formats: [String]) -> [KindCount] {
    let told = entries.map { entry in
      KindCount(
        kind: entry.key.isEmpty
          ? "without \(fields.joined(separator: ", "))"
          : String(decoding: entry.key, as: UTF8.self),
        count: entry.count, format: entry.format.map { formats[$0] })
    }
    return told.sorted { ($1.count, $0.kind ?? "") < ($0.count, $1.kind ?? "") }
      + (further > 0 ? [KindCount(kind: nil, count: further, format: nil)] : [])
  }
}
