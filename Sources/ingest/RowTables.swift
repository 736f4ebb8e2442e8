import ArrowFile
import Columnar
import LogReaders
import Pseudonyms
import StageKit

/// The tables that a file's rows go to: one, also where there are none, for a file of one format;
/// one for each format with rows for a file that several read.
struct RowTables {
  private let writers: [Writer]
  private let backgrounds: [BackgroundSink]
  /// Where rows are written: the tables, what replaces parts of them, or what hands them to the
  /// background.
  let sinks: [any BatchSink]

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

  /// - Parameters:
  ///   - replacement: what parts of rows are replaced by, if any are.
  ///   - background: writes the rows; without it, whoever reads them does.
  init(
    _ reader: LogReader, _ output: OutputFolder, replacement: EventReplacement?,
    background: Background?
  ) throws {
    let isOnly = reader.formats.count == 1
    let writers = try zip(reader.formats, reader.rowSchemas()).map { format, schema in
      let name = IngestedFile.rowsName(format: isOnly ? nil : format.id)
      return Writer { try output.table(schema, name: name) }
    }
    if isOnly { try writers[0].open() }
    self.writers = writers
    let tables: [any BatchSink] =
      replacement.map { replacement in writers.map { ReplacingSink($0, replacement) } } ?? writers
    backgrounds =
      background.map { background in tables.map { BackgroundSink($0, on: background) } } ?? []
    sinks = background == nil ? tables : backgrounds
  }

  func finish() throws {
    for sink in backgrounds { try sink.finish() }
    for writer in writers { try writer.finish() }
  }
}
