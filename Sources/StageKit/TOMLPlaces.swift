/// Where a TOML file's tables and keys stand, as far as its lines show it: the parser keeps no
/// places of values.
struct TOMLPlaces: Sendable {
  private struct Entry {
    /// `site`, or the table's path as the file writes it.
    let table: String
    /// Which of the tables of that name, from 1.
    let number: Int
    /// Nil for the table's heading.
    let key: String?
    let line: Int
  }

  private let entries: [Entry]

  init(text: String) {
    var entries: [Entry] = []
    var counts: [String: Int] = [:]
    var table = ""
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let content = line.drop { $0 == " " || $0 == "\t" }
      if content.hasPrefix("[") {
        table = String(content.drop { $0 == "[" }.prefix { $0 != "]" })
        counts[table, default: 0] += 1
        entries.append(
          Entry(table: table, number: counts[table] ?? 1, key: nil, line: index + 1))
      } else if let equals = content.firstIndex(of: "="), !content.hasPrefix("#") {
        let key = content[..<equals].filter { $0 != " " && $0 != "\t" && $0 != "\"" }
        entries.append(
          Entry(table: table, number: counts[table] ?? 1, key: key, line: index + 1))
      }
    }
    self.entries = entries
  }

  /// The line, from 1, of a key, else of its table's heading; nil where neither is found.
  func line(table: String, number: Int, key: String?) -> Int? {
    let ofTable = entries.filter { $0.table == table && $0.number == number }
    return ofTable.first { $0.key == key }?.line ?? ofTable.first { $0.key == nil }?.line
  }
}

/// A table's place in a file, for messages.
package struct TOMLPlace: Sendable {
  /// The file's path.
  let path: String
  /// The table as the file writes it: `[site]`, `[[input]] 2`; empty for the file's top.
  let heading: String
  let name: String
  /// Which of the tables of the name, from 1.
  let number: Int
  let places: TOMLPlaces

  /// `site.toml:12: [[input]] 2 zone`, or the table's place without a key.
  package func text(_ key: String? = nil) -> String {
    let line = places.line(table: name, number: number, key: key).map { ":\($0)" } ?? ""
    let subject = [heading, key ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    return "\(path)\(line): \(subject)"
  }
}
