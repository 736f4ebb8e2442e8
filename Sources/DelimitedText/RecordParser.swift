import CLibCSV

/// Why text could not be cut into records.
package struct RecordError: Error, Equatable {
  package let expected: String
  package let found: String

  /// Quotes that are not around a whole field, or not closed.
  package static let quote = RecordError(
    expected: "a quote only around a whole field, and one that closes it", found: "another")

  fileprivate init(expected: String, found: String) {
    self.expected = expected
    self.found = found
  }

  /// - Parameter code: libcsv's.
  fileprivate init(code: Int32) {
    guard code != CSV_EPARSE else {
      self = .quote
      return
    }
    let reason = csv_strerror(code).map { String(cString: $0) } ?? "error \(code)"
    self.init(expected: "records that fit into memory", found: reason)
  }
}

/// Cuts delimited text that comes in pieces into records with libcsv, in its strict mode: a quote
/// inside an unquoted field is an error, since fields behind it would not be what they seem.
package final class RecordParser {
  // Unchecked: libcsv calls back on the thread that called it, for every field.
  @exclusivity(unchecked) package private(set) var recordCount = 0
  /// false since a record was the last that is wanted.
  @exclusivity(unchecked) package private(set) var wantsMore = true

  private let parser = UnsafeMutablePointer<csv_parser>.allocate(capacity: 1)
  private let takeField: (UnsafeBufferPointer<CChar>) -> Void
  private let takeRecord: () -> Bool

  /// - Parameters:
  ///   - takeField: is given a field's characters; a zero byte comes behind them.
  ///   - takeRecord: is called when a record ends; false where it wants no more.
  package init(
    delimiter: UInt8 = UInt8(ascii: ","),
    takeField: @escaping (UnsafeBufferPointer<CChar>) -> Void, takeRecord: @escaping () -> Bool
  ) {
    self.takeField = takeField
    self.takeRecord = takeRecord
    csv_init(parser, UInt8(CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
    csv_set_delim(parser, delimiter)
  }

  deinit {
    csv_free(parser)
    parser.deallocate()
  }

  /// Takes the next bytes.
  package func parse(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    let count = csv_parse(
      parser, bytes.baseAddress, bytes.count, takeFieldFromC, takeRecordFromC, context)
    guard count == bytes.count else { throw RecordError(code: csv_error(parser)) }
  }

  /// Ends the last record.
  package func finish() throws(RecordError) {
    guard csv_fini(parser, takeFieldFromC, takeRecordFromC, context) == 0 else {
      throw RecordError(code: csv_error(parser))
    }
  }

  private var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  fileprivate func take(_ field: UnsafeBufferPointer<CChar>) {
    if wantsMore { takeField(field) }
  }

  fileprivate func endRecord() {
    guard wantsMore else { return }
    recordCount += 1
    wantsMore = takeRecord()
  }
}

private func takeFieldFromC(
  _ text: UnsafeMutableRawPointer?, _ count: Int, _ context: UnsafeMutableRawPointer?
) {
  guard let context else { return }
  let start = text.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
  Unmanaged<RecordParser>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.take(UnsafeBufferPointer(start: start, count: count))
  }
}

private func takeRecordFromC(_: Int32, _ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<RecordParser>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.endRecord() }
}
