import Columnar
import Events
import LogReaders

/// Reads a text of one format in several ways, which must come to the same with every line
/// accounted for.
package struct TextCheck {
  private let fast: LogReader
  /// Without shortcuts, and through libcsv where that has a part in the format.
  private let slow: LogReader

  /// Smaller pieces have no room for what lines may be decoded to.
  private static let smallestPiece = 4096

  package init(_ format: Format, _ settings: ReaderSettings) throws {
    var format = format
    // The text of nfdump stands for its files.
    if format.read.shape == .nfcapd { format.read.shape = .positional }
    fast = try LogReader(format, settings)
    var settings = settings
    settings.takesShortcuts = false
    settings.forcesLibCSV = [.delimited, .positional, .zeek].contains(format.read.shape)
    slow = try LogReader(format, settings)
  }

  /// What came out wrong when all was read in one piece, fast and slowly; nil where nothing did.
  package func fault(_ text: [UInt8]) throws -> String? {
    let pieceCapacity = text.count + TextCheck.smallestPiece
    let whole = try Outcome(fast, text, pieceCapacity: pieceCapacity)
    if let fault = whole.fault(lineCount: text.lineCount) { return fault }
    let slowly = try Outcome(slow, text, pieceCapacity: pieceCapacity)
    return whole.difference(from: slowly).map { "read slowly, \($0)" }
  }

  /// What came out wrong when the text was read in two pieces; nil where nothing did.
  ///
  /// - Parameter boundary: bytes of the text that lie in the first piece.
  package func fault(_ text: [UInt8], boundary: Int) throws -> String? {
    // Blank lines move the end of the piece to any byte.
    let pieceCapacity = text.count + TextCheck.smallestPiece
    let mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let blanks = [UInt8](
      repeating: UInt8(ascii: "\n"), count: pieceCapacity - 1 - min(boundary, text.count))
    let padded = Array(text[..<mark] + blanks + text[mark...])
    let whole = try Outcome(fast, padded, pieceCapacity: 2 * pieceCapacity)
    let parts = try Outcome(fast, padded, pieceCapacity: pieceCapacity)
    return whole.fault(lineCount: padded.lineCount)
      ?? parts.difference(from: whole).map { "in two pieces, \($0)" }
  }
}

/// What reading a text gave.
private struct Outcome {
  private var rows: [[String?]] = []
  private var rejects: [[String?]] = []
  private var counts = LineCounts()
  /// Why the text was refused as a whole.
  private var error: String?

  init(_ reader: LogReader, _ text: [UInt8], pieceCapacity: Int) throws {
    var reader = reader
    reader.pieceCapacity = pieceCapacity
    let (rows, rejects) = (TableSink(), TableSink())
    do {
      counts = try reader.read(
        MemoryStream(text), name: "text", rows: rows, rejects: rejects
      ).counts
      self.rows = rows.batches.flatMap(\.texts)
      self.rejects = rejects.batches.flatMap(\.texts)
    } catch let error as InputError {
      self.error = error.description
    }
  }

  func fault(lineCount: Int) -> String? {
    if error != nil { return nil }
    if !counts.isBalanced { return "not every line is accounted for: \(counts)" }
    if counts.lines != lineCount { return "\(lineCount) lines were counted as \(counts.lines)" }
    if counts.rows != rows.count || counts.rejects != rejects.count {
      return "\(counts.rows) rows and \(counts.rejects) rejects were counted, "
        + "\(rows.count) and \(rejects.count) written"
    }
    return nil
  }

  func difference(from other: Outcome) -> String? {
    if error != other.error { return "\(error ?? "taken") against \(other.error ?? "taken")" }
    if counts != other.counts { return "\(counts) against \(other.counts)" }
    return Outcome.difference("row", rows, other.rows)
      ?? Outcome.difference("reject", rejects, other.rejects)
  }

  private static func difference(
    _ name: String, _ own: [[String?]], _ other: [[String?]]
  ) -> String? {
    let differing = zip(own, other).enumerated().first { $0.element.0 != $0.element.1 }
    return differing.map { "\(name) \($0.offset): \($0.element.0) against \($0.element.1)" }
  }
}

extension Batch {
  /// Every cell as text.
  fileprivate var texts: [[String?]] {
    (0..<rowCount).map { row in columns.map { $0.text(row) } }
  }
}

extension [UInt8] {
  /// Lines as editors count them, whatever their ends; CRLF is one end.
  fileprivate var lineCount: Int {
    var count = 0
    var last: UInt8 = UInt8(ascii: "\n")
    for byte in self {
      let isSecond = byte == UInt8(ascii: "\n") && last == UInt8(ascii: "\r")
      if byte == UInt8(ascii: "\r") || (byte == UInt8(ascii: "\n") && !isSecond) { count += 1 }
      last = byte
    }
    return count + (isEmpty || last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") ? 0 : 1)
  }
}
