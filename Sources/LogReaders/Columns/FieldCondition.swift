import Columnar

/// Where the fields of the columns that a format reads lie in a table's records.
struct ColumnBinding {
  /// Names of the columns that the format reads.
  let names: [String]
  /// By position in `names`: the field's position in a record, nil where the file lacks it.
  var positions: [Int?]

  func column(_ name: String, of table: FieldTable) -> FieldColumn? {
    guard let index = names.firstIndex(of: name) else { return nil }
    return positions[index].map { table.column($0) }
  }
}

/// Conditions on columns: all must hold one of their texts. Each is looked at once a record,
/// however many mappings have it.
final class FieldCondition {
  enum Outcome {
    case holds
    /// A column holds another text.
    case differs
    /// The record lacks a column.
    case missing
  }

  private let wanted: [(column: String, texts: TextSet)]
  /// By position in `wanted`: what texts were found to be.
  private var caches: [ShortTextCache<Bool>]
  private let trims: Bool
  private let results = UnsafeMutableBufferPointer<Outcome>.allocate(capacity: maximumBatchRowCount)
  /// Records for which `results` hold.
  private var rows = 0..<0

  init(_ conditions: [String: [String]], trims: Bool) {
    wanted = conditions.keys.sorted().map { ($0, TextSet(conditions[$0] ?? [])) }
    caches = wanted.map { _ in ShortTextCache() }
    self.trims = trims
    results.initialize(repeating: .missing)
  }

  deinit { results.deallocate() }

  /// Looks at some records of a table: at most a batch of them.
  func evaluate(_ binding: ColumnBinding, _ table: FieldTable, rows: Range<Int>) {
    precondition(rows.count <= results.count)
    self.rows = rows
    for index in 0..<rows.count { results[index] = .holds }
    for (place, (name, texts)) in wanted.enumerated() {
      guard let column = binding.column(name, of: table) else {
        for index in 0..<rows.count { results[index] = .missing }
        return
      }
      for index in 0..<rows.count where results[index] == .holds {
        guard let text = column[rows.lowerBound &+ index] else {
          results[index] = .missing
          continue
        }
        if let isOne = caches[place].value(text) {
          if !isOne { results[index] = .differs }
          continue
        }
        let isOne = texts.contains(trims ? text.trimmed : text)
        caches[place].keep(isOne, for: text)
        if !isOne { results[index] = .differs }
      }
    }
  }

  /// Whether the conditions hold in a record that was looked at.
  @inline(__always) func holds(_ row: Int) -> Bool { outcome(row) == .holds }

  @inline(__always) func outcome(_ row: Int) -> Outcome {
    precondition(rows.contains(row))
    return results[row &- rows.lowerBound]
  }
}
