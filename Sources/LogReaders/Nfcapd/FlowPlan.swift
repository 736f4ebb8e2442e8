import Columnar
import Events

/// A format's columns, each with what fills it from the flows of an nfcapd file.
struct FlowPlan {
  let schema: Schema
  private(set) var fillers: [any FlowFiller] = []
  let times: FlowTimeFiller
  let conditions: [FlowCondition]
  /// What leaves flows out.
  let skip: FlowCondition?

  /// - Throws: a `NotCovered` where a mapping needs the text that nfdump prints.
  init(_ format: Format, _ settings: ReaderSettings) throws {
    let plan = try RowPlan(format, settings, settings.years)
    schema = plan.schema
    guard format.totals.isEmpty, format.skip.lines.isEmpty, format.skip.stopAt == nil,
      format.skip.comment.isEmpty, format.skip.unless.isEmpty, format.read.nulls.isEmpty,
      format.cuts.isEmpty
    else { throw NotCovered("the format has rules about lines of text") }
    var byTexts: [[String: [String]]: FlowCondition] = [:]
    let stored = format.map.filter { $0.privacy != .drop }
    for texts in stored.map(\.when) + [format.skip.when]
    where !texts.isEmpty && byTexts[texts] == nil {
      byTexts[texts] = try FlowCondition(texts)
    }
    conditions = Array(byTexts.values)
    skip = byTexts[format.skip.when]
    guard format.time.fields.count == 1, !format.time.isEnd, format.time.formats == ["epoch"],
      let time = FlowNumber(nfdump: format.time.fields[0])
    else {
      throw NotCovered("[time] is not one of nfdump's times in seconds")
    }
    times = try FlowPlan.timeFiller(time, condition: nil, column: 0, settings)
    for (column, field) in schema.fields.enumerated() {
      if field.name == Event.time.name {
        fillers.append(times)
      } else if field.name == Event.logLine.name {
        fillers.append(FlowOrdinalFiller())
      } else if let constant = plan.converters[column] as? any RowIndependentConverter {
        fillers.append(FlowConstantFiller(constant))
      } else if let mapping = stored.first(where: { $0.column == field.name }) {
        let condition = byTexts[mapping.when]
        fillers.append(
          try FlowPlan.filler(mapping, field, condition, column: column, settings))
      } else {
        throw NotCovered("\(field.name) is derived from another column")
      }
    }
  }

  private static func filler(
    _ mapping: ColumnMapping, _ field: Field, _ condition: FlowCondition?, column: Int,
    _ settings: ReaderSettings
  ) throws(NotCovered) -> any FlowFiller {
    let unknown = NotCovered("[map] \(field.name) needs the text that nfdump prints")
    guard mapping.from.count == 1, mapping.regex == nil, mapping.trimEnd == nil,
      !mapping.lowercases, mapping.privacy != .hash, !mapping.elseNull,
      mapping.trimmedCharacters == nil, !mapping.excludesAddresses
    else { throw unknown }
    let name = mapping.from[0]
    if let address = FlowAddress(nfdump: name) {
      let nulls = mapping.null.compactMap { Address($0) }
      guard field.type == .address, mapping.split == nil, nulls.count == mapping.null.count else {
        throw unknown
      }
      return FlowAddressFiller(address, condition: condition, nulls: nulls)
    }
    guard let number = FlowNumber(nfdump: name) else { throw unknown }
    if field.type == .dictionaryOfStrings, number.isName, mapping.split == nil,
      mapping.values == nil
    {
      return FlowNameFiller(number, condition: condition, nulls: mapping.null)
    }
    guard mapping.null.isEmpty else { throw unknown }
    switch field.type {
    case .timestamp:
      return try timeFiller(number, condition: condition, column: column, settings)
    case .uint8, .uint16, .int64:
      return FlowNumberFiller(
        number, try rule(number, mapping, unknown), condition: condition, type: field.type,
        column: column)
    default: throw unknown
    }
  }

  private static func timeFiller(
    _ number: FlowNumber, condition: FlowCondition?, column: Int, _ settings: ReaderSettings
  ) throws(NotCovered) -> FlowTimeFiller {
    switch number {
    case .first, .last, .received:
      return FlowTimeFiller(
        number, condition: condition, column: column, earliest: settings.earliest)
    default: throw NotCovered("a time is not one of nfdump's times in seconds")
    }
  }

  private static func rule(
    _ number: FlowNumber, _ mapping: ColumnMapping, _ unknown: NotCovered
  ) throws(NotCovered) -> FlowNumberRule {
    var rule = FlowNumberRule()
    rule.divisor = mapping.div.map { Int64($0) }
    rule.modulus = mapping.mod.map { Int64($0) }
    rule.nullIfZero = mapping.nullIfZero
    let digits = mapping.unit?.digitsToMicroseconds ?? 0
    if number == .destinationPort {
      switch mapping.split.map({ ($0.separator, $0.part) }) {
      case nil: rule.port = .whole
      case (".", 0)?: rule.port = .first
      case (".", 1)?: rule.port = .second
      default: throw unknown
      }
    } else if mapping.split != nil {
      throw unknown
    }
    switch (number, mapping.type) {
    case (.protocolNumber, _) where mapping.values == "iana": return rule
    case (.tcpFlags, .flagsDotted) where mapping.values == nil: return rule
    case (.first, .decimal), (.last, .decimal), (.received, .decimal), (.duration, .decimal):
      // Printed in seconds, held in milliseconds.
      guard digits >= 3, mapping.values == nil else { throw unknown }
      rule.factor = power(digits - 3)
    case (.first, _), (.last, _), (.received, _), (.duration, _), (.tcpFlags, _),
      (.protocolNumber, _):
      throw unknown
    case (_, .port), (_, .int), (_, .size): guard mapping.values == nil else { throw unknown }
    case (_, .decimal):
      guard digits >= 0, mapping.values == nil else { throw unknown }
      rule.factor = power(digits)
    default: throw unknown
    }
    return rule
  }

  private static func power(_ digits: Int) -> Int64 { (0..<digits).reduce(1) { a, _ in a * 10 } }
}
