import ArrowFile
import Columnar
import LogReaders
import StageKit

/// The tables that a file's rows go to: one, also where there are none, for a file of one format;
/// one for each format with rows for a file that several read.
struct RowTables {
  private let writers: [Writer]

  /// Makes its file when the first rows come.
  private final class Writer: BatchSink {
    private let make: () throws -> ArrowWriter
    private var writer: ArrowWriter?

    init(_ make: @escaping () throws -> ArrowWriter) { self.make = make }

    func write(_ batch: Batch) throws {
      try open().write(batch)
    }

    @discardableResult func open() throws -> ArrowWriter {
      if let writer { return writer }
      let made = try make()
      writer = made
      return made
    }

    func finish() throws { try writer?.finish() }
  }

  init(_ reader: LogReader, _ output: OutputFolder) throws {
    let isOnly = reader.formats.count == 1
    writers = try zip(reader.formats, reader.rowSchemas()).map { format, schema in
      let name = IngestedFile.rowsName(format: isOnly ? nil : format.id)
      return Writer { try output.table(schema, name: name) }
    }
    if isOnly { try writers[0].open() }
  }

  var sinks: [any BatchSink] { writers }

  func finish() throws {
    for writer in writers { try writer.finish() }
  }
}
