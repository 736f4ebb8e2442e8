import Columnar
import Events

/// What the site says of an input, besides its format.
package struct ReaderSettings {
  /// The site's zone for this input; nil where it states none.
  package var zone: TimeZoneRules?
  /// For formats whose times lack it.
  package var year: Int?
  package var source = ""
  package var observer: String?
  /// The file's name within its source.
  package var logName = ""
  /// Whether libcsv cuts all text into fields, quoted or not.
  package var forcesLibCSV = false
  /// Rows before are rejected.
  package var earliest = Instant(microseconds: 946_684_800_000_000)
  /// Rules of a zone that a format names.
  package var zoneRules: (String) throws -> TimeZoneRules
  /// A keyed digest in text, for columns and lines that must not be stored.
  package var digest: ((UnsafeRawBufferPointer) -> String)?

  package init(zoneRules: @escaping (String) throws -> TimeZoneRules) {
    self.zoneRules = zoneRules
  }
}

/// A format's columns, each with what fills it.
struct RowPlan {
  let schema: Schema
  private(set) var converters: [any ColumnConverter] = []
  let times: ColumnStorage<Instant>
  private(set) var derivation: DurationDerivation?
  /// What mappings and `[skip]` make depend on a record's columns.
  let conditions: [[String: [String]]: FieldCondition]
  let repairs = UTF8Repairs()

  init(_ format: Format, _ settings: ReaderSettings) throws {
    let stored = format.map.filter { $0.privacy != .drop }
    schema = RowPlan.schema(format, stored, hasObserver: settings.observer != nil)
    let timeReader = try RowPlan.timeReader(format, settings)
    let whens = Set((stored.map(\.when) + [format.skip.when]).filter { !$0.isEmpty })
    conditions = Dictionary(
      uniqueKeysWithValues: whens.map { ($0, FieldCondition($0, trims: format.read.trims)) })
    let timeMapping = ColumnMapping(column: Event.time.name, from: [format.time.field], type: .time)
    let time = TimeConverter(
      source: try TextSource(timeMapping, format.read, condition: nil), column: 0, isRequired: true,
      reader: timeReader, earliest: settings.earliest)
    times = time.storage
    let maker = ConverterMaker(
      format: format, settings: settings, timeReader: timeReader, conditions: conditions,
      repairs: repairs)
    for (index, field) in schema.fields.enumerated() {
      if field.name == Event.time.name {
        converters.append(time)
      } else if let mapping = stored.first(where: { $0.column == field.name }) {
        converters.append(try maker.converter(mapping, field, column: index))
      } else if field.name == Event.durationMicroseconds.name {
        let derivation = DurationDerivation(times: times, column: index)
        self.derivation = derivation
        converters.append(derivation)
      } else {
        converters.append(try place(field, format, settings))
      }
    }
    if let end = schema.index(of: Event.end.name) {
      derivation?.ends = (converters[end] as? TimeConverter)?.storage
    }
  }

  /// The class's columns that the format maps, and those that say where a row is from.
  private static func schema(
    _ format: Format, _ stored: [ColumnMapping], hasObserver: Bool
  ) -> Schema {
    var names = Set(stored.map(\.column))
    names.formUnion([
      Event.time.name, Event.dataset.name, Event.timeQuality.name, Event.source.name,
      Event.logFile.name, Event.logLine.name,
    ])
    if hasObserver { names.insert(Event.observer.name) }
    if format.bytesKind != nil { names.insert(Event.bytesKind.name) }
    if names.contains(Event.end.name) { names.insert(Event.durationMicroseconds.name) }
    return format.eventClass.schema.filtered { names.contains($0.name) }
  }

  private static func timeReader(
    _ format: Format, _ settings: ReaderSettings
  ) throws -> TimeReader {
    let formats = try format.time.formats.map { try TimeFormat($0, path: format.path) }
    let zone: TimeZoneRules
    switch format.time.zone {
    case .inText: zone = .utc
    case .named(let name): zone = try name == "UTC" ? .utc : settings.zoneRules(name)
    case .required:
      guard let stated = settings.zone else {
        throw SettingMissing(
          format: format.id, key: "zone", example: "\"Europe/Berlin\"",
          why: "times have no zone in this format")
      }
      zone = stated
    }
    if formats.contains(where: \.lacksYear), settings.year == nil {
      throw SettingMissing(
        format: format.id, key: "year", example: "2026", why: "times have no year in this format")
    }
    return TimeReader(formats: formats, zone: zone, year: settings.year)
  }

  private func place(
    _ field: Field, _ format: Format, _ settings: ReaderSettings
  ) throws -> any ColumnConverter {
    let assumesYear = try format.time.formats.contains {
      try TimeFormat($0, path: format.path).lacksYear
    }
    switch field.name {
    case Event.logLine.name: return LineConverter()
    case Event.dataset.name: return ConstantConverter(format.id)
    case Event.source.name: return ConstantConverter(settings.source)
    case Event.logFile.name: return ConstantConverter(settings.logName)
    case Event.observer.name: return ConstantConverter(settings.observer ?? "")
    case Event.bytesKind.name: return ConstantConverter(format.bytesKind ?? "unknown")
    default:
      let quality =
        switch (format.time.zone == .required, assumesYear) {
        case (true, true): "assumed_both"
        case (true, false): "assumed_zone"
        case (false, true): "assumed_year"
        case (false, false): "exact"
        }
      return ConstantConverter(quality)
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
}

/// Makes what fills a column from its mapping.
private struct ConverterMaker {
  let format: Format
  let settings: ReaderSettings
  let timeReader: TimeReader
  let conditions: [[String: [String]]: FieldCondition]
  let repairs: UTF8Repairs

  func converter(
    _ mapping: ColumnMapping, _ field: Field, column: Int
  ) throws -> any ColumnConverter {
    if let const = mapping.const { return try constant(const, field) }
    let source = try TextSource(mapping, format.read, condition: conditions[mapping.when])
    switch field.type {
    case .address: return AddressConverter(source: source, column: column)
    case .timestamp:
      return TimeConverter(
        source: source, column: column, isRequired: false, reader: timeReader,
        earliest: settings.earliest)
    case .bool:
      return FlagsConverter(
        source: source, column: column, values: mapping.values.flatMap { format.values[$0] })
    case .uint8, .uint16, .int64: return try number(mapping, field, source, column)
    case .utf8:
      return StringsConverter(source: source, repairs: repairs, digest: try digest(mapping))
    default:
      return SymbolsConverter(
        source: source, repairs: repairs, column: column,
        values: mapping.values.flatMap { format.values[$0] }, digest: try digest(mapping))
    }
  }

  private func digest(_ mapping: ColumnMapping) throws -> ((UnsafeRawBufferPointer) -> String)? {
    guard mapping.privacy == .hash else { return nil }
    guard let digest = settings.digest else {
      throw FormatError(
        path: format.path, problem: "\(mapping.column) is hashed, and no key is at hand")
    }
    return digest
  }

  private func number(
    _ mapping: ColumnMapping, _ field: Field, _ source: TextSource, _ column: Int
  ) throws -> NumberConverter {
    var lookup: NumberTable?
    if let name = mapping.values {
      lookup = name == "iana" ? .iana : format.values[name].flatMap { NumberTable($0) }
      guard lookup != nil else {
        throw FormatError(
          path: format.path, problem: "[values.\(name)]: expected numbers for \(mapping.column)")
      }
    }
    return NumberConverter(
      source: source, column: column, type: field.type, mapping: mapping, lookup: lookup)
  }

  private func constant(_ text: String, _ field: Field) throws -> any ColumnConverter {
    switch field.type {
    case .dictionaryOfStrings: return ConstantConverter(text)
    case .uint8: if let value = UInt8(text) { return ConstantNumberConverter(value) }
    case .uint16: if let value = UInt16(text) { return ConstantNumberConverter(value) }
    case .int64: if let value = Int64(text) { return ConstantNumberConverter(value) }
    default: break
    }
    throw FormatError(
      path: format.path, problem: "[map] \(field.name): const can't be \"\(text)\" in \(field.type)"
    )
  }
}
