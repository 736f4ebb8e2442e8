import CLibCSV
import Glibc

/// Cuts a delimited file into records with libcsv, in its strict mode: a quote inside an unquoted
/// field is an error, since fields behind it would not be what they seem.
final class CSVRecords {
  private static let pieceByteCount = 1 << 20
  /// What no record is longer than, unless a quote is not closed.
  private static let greatestRecordByteCount = 16 << 20
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// What libcsv's callbacks call.
  fileprivate final class Output {
    // Unchecked: libcsv calls back on the thread that called it, for every field.
    @exclusivity(unchecked) var recordCount = 0
    @exclusivity(unchecked) var wantsMore = true
    let takeField: (UnsafeBufferPointer<CChar>) -> Void
    let takeRecord: () -> Bool

    init(
      takeField: @escaping (UnsafeBufferPointer<CChar>) -> Void, takeRecord: @escaping () -> Bool
    ) {
      self.takeField = takeField
      self.takeRecord = takeRecord
    }
  }

  private let path: String
  private let parser = UnsafeMutablePointer<csv_parser>.allocate(capacity: 1)

  init(path: String, delimiter: UInt8) {
    self.path = path
    csv_init(parser, UInt8(CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
    csv_set_delim(parser, delimiter)
  }

  deinit {
    csv_free(parser)
    parser.deallocate()
  }

  /// Reads the file from its start.
  ///
  /// - Parameters:
  ///   - takeField: is given a field's characters; a zero byte comes behind them.
  ///   - takeRecord: is called when a record ends; false where it wants no more.
  func read(
    takeField: @escaping (UnsafeBufferPointer<CChar>) -> Void, takeRecord: @escaping () -> Bool
  ) throws(TableError) {
    // Without O_NONBLOCK, a pipe that nobody writes to would be waited for.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemError() }
    // It is read more than once, from its start.
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TableError(
        path, expected: "a regular file",
        found: "a pipe, device or folder; write it to a file first")
    }
    let piece = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.pieceByteCount, alignment: 64)
    defer { piece.deallocate() }
    let output = Output(takeField: takeField, takeRecord: takeRecord)
    let context = Unmanaged.passUnretained(output).toOpaque()
    var isFirst = true
    var openByteCount = 0
    while output.wantsMore {
      let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw systemError() }
      if count == 0 {
        guard csv_fini(parser, takeFieldFromC, takeRecordFromC, context) == 0 else {
          throw malformed(output)
        }
        return
      }
      let hasMark = isFirst && piece[..<count].starts(with: Self.byteOrderMark)
      let start = hasMark ? Self.byteOrderMark.count : 0
      isFirst = false
      let before = output.recordCount
      let taken = csv_parse(
        parser, piece.baseAddress.map { $0 + start }, count - start, takeFieldFromC,
        takeRecordFromC, context)
      guard taken == count - start else { throw malformed(output) }
      openByteCount = output.recordCount == before ? openByteCount + count : 0
      guard openByteCount < Self.greatestRecordByteCount else { throw malformed(output) }
    }
  }

  private func malformed(_ output: Output) -> TableError {
    TableError(
      path, expected: "a quote only around a whole field, and one that closes it",
      found: "another after \(output.recordCount) lines that are sound")
  }

  private func systemError() -> TableError {
    TableError(
      path, expected: "a readable file", found: String(cString: strerror(errno)).lowercased())
  }
}

private func takeFieldFromC(
  _ text: UnsafeMutableRawPointer?, _ count: Int, _ context: UnsafeMutableRawPointer?
) {
  guard let context else { return }
  Unmanaged<CSVRecords.Output>.fromOpaque(context)._withUnsafeGuaranteedRef { output in
    let start = text.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
    if output.wantsMore { output.takeField(UnsafeBufferPointer(start: start, count: count)) }
  }
}

private func takeRecordFromC(_: Int32, _ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<CSVRecords.Output>.fromOpaque(context)._withUnsafeGuaranteedRef { output in
    guard output.wantsMore else { return }
    output.recordCount += 1
    output.wantsMore = output.takeRecord()
  }
}
