import Columnar
import Events

/// Reads files of one format to rows of the event schema.
package struct LogReader {
  package let format: Format
  package let settings: ReaderSettings
  /// Bytes of text taken at a time.
  package var pieceCapacity = 512 << 10

  /// - Throws: where the site lacks what the format needs, or the format can't be used.
  package init(_ format: Format, _ settings: ReaderSettings) throws {
    self.format = format
    self.settings = settings
    _ = try RowPlan(format, settings)
  }

  /// The table that `read` writes rows of.
  package func rowSchema() throws -> Schema { try RowPlan(format, settings).schema }

  /// Reads a file, plain or packed with gzip, zstd, bzip2 or xz, in UTF-8 or UTF-16.
  ///
  /// - Parameter observe: is shown the file's own bytes, in order, to the end.
  package func read(
    path: String, rows: any BatchSink, rejects: any BatchSink,
    observe: ((UnsafeRawBufferPointer) -> Void)? = nil
  ) throws -> ReadSummary {
    if format.read.shape == .nfcapd {
      return try readNfcapd(path: path, rows: rows, rejects: rejects, observe: observe)
    }
    let stream = try Packing.open(path: path, observe: observe)
    return try read(stream, name: path, rows: rows, rejects: rejects)
  }

  /// Reads text; `name` stands for it in errors.
  package func read(
    _ stream: any ByteStream, name: String, rows: any BatchSink, rejects: any BatchSink
  ) throws -> ReadSummary {
    let reading = try Reading(
      format, settings, name: name, pieceCapacity: pieceCapacity, rows: rows, rejects: rejects)
    return try reading.run(stream)
  }
}
