import Columnar
import Events

/// Reads files of one format, or of several that share their lines, to rows of the event schema.
package struct LogReader {
  /// Each record is the first one's of these that takes it.
  package let formats: [Format]
  package let settings: ReaderSettings
  /// Bytes of text taken at a time.
  package var pieceCapacity = 512 << 10

  /// - Throws: where the site lacks what the format needs, or the format can't be used.
  package init(_ formats: [Format], _ settings: ReaderSettings) throws {
    try LogReader.checkTogether(formats)
    self.formats = formats
    self.settings = settings
    for format in formats { _ = try RowPlan(format, settings) }
  }

  /// - Throws: where formats can't take the lines of a file in turn.
  package static func checkTogether(_ formats: [Format]) throws {
    precondition(!formats.isEmpty)
    if formats.count > 1, let other = formats.first(where: { !$0.isReadWithOthers }) {
      throw FormatError(
        path: other.path,
        problem: "\(other.id) can't read a file together with other formats: only those can whose "
          + "records are single lines, and that leave out lines by [skip] unless or when alone")
    }
    let ids = formats.map(\.id)
    if let twice = ids.first(where: { id in ids.count { $0 == id } > 1 }) {
      throw FormatError(path: formats[0].path, problem: "the format \(twice) is named twice")
    }
  }

  package init(_ format: Format, _ settings: ReaderSettings) throws {
    try self.init([format], settings)
  }

  /// The tables that `read` writes rows of, in the order of the formats.
  package func rowSchemas() throws -> [Schema] {
    try formats.map { try RowPlan($0, settings).schema }
  }

  /// Reads a file, plain or packed with gzip, zstd, bzip2 or xz, in UTF-8 or UTF-16.
  ///
  /// - Parameters:
  ///   - rows: in the order of the formats.
  ///   - observe: is shown the file's own bytes, in order, to the end.
  package func read(
    path: String, rows: [any BatchSink], rejects: any BatchSink,
    observe: ((UnsafeRawBufferPointer) -> Void)? = nil
  ) throws -> ReadSummary {
    if formats[0].read.shape == .nfcapd {
      return try readNfcapd(path: path, rows: rows[0], rejects: rejects, observe: observe)
    }
    let stream = try Packing.open(path: path, observe: observe)
    return try read(stream, name: path, rows: rows, rejects: rejects)
  }

  /// Reads a file of one format.
  package func read(
    path: String, rows: any BatchSink, rejects: any BatchSink,
    observe: ((UnsafeRawBufferPointer) -> Void)? = nil
  ) throws -> ReadSummary {
    try read(path: path, rows: [rows], rejects: rejects, observe: observe)
  }

  /// Reads text; `name` stands for it in errors.
  package func read(
    _ stream: any ByteStream, name: String, rows: [any BatchSink], rejects: any BatchSink
  ) throws -> ReadSummary {
    let reading = try Reading(
      formats, settings, name: name, pieceCapacity: pieceCapacity, rows: rows, rejects: rejects)
    return try reading.run(stream)
  }

  /// Reads text of one format.
  package func read(
    _ stream: any ByteStream, name: String, rows: any BatchSink, rejects: any BatchSink
  ) throws -> ReadSummary {
    try read(stream, name: name, rows: [rows], rejects: rejects)
  }
}
