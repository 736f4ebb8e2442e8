/// Why a record is not taken: what is wrong, and in which column of the rows.
struct RejectReason: Hashable {
  enum Kind: UInt8 {
    case none
    case tooFewFields, tooManyFields, malformedQuote, tooLong, malformedJSON, unknownLine
    case missing, notAnAddress, notANumber, outOfRange, notATime, tooEarly, beforeStart
    case unlistedValue, notFlags, noMatch, notABool
    /// Left out by the format, which is no fault.
    case skipped

    /// Whether a record with this fault has the fields that come before it.
    var keepsFields: Bool {
      self == .tooFewFields || self == .tooManyFields || self == .unknownLine
    }
  }

  let kind: Kind
  /// Position in the schema of the rows, where the reason is about a column.
  let column: UInt8

  static let none = RejectReason(.none)

  init(_ kind: Kind, column: Int = 0) {
    self.kind = kind
    self.column = UInt8(truncatingIfNeeded: column)
  }

  /// In words, with what was expected; `columnName` names the column that it is about.
  func text(columnName: String, expectedFields: Int, timeFormats: [String]) -> String {
    switch kind {
    case .none: "taken"
    case .skipped: "left out by the format"
    case .tooFewFields: "too few fields (expected \(expectedFields))"
    case .tooManyFields: "too many fields (expected \(expectedFields))"
    case .malformedQuote: "malformed quotes"
    case .tooLong: "longer than \(PieceBuffer.maximumRecordLength) bytes (an unclosed quote?)"
    case .malformedJSON: "not a JSON object"
    case .unknownLine: "like none of the format's patterns"
    case .missing: "\(columnName): missing"
    case .notAnAddress: "\(columnName): not an IP address"
    case .notANumber: "\(columnName): not a non-negative number"
    case .outOfRange: "\(columnName): number out of range"
    case .notATime:
      "\(columnName): not a time (expected \(timeFormats.joined(separator: " or ")))"
    case .tooEarly: "\(columnName): before the earliest date allowed"
    case .beforeStart: "\(columnName): before event_time"
    case .unlistedValue: "\(columnName): value not listed in the format file"
    case .notFlags: "\(columnName): not TCP flags such as ...AP.S."
    case .noMatch: "\(columnName): does not match the format file's pattern"
    case .notABool: "\(columnName): neither true nor false"
    }
  }
}
