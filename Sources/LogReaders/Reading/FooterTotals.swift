import Columnar
import Events

/// Totals that an export states after its records: a line of names, and one of numbers under them.
struct FooterTotals {
  /// In a format file's `[totals]`: the number of records, not a sum.
  static let records = "records"

  /// By the footer's name: the columns that must add up to it, or `records`.
  private let expected: [String: [String]]
  private var names: [String] = []
  private var stated: [String: Int64] = [:]
  /// Records when the last footer ended.
  private var earlierRecords = 0
  private var earlierUnread = 0

  init(_ expected: [String: [String]]) { self.expected = expected }

  mutating func take(footer line: String) {
    let fields = line.split(separator: ",").map(String.init)
    if expected.keys.contains(where: fields.contains) {
      names = fields
    } else {
      for (name, field) in zip(names, fields) { stated[name] = Int64(field) }
      names = []
    }
  }

  /// What differs from the records read since the last call, in words, nil where nothing does;
  /// begins anew.
  ///
  /// - Parameter sums: by column, of the rows.
  mutating func difference(_ sums: [String: Int64], _ counts: LineCounts) -> String? {
    let unreadTotal = counts.rejects + counts.skippedRecords
    let (records, unread) = (
      counts.rows + unreadTotal - earlierRecords, unreadTotal - earlierUnread
    )
    defer {
      stated = [:]
      earlierRecords = counts.rows + unreadTotal
      earlierUnread = unreadTotal
    }
    // A row with the counters of both directions stands for more than one record.
    let isTwoWay = [Event.destinationBytes.name, Event.destinationPackets.name]
      .contains { sums[$0] ?? 0 > 0 }
    let differing = stated.sorted { $0.key < $1.key }.compactMap {
      name, total -> (stated: String, found: String)? in
      guard let columns = expected[name] else { return nil }
      let isCount = columns == [FooterTotals.records]
      // What rejected records hold is not known.
      guard isCount ? !isTwoWay : unread == 0 else { return nil }
      let found = isCount ? Int64(records) : columns.reduce(0) { $0 &+ (sums[$1] ?? 0) }
      guard found != total else { return nil }
      return ("\(total) \(name)", "\(found)")
    }
    guard !differing.isEmpty else { return nil }
    return "the footer states \(differing.map(\.stated).joined(separator: ", ")), and the records "
      + "above it have \(differing.map(\.found).joined(separator: ", ")): the file may be cut"
  }
}
