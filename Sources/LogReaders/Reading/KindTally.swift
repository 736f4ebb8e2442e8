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
  /// By field: `name=`, or nothing where the text alone tells the kind.
  private let labels: [[UInt8]]
  /// By field: where the tables at hand may hold it.
  private var columns: [[FieldColumn]] = []
  private var entries: [Entry] = []
  /// By a hash of key and format.
  private var places: [UInt64: [Int]] = [:]
  private var further = 0
  private var key: [UInt8] = []

  /// - Parameter fields: names, each once; `syslog.message` stands for the message's first word.
  init(fields: [String]) {
    self.fields = fields
    labels = fields.map {
      $0 == SyslogEnvelope.Field.message.rawValue ? [] : Array($0.utf8) + [UInt8(ascii: "=")]
    }
  }

  /// Looks for the fields in the lanes' tables, for the records that are added next.
  mutating func bind(_ lanes: [LineLane]) {
    columns = fields.map { field in
      lanes.compactMap { lane in
        let index = lane.names.index(of: field)
        return index < 0 ? nil : lane.table.column(index)
      }
    }
  }

  /// - Parameter leftOutBy: the place of the format that reads the kind.
  mutating func add(row: Int, leftOutBy format: Int?) {
    guard !fields.isEmpty else { return }
    key.removeAll(keepingCapacity: true)
    for (columns, label) in zip(columns, labels) {
      guard let text = KindTally.text(columns, row) else { continue }
      if !key.isEmpty { key.append(UInt8(ascii: " ")) }
      key += label
      let bytes = text.bytes.prefix(KindTally.longestText)
      key += label.isEmpty ? bytes.prefix { $0 != 0x20 && $0 != 0x3A } : bytes
    }
    count(format)
  }

  /// The field in the first table that holds it.
  private static func text(_ columns: [FieldColumn], _ row: Int) -> FieldText? {
    for column in columns {
      if let text = column[row] { return text }
    }
    return nil
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
