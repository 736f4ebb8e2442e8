import Events

/// What is wrong with a file, gathered so that all of it can be said at once.
final class Problems {
  private(set) var found: [any Error] = []

  func add(_ problem: any Error) { found.append(problem) }

  /// What `read` gives, or `fallback` where that fails.
  func value<Value>(else fallback: Value, _ read: () throws -> Value) -> Value {
    do { return try read() } catch {
      add(error)
      return fallback
    }
  }

  func table(_ key: String, of file: TOMLReader) -> TOMLReader? {
    value(else: nil) { try file.table(key) }
  }

  /// The tables headed `[[key]]`, without those that are wrong.
  /// - Parameter distinct: a key of the tables whose texts must differ.
  func all<Value>(
    _ key: String, of file: TOMLReader, distinct: (key: String, text: (Value) -> String)? = nil,
    _ read: (TOMLReader) throws -> Value
  ) -> [Value] {
    var values: [Value] = []
    var seen: Set<String> = []
    for table in value(else: [], { try file.tables(key) }) {
      guard let read = value(else: nil, { try read(table) as Value? }) else { continue }
      values.append(read)
      guard let distinct, !seen.insert(distinct.text(read)).inserted else { continue }
      add(
        table.fail(
          distinct.key, "another table has \"\(distinct.text(read))\"; name it once"))
    }
    return values
  }
}

/// Values of a site file's single tables.
extension Site {
  static func zone(_ site: TOMLReader) throws -> TimeZoneRules {
    let name = try site.required("timezone", example: "\"Europe/Berlin\"")
    do { return try TimeZoneDatabase.rules(named: name) } catch {
      throw site.fail("timezone", "\(error)")
    }
  }

  static func networks(_ site: TOMLReader) throws -> SiteNetworks {
    guard let blocks = try site.strings("networks"), !blocks.isEmpty else {
      throw site.fail("networks", "missing, expected for instance networks = [\"10.0.0.0/8\"]")
    }
    return SiteNetworks(
      try blocks.map { block in
        guard let network = Network(block) else {
          throw site.fail("networks", "expected address/prefix length, found \"\(block)\"")
        }
        return network
      })
  }

  /// The first day of which rows are taken.
  static func earliestDay(_ site: TOMLReader) throws -> CivilDate {
    let text = try site.string("earliest") ?? "2000-01-01"
    guard let day = CivilDate(text) else {
      throw site.fail("earliest", "expected a date such as 2000-01-01, found \"\(text)\"")
    }
    return day
  }

  static func holidays(_ calendar: TOMLReader) throws -> Set<CivilDate> {
    Set(
      try (calendar.strings("holidays") ?? []).map { text in
        guard let day = CivilDate(text) else {
          throw calendar.fail(
            "holidays", "expected dates such as 2026-12-25, found \"\(text)\"")
        }
        return day
      })
  }

  static let usualBaselineDays = 28

  static func baselineDays(_ baseline: TOMLReader) throws -> Int {
    let days = try baseline.int("days") ?? usualBaselineDays
    guard (3...90).contains(days) else {
      throw baseline.fail("days", "expected 3 to 90, found \(days)")
    }
    try baseline.finish()
    return days
  }

  /// The text of a table's only key.
  static func only(_ key: String, _ table: TOMLReader) throws -> String? {
    let text = try table.string(key)
    try table.finish()
    return text
  }

  /// What of the site file `baseline` makes the state of a day from, beside the days before it.
  package var baselineOptions: [String: String] {
    [
      "seed": ContentHasher.hash("\(seed)"), "days": "\(baselineDays)",
      "timezone": calendar.zone.name,
      "holidays": calendar.holidays.sorted().map(\.description).joined(separator: ","),
    ]
  }
}
