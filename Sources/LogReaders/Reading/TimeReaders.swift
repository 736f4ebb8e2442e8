import Events

/// Makes readers of a format's times, one for each column, and knows what they lack.
final class TimeReaders {
  /// `time_quality` where it is the same for all rows; nil where it depends on the row.
  let quality: String?
  private let format: Format
  private let formats: [TimeFormat]
  private let zone: TimeReader.Zone
  private let year: Int?
  private let month: Int?
  private var made: [TimeReader] = []

  /// - Throws: where no time of the format can be read without what the site does not state.
  init(_ format: Format, _ settings: ReaderSettings) throws {
    self.format = format
    year = settings.year
    month = settings.month
    formats = try format.time.readFormats(path: format.path)
    let statingZone = format.time.formats.count { TimeFormat.statesZone($0) }
    let mayState = statingZone > 0 || formats.contains(where: \.varies)
    switch format.time.zone {
    // An offset is in the text, but perhaps a name that several zones have.
    case .inText: zone = settings.zone.map { .ofSite($0) } ?? .unknown
    case .named(let name): zone = .ofFormat(try name == "UTC" ? .utc : settings.zoneRules(name))
    case .required:
      zone = settings.zone.map { .ofSite($0) } ?? .unknown
      if settings.zone == nil && !mayState { throw SettingMissing.zone(format) }
    }
    let lackYear = formats.allSatisfy(\.lacksYear)
    if lackYear && year == nil { throw SettingMissing.year(format) }
    let varies =
      formats.contains(where: \.varies)
      || (format.time.zone == .inText && settings.zone != nil
        && formats.contains(where: \.takesZone))
      || (statingZone > 0 && statingZone < formats.count && format.time.zone == .required)
      || (!lackYear && formats.contains(where: \.lacksYear))
    var assumed: TimeReader.Assumed = []
    if format.time.zone == .required { assumed.insert(.zone) }
    if lackYear { assumed.insert(.year) }
    quality = varies ? nil : assumed.text
  }

  func make() -> TimeReader {
    let reader = TimeReader(formats: formats, zone: zone, year: year, month: month)
    made.append(reader)
    return reader
  }

  /// - Throws: where a time was met that can't be read without what the site does not state.
  func checkSettings() throws {
    for reader in made {
      if reader.missing.contains(.zone) { throw SettingMissing.zone(format) }
      if reader.missing.contains(.year) { throw SettingMissing.year(format) }
    }
  }
}

/// What the site file must say before an input can be read.
package struct SettingMissing: Error, CustomStringConvertible {
  package let format: String
  package let key: String
  package let example: String
  package let why: String

  package var description: String {
    "format \(format): \(why); add to its [[input]] in the site file: \(key) = \(example)"
  }

  fileprivate static func zone(_ format: Format) -> SettingMissing {
    let hasNames = format.time.formats.contains { $0.hasSuffix("Z") }
    return SettingMissing(
      format: format.id, key: "zone", example: "\"Europe/Berlin\"",
      why: hasNames
        ? "times have no zone in this format, or one whose name several zones have"
        : "times have no zone in this format")
  }

  fileprivate static func year(_ format: Format) -> SettingMissing {
    SettingMissing(
      format: format.id, key: "year", example: "2026", why: "times have no year in this format")
  }
}
