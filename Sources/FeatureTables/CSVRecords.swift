import DelimitedText
import Glibc

/// The records of a delimited file, read in pieces.
struct CSVRecords {
  private static let pieceByteCount = 1 << 20
  /// What no record is longer than, unless a quote is not closed.
  private static let greatestRecordByteCount = 16 << 20
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  let path: String
  let delimiter: UInt8

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
    let parser = RecordParser(
      delimiter: delimiter, takeField: takeField, takeRecord: takeRecord)
    var isFirst = true
    var openByteCount = 0
    while parser.wantsMore {
      let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw systemError() }
      if count == 0 {
        do throws(RecordError) { try parser.finish() } catch { throw malformed(error, parser) }
        return
      }
      let hasMark = isFirst && piece[..<count].starts(with: Self.byteOrderMark)
      let start = hasMark ? Self.byteOrderMark.count : 0
      isFirst = false
      let before = parser.recordCount
      do throws(RecordError) {
        try parser.parse(UnsafeRawBufferPointer(rebasing: piece[start..<count]))
      } catch {
        throw malformed(error, parser)
      }
      openByteCount = parser.recordCount == before ? openByteCount + count : 0
      guard openByteCount < Self.greatestRecordByteCount else {
        throw malformed(.quote, parser)
      }
    }
  }

  private func malformed(_ error: RecordError, _ parser: RecordParser) -> TableError {
    TableError(
      path, expected: error.expected,
      found: "\(error.found) after \(parser.recordCount) lines that are sound")
  }

  private func systemError() -> TableError {
    TableError(
      path, expected: "a readable file", found: String(cString: strerror(errno)).lowercased())
  }
}
