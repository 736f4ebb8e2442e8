/// Why a record is not taken: what is wrong, and in which column of the rows.
struct RejectReason: Hashable {
  enum Kind: UInt8 {
    case none
    case tooFewFields, tooManyFields, malformedQuote, tooLong, malformedJSON, unknownLine
    case missing, notAnAddress, notANumber, outOfRange, notATime, tooEarly, beforeStart
    case unlistedValue, notFlags, noMatch, notABool, notDegrees
    // Of nfcapd files.
    case brokenRecord, brokenExtension, missingMap, unknownExtension, unsupportedRecord
    case unknownRecord, unknownBlock, brokenBlock, packedBlock, hugeBlock, cutBlock
    /// Left out by the format, which is no fault.
    case skipped
    /// Of a kind that the format does not read.
    case otherKind

    /// Whether the format leaves the record out.
    var isLeftOut: Bool { self == .skipped || self == .otherKind }

    /// Whether the line itself is at fault, whatever format reads it.
    var isOfLine: Bool { self == .malformedJSON || self == .malformedQuote || self == .tooLong }

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
    case .otherKind: "of another kind than the format's"
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
    case .notDegrees: "\(columnName): not degrees such as -33.87 within the column's range"
    case .brokenRecord: "the record is too short for what it should hold"
    case .brokenExtension: "the record's extensions do not fit its size"
    case .missingMap: "no usable extension map comes before the record"
    case .unknownExtension: "an extension map has an extension that is not known"
    case .unsupportedRecord: "a flow record of another version of nfdump"
    case .unknownRecord: "a record of a type that is not known"
    case .unknownBlock: "a block of a type that is not known"
    case .brokenBlock:
      "the block's records do not fit its size and number: the rest of it is not read"
    case .packedBlock: "the block can't be unpacked"
    case .hugeBlock:
      "a block larger than \(NfcapdBlocks.largestByteCount) bytes: nothing behind it is read"
    case .cutBlock: "the file ends inside a block"
    }
  }
}
