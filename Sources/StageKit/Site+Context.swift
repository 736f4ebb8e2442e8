import Events

extension Site {
  /// A `[[context]]`: another program's export, whose rows are shown beside incidents.
  package struct Context: Sendable {
    package let name: String
    /// A path; `{day}` stands for the day of the report.
    private let file: String
    /// The column of the host's address or name.
    package let host: String
    /// The column of the time.
    package let time: String
    /// The columns that are shown.
    package let text: [String]
    /// Of times that state none.
    package let zone: TimeZoneRules
    private let place: TOMLPlace

    /// - Parameter siteZone: holds where the table names no zone.
    init(_ table: TOMLReader, siteZone: TimeZoneRules) throws {
      place = table.place
      name = try table.required("name", example: "\"EDR\"")
      file = try table.required("file", example: "\"edr-{day}.csv\"")
      host = try table.required("host", example: "\"agent.ip\"")
      time = try table.required("time", example: "\"timestamp\"")
      text = try table.stringOrStrings("text") ?? []
      let stated = try table.string("zone")
      try table.finish()
      guard !name.isEmpty else { throw table.fail("name", "expected a name, found an empty one") }
      guard !text.isEmpty else {
        throw table.fail("text", "missing, expected for instance text = [\"rule.description\"]")
      }
      do { zone = try stated.map(TimeZoneDatabase.rules) ?? siteZone } catch {
        throw table.fail("zone", "\(error)")
      }
    }

    /// The file for a day, as the site file has it.
    package func file(for day: CivilDate) -> String {
      file.replacing("{day}", with: day.description)
    }

    /// Stands for how the file is read.
    package var fingerprint: String {
      ([name, file, host, time, zone.name] + text).map { "\"\($0)\"" }.joined(separator: " ")
    }
  }

  /// When people work, from `[calendar]`; nil where it says neither hours nor days.
  static func workingTimes(_ calendar: TOMLReader) throws -> WorkingTimes? {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    let hours = try calendar.string("working_hours")
    let days = try calendar.strings("working_days")
    guard hours != nil || days != nil else { return nil }
    var minutes = 0..<1440
    if let hours {
      guard let stated = Route.minutes(hours), stated.fromMinute < stated.untilMinute else {
        throw calendar.fail(
          "working_hours", "expected times such as \"08:00-18:00\", found \"\(hours)\"")
      }
      minutes = stated.fromMinute..<stated.untilMinute
    }
    let weekdays = try (days ?? Array(names.prefix(5))).map { text in
      guard let weekday = names.firstIndex(of: text) else {
        throw calendar.fail(
          "working_days", "expected \(names.joined(separator: ", ")), found \"\(text)\"")
      }
      return weekday
    }
    return WorkingTimes(minutes: minutes, weekdays: Set(weekdays))
  }
}
