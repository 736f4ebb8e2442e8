import Events
import TOMLKit

/// Reads one table of a TOML file strictly: a value of another type and a key that nobody asked
/// for are errors that name file, table and key.
package final class TOMLReader {
  package let place: TOMLPlace
  private let table: TOMLTable
  private var known: Set<String> = []

  private init(_ place: TOMLPlace, _ table: TOMLTable) {
    self.place = place
    self.table = table
  }

  /// Parses a whole file.
  package convenience init(path: String) throws {
    let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
    if let fault = TOMLText.fault(in: text) {
      throw StageError("\(path):\(fault.line): \(fault.problem)")
    }
    do {
      let table = try TOMLTable(string: text)
      self.init(
        TOMLPlace(path: path, heading: "", name: "", number: 1, places: TOMLPlaces(text: text)),
        table)
    } catch let error as TOMLParseError {
      throw StageError("\(path):\(error.source.begin.line): \(error.description)")
    }
  }

  package func fail(_ key: String, _ problem: String) -> StageError {
    StageError("\(place.text(key)): \(problem)")
  }

  private func value<T>(_ key: String, _ type: String, _ read: (any TOMLValueConvertible) -> T?)
    throws -> T?
  {
    known.insert(key)
    guard let value = table[key] else { return nil }
    guard let typed = read(value) else {
      throw fail(key, "expected \(type), found \(value.debugDescription)")
    }
    return typed
  }

  package func string(_ key: String) throws -> String? {
    try value(key, "a string in quotes") { $0.string }
  }

  package func int(_ key: String) throws -> Int? { try value(key, "a whole number") { $0.int } }

  package func bool(_ key: String) throws -> Bool? { try value(key, "true or false") { $0.bool } }

  package func number(_ key: String) throws -> Double? {
    try value(key, "a number") { $0.double ?? $0.int.map(Double.init) }
  }

  /// All entries, each of which must be a number.
  package func numbers() throws -> [String: Double] {
    var numbers: [String: Double] = [:]
    for key in table.keys.sorted() { numbers[key] = try number(key) }
    return numbers
  }

  package func strings(_ key: String) throws -> [String]? {
    try value(key, "a list of strings", TOMLReader.strings)
  }

  /// A list of strings, or a string that stands for a list of itself.
  package func stringOrStrings(_ key: String) throws -> [String]? {
    try value(key, "a string in quotes or a list of such strings") {
      $0.string.map { [$0] } ?? TOMLReader.strings($0)
    }
  }

  private static func strings(_ value: any TOMLValueConvertible) -> [String]? {
    guard let array = value.array else { return nil }
    let strings = array.compactMap { $0.string }
    return strings.count == array.count ? strings : nil
  }

  /// A string that must be there.
  package func required(_ key: String, example: String) throws -> String {
    guard let text = try string(key) else {
      throw fail(key, "missing, expected for instance \(key) = \(example)")
    }
    return text
  }

  private func below(_ name: String, _ heading: String, _ number: Int) -> TOMLPlace {
    TOMLPlace(
      path: place.path, heading: heading, name: name, number: number, places: place.places)
  }

  package func table(_ key: String) throws -> TOMLReader? {
    try value(key, "a table") { $0.table }.map {
      TOMLReader(below(key, "[\(key)]", 1), $0)
    }
  }

  package func tables(_ key: String) throws -> [TOMLReader] {
    let tables = try value(key, "tables headed [[\(key)]]") { value -> [TOMLTable]? in
      guard let array = value.array else { return nil }
      let tables = array.compactMap { $0.table }
      return tables.count == array.count ? tables : nil
    }
    return (tables ?? []).enumerated().map { index, table in
      TOMLReader(below(key, "[[\(key)]] \(index + 1)", index + 1), table)
    }
  }

  /// Throws when the table has a key that was never asked for: most likely a misspelt one.
  package func finish() throws {
    if let stranger = table.keys.sorted().first(where: { !known.contains($0) }) {
      throw fail(stranger, "not a known key; known are \(known.sorted().joined(separator: ", "))")
    }
  }
}
