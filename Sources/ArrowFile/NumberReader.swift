import Columnar
import Synchronization

/// Reads the columns of numbers of an Arrow file or stream that anybody wrote, as float32: integers
/// of 8 to 64 bits, floats of 16 to 64, and booleans. Other columns are stepped over, whatever they
/// hold. Buffers may be compressed with lz4 or zstd.
///
/// The file is mapped, and what was read is let go of now and then, so that memory does not grow
/// with an uncompressed file; of a compressed one, a batch at a time is held. Not read: metadata
/// older than V5 (Arrow 1.0), big-endian files.
package final class NumberReader: Sendable {
  /// Rows that are read at once.
  package struct Piece: Sendable {
    let batch: Int
    package let rows: Range<Int>
  }

  package let path: String
  package let columns: [NumberColumn]
  /// The other columns, with the names of their types.
  package let others: [(name: String, type: String)]
  package let rowCount: Int
  /// All rows in order; at most 65,536 at once but for compressed batches, which are read whole.
  package let pieces: [Piece]

  private let file: FileRegion
  private let schema: NumberSchema
  private let batches: [Block]
  private let checksums: [Checksum]?
  private let isVerified: Mutex<[Bool]>
  private let valuesSinceRelease = Atomic<Int>(0)

  /// Values that are read before the memory that the file takes is let go of, for all of it at
  /// once: readers in other threads find it again in the system's cache.
  private static let releasedValueCount = 32 << 20

  package init(path: String) throws(ArrowFileError) {
    self.path = path
    file = try MappedFile(path: path).region
    let index = try NumberFileIndex(file)
    schema = index.schema
    columns = schema.columns
    others = schema.others
    batches = index.batches
    checksums = index.checksums
    isVerified = Mutex([Bool](repeating: false, count: batches.count))
    var pieces: [Piece] = []
    var rowCount = 0
    for (number, block) in batches.enumerated() {
      let layout = try Self.layout(number, block, in: file).layout
      try Self.check(rowCount: layout.rowCount, of: block, number, layout.codec, columns, in: file)
      rowCount += layout.rowCount
      let step = layout.codec == nil ? maximumBatchRowCount : max(1, layout.rowCount)
      for start in stride(from: 0, to: layout.rowCount, by: step) {
        pieces.append(Piece(batch: number, rows: start..<min(start + step, layout.rowCount)))
      }
    }
    self.pieces = pieces
    self.rowCount = rowCount
  }

  /// The rows of a piece, values[column][row]: float32 nearest to what the file holds, NaN where
  /// it holds nothing, 0 and 1 for booleans.
  ///
  /// - Parameter wanted: places in `columns`.
  package func values(
    _ piece: Piece, columns wanted: [Int]
  ) throws(ArrowFileError) -> [[Float]] {
    let block = batches[piece.batch]
    let what = "batch \(piece.batch)"
    if let checksums, isVerified.withLock({ !$0[piece.batch] }) {
      try block.verify(checksums[piece.batch], in: file, what)
      isVerified.withLock { $0[piece.batch] = true }
    }
    let (message, layout) = try Self.layout(piece.batch, block, in: file)
    guard layout.nodes.count == schema.nodeCount,
      layout.variadicCounts.count == schema.viewColumnCount,
      layout.variadicCounts.allSatisfy({ $0 >= 0 && $0 <= layout.buffers.count }),
      layout.buffers.count == schema.bufferCount + layout.variadicCounts.reduce(0, +)
    else {
      throw message.header.failure(
        expected: "\(schema.nodeCount) nodes and \(schema.bufferCount) buffers, besides those of "
          + "\(schema.viewColumnCount) columns of views, in \(what)",
        found: "\(layout.nodes.count) and \(layout.buffers.count)")
    }
    var values: [[Float]] = []
    for column in wanted {
      let slice = ColumnSlice(
        column: columns[column], rows: piece.rows, layout: layout, body: message.body,
        what: "column \(columns[column].name) of \(what)")
      values.append(try slice.values())
    }
    let count = wanted.count * piece.rows.count
    if valuesSinceRelease.add(count, ordering: .relaxed).newValue > Self.releasedValueCount {
      valuesSinceRelease.store(0, ordering: .relaxed)
      file.file.release()
    }
    return values
  }

  /// Checks that an uncompressed batch may hold the rows that it states, before anything is made
  /// for each of them.
  private static func check(
    rowCount: Int, of block: Block, _ number: Int, _ codec: Codec?, _ columns: [NumberColumn],
    in file: FileRegion
  ) throws(ArrowFileError) {
    guard codec == nil, let width = columns.map(\.kind.bitWidth).max(),
      rowCount > 8 * block.bodyByteCount / width
    else { return }
    throw file.failure(
      at: block.offset, expected: "batch \(number) with bytes for \(rowCount) rows",
      found: "\(block.bodyByteCount) bytes")
  }

  private static func layout(
    _ number: Int, _ block: Block, in file: FileRegion
  ) throws(ArrowFileError) -> (message: Message, layout: BodyLayout) {
    let what = "batch \(number)"
    let message = try Message(block, in: file, header: ArrowFormat.Header.recordBatch, what)
    return (message, try BodyLayout(message.header, what))
  }
}
