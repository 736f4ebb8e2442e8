import ReaderChecks

/// What is fuzzed: each takes any bytes for one kind of thing that comes from outside.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case text, format, packed, arrow, damage, store, site, zone, indicators, tables, words, answers
  case leases

  /// What came out wrong, in words; nil where nothing did, or the input was refused.
  /// - Throws: what no reader should.
  package func fault(_ input: [UInt8]) throws -> String? {
    switch self {
    case .text: try TextInput.fault(input)
    case .format:
      try String(validating: input, as: UTF8.self).flatMap {
        FormatCheck.fault($0, try TextInput.settings.get())
      }
    case .packed: try PackingCheck.fault(input)
    case .arrow: try ArrowCheck.fault(input)
    case .damage: try DamageCheck.fault(input)
    case .store: try StoreCheck.fault(input)
    case .site: try SiteCheck.fault(input)
    case .zone: try ZoneCheck.fault(input)
    case .indicators: IndicatorCheck.fault(input)
    case .tables: try TableCheck.fault(input)
    case .words: try WordCheck.fault(input)
    case .answers: try AnswerCheck.fault(input)
    case .leases: LeaseCheck.fault(input)
    }
  }
}
