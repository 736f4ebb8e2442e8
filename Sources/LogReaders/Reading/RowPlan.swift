import Columnar
import Events

/// What the site says of an input, besides its format.
package struct ReaderSettings {
  /// The site's zone for this input; nil where it states none.
  package var zone: TimeZoneRules?
  /// For formats whose times lack it.
  package var year: Int?
  /// A month of that year which the first of these times is near to; nil where they begin in it.
  package var month: Int?
  package var source = ""
  package var observer: String?
  /// The file's name within its source.
  package var logName = ""
  /// Whether libcsv cuts all text into fields, quoted or not.
  package var forcesLibCSV = false
  /// Whether texts are tried as numbers and addresses as they stand; without it, all of them go
  /// through a mapping's verbs. Both give the same.
  package var takesShortcuts = true
  /// Rows before are rejected.
  package var earliest = Instant(microseconds: 946_684_800_000_000)
  /// Rules of a zone that a format names.
  package var zoneRules: (String) throws -> TimeZoneRules
  /// A keyed digest in text, for columns and lines that must not be stored.
  package var digest: ((UnsafeRawBufferPointer) -> String)?

  package init(zoneRules: @escaping (String) throws -> TimeZoneRules) {
    self.zoneRules = zoneRules
  }

  /// The years of one file's times without one.
  var years: YearSequence { YearSequence(first: year, near: month) }
}

/// A format's columns, each with what fills it.
struct RowPlan {
  let schema: Schema
  private(set) var converters: [any ColumnConverter] = []
  let times: ColumnStorage<Instant>
  /// Of all columns of times.
  let timeReaders: TimeReaders
  private(set) var derivation: DurationDerivation?
  private(set) var startDerivation: StartDerivation?
  /// What mappings and `[skip]` make depend on a record's columns.
  let conditions: [[String: [String]]: FieldCondition]
  let repairs = UTF8Repairs()

  /// - Parameter years: of the file's times without one.
  init(_ format: Format, _ settings: ReaderSettings, _ years: YearSequence) throws {
    let stored = format.map.filter { $0.privacy != .drop }
    schema = RowPlan.schema(format, stored, hasObserver: settings.observer != nil)
    timeReaders = try TimeReaders(format, settings, years)
    let whens = Set(
      (stored.map(\.when) + [format.skip.when, format.skip.unless]).filter { !$0.isEmpty })
    conditions = Dictionary(
      uniqueKeysWithValues: whens.map { ($0, FieldCondition($0, trims: format.read.trims)) })
    let timeMapping = ColumnMapping(column: Event.time.name, from: format.time.fields, type: .time)
    let time = TimeConverter(
      source: try TextSource(timeMapping, format.read, condition: nil, settings), column: 0,
      isRequired: true,
      reader: timeReaders.make(), earliest: settings.earliest, elseNull: false)
    times = time.storage
    if timeReaders.quality == nil { time.qualities = ColumnStorage(zero: 0) }
    let maker = ConverterMaker(
      format: format, settings: settings, timeReaders: timeReaders, conditions: conditions,
      repairs: repairs)
    for (index, field) in schema.fields.enumerated() {
      if field.name == Event.time.name {
        converters.append(time)
      } else if field.name == Event.timeQuality.name {
        converters.append(
          timeReaders.quality.map { ConstantConverter($0) }
            ?? QualityConverter(time.qualities ?? ColumnStorage(zero: 0)))
      } else if let mapping = stored.first(where: { $0.column == field.name }) {
        converters.append(try maker.converter(mapping, field, column: index))
      } else if field.name == Event.end.name {
        let derivation = StartDerivation(times: times, earliest: settings.earliest)
        startDerivation = derivation
        converters.append(derivation)
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
    if let duration = schema.index(of: Event.durationMicroseconds.name) {
      startDerivation?.durations = (converters[duration] as? NumberConverter)?.wideStorage
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
    if format.time.isEnd { names.insert(Event.end.name) }
    if names.contains(Event.end.name) { names.insert(Event.durationMicroseconds.name) }
    return format.eventClass.schema.filtered { names.contains($0.name) }
  }

  private func place(
    _ field: Field, _ format: Format, _ settings: ReaderSettings
  ) throws -> any ColumnConverter {
    switch field.name {
    case Event.logLine.name: return LineConverter()
    case Event.dataset.name: return ConstantConverter(format.id)
    case Event.source.name: return ConstantConverter(settings.source)
    case Event.logFile.name: return ConstantConverter(settings.logName)
    case Event.observer.name: return ConstantConverter(settings.observer ?? "")
    case Event.bytesKind.name: return ConstantConverter(format.bytesKind ?? "unknown")
    default: preconditionFailure("no mapping fills \(field.name)")
    }
  }
}

/// Makes what fills a column from its mapping.
private struct ConverterMaker {
  let format: Format
  let settings: ReaderSettings
  let timeReaders: TimeReaders
  let conditions: [[String: [String]]: FieldCondition]
  let repairs: UTF8Repairs

  func converter(
    _ mapping: ColumnMapping, _ field: Field, column: Int
  ) throws -> any ColumnConverter {
    if let const = mapping.const { return try constant(const, field) }
    let source = try TextSource(
      mapping, format.read, condition: conditions[mapping.when], settings)
    switch field.type {
    case .address:
      return AddressConverter(source: source, column: column, elseNull: mapping.elseNull)
    case .timestamp:
      return TimeConverter(
        source: source, column: column, isRequired: false, reader: timeReaders.make(),
        earliest: settings.earliest, elseNull: mapping.elseNull)
    case .bool:
      return FlagsConverter(
        source: source, column: column, values: mapping.values.flatMap { format.values[$0] })
    case .uint8, .uint16, .int64: return try number(mapping, field, source, column)
    case .float64:
      return DegreesConverter(
        source: source, column: column,
        limit: field.name == Event.sourceLatitude.name ? 90 : 180, elseNull: mapping.elseNull)
    case .utf8:
      return StringsConverter(source: source, repairs: repairs, digest: try digest(mapping))
    default:
      return SymbolsConverter(
        source: source, repairs: repairs, column: column,
        values: mapping.values.flatMap { format.values[$0] }, digest: try digest(mapping),
        elseNull: mapping.elseNull)
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
