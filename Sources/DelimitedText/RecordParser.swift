import CLibCSV

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
  ///
  /// - Returns: false for quotes that are not around a whole field.
  package func parse(_ bytes: UnsafeRawBufferPointer) -> Bool {
    csv_parse(
      parser, bytes.baseAddress, bytes.count, takeFieldFromC, takeRecordFromC, context)
      == bytes.count
  }

  /// Ends the last record.
  ///
  /// - Returns: false for a quote that is not closed.
  package func finish() -> Bool {
    csv_fini(parser, takeFieldFromC, takeRecordFromC, context) == 0
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
