extension Site {
  /// An `[[input]]`: one kind of export.
  package struct Input: Sendable {
    /// Absolute, or relative to the site file's folder; `**` crosses folders.
    package let glob: String
    /// Formats' ids or paths of a user's own format files; none where the file's signature decides.
    package let formats: [String]
    package let zone: String?
    /// For formats that state none.
    package let year: StatedYear?
    package let source: String
    /// Who saw the traffic, where several exporters of a source may see the same.
    package let observer: String?
    /// Where the site file states it.
    package let place: TOMLPlace

    init(_ table: TOMLReader) throws {
      place = table.place
      glob = try table.required("glob", example: "\"exports/**/*.csv\"")
      let formats = try table.stringOrStrings("format") ?? ["auto"]
      self.formats = formats == ["auto"] ? [] : formats
      zone = try table.string("zone")
      let number = try? table.int("year").map(String.init)
      let statedYear = try number ?? table.string("year")
      year = statedYear.flatMap(StatedYear.init)
      source = try table.required("source", example: "\"firewall\"")
      observer = try table.string("observer")
      try table.finish()
      guard !source.isEmpty, source.utf8.allSatisfy({ $0 != 0x2F && $0 > 0x20 && $0 < 0x7F }) else {
        throw table.fail("source", "expected a name without spaces or slashes, found \"\(source)\"")
      }
      guard formats == ["auto"] || (!formats.contains("auto") && !formats.isEmpty) else {
        throw table.fail("format", "expected \"auto\", a format, or an array of formats")
      }
      if let zone {
        do { _ = try TimeZoneDatabase.rules(named: zone) } catch {
          throw table.fail("zone", "\(error)")
        }
      }
      if let statedYear, year == nil {
        throw table.fail("year", "expected a year or \"filename\", found \(statedYear)")
      }
    }
  }

  /// An `[[indicators]]`: files that say what is bad.
  package struct IndicatorList: Sendable {
    /// A glob, absolute or relative to the site file's folder.
    package let path: String
    /// `plain`, `csv`, `stix` or `misp`.
    package let format: String
    /// The columns of a CSV: what is bad, from when, until when.
    package let value: String?
    package let from: String?
    package let until: String?
    package let place: TOMLPlace

    init(_ table: TOMLReader) throws {
      place = table.place
      path = try table.required("path", example: "\"lists/*.txt\"")
      format = try table.required("format", example: "\"plain\"")
      value = try table.string("value")
      from = try table.string("valid_from")
      until = try table.string("valid_until")
      try table.finish()
      guard ["plain", "csv", "stix", "misp"].contains(format) else {
        throw table.fail("format", "expected plain, csv, stix or misp, found \"\(format)\"")
      }
      guard (format == "csv") == (value != nil), format == "csv" || (from ?? until) == nil else {
        throw table.fail(
          "value", "expected the name of a column with csv, and no columns with other formats")
      }
    }
  }

  /// `[budget]`: how much a day may ask for.
  package struct Budget: Sendable {
    package var incidentsPerDay = 10
    package var falseAlarmsPerDay = 2.0

    init() {}

    init(_ table: TOMLReader) throws {
      incidentsPerDay = try table.int("incidents_per_day") ?? incidentsPerDay
      falseAlarmsPerDay = try table.number("false_alarms_per_day") ?? falseAlarmsPerDay
      guard incidentsPerDay > 0 else {
        throw table.fail("incidents_per_day", "expected at least 1, found \(incidentsPerDay)")
      }
      guard falseAlarmsPerDay > 0 else {
        throw table.fail("false_alarms_per_day", "expected more than 0, found \(falseAlarmsPerDay)")
      }
      try table.finish()
    }
  }
}
