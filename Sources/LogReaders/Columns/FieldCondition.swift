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
  private let caches: [ShortTextCache<Outcome>]
  private let trims: Bool
  private let results = UnsafeMutableBufferPointer<Outcome>.allocate(capacity: maximumBatchRowCount)
  /// Records for which `results` hold.
  // Unchecked: a reader is used by one thread, and converters ask for every record.
  @exclusivity(unchecked) private(set) var rows = 0..<0
  /// In how many of them the conditions hold.
  private(set) var heldCount = 0

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
    UnsafeMutableBufferPointer(rebasing: results[..<rows.count]).update(repeating: .holds)
    for (place, (name, texts)) in wanted.enumerated() {
      guard let column = binding.column(name, of: table) else {
        UnsafeMutableBufferPointer(rebasing: results[..<rows.count]).update(repeating: .missing)
        break
      }
      narrow(column, texts, caches[place])
    }
    heldCount = results[..<rows.count].count { $0 == .holds }
  }

  /// Looks at one more column of the records in which the conditions held so far.
  private func narrow(_ column: FieldColumn, _ texts: TextSet, _ cache: ShortTextCache<Outcome>) {
    let results = results
    column.forEach(rows) { index, text in
      guard results[index] == .holds else { return }
      guard let text else {
        results[index] = .missing
        return
      }
      if let known = cache.value(text) {
        results[index] = known
        return
      }
      results[index] = texts.contains(trims ? text.trimmed : text) ? .holds : .differs
      cache.keep(results[index], for: text)
    }
  }

  /// Whether the conditions hold in a record that was looked at.
  @inline(__always) func holds(_ row: Int) -> Bool { outcome(row) == .holds }

  @inline(__always) func outcome(_ row: Int) -> Outcome {
    precondition(rows.contains(row))
    return results[row &- rows.lowerBound]
  }
}
