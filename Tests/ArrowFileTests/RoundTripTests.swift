import ArrowFile
import Columnar
import TestSupport
import Testing

/// Every kind of file: nulls × compression × row counts around the limit of a batch.
struct FileKind: CustomTestStringConvertible, Sendable {
  let hasNulls: Bool
  let compression: Compression
  let rowCount: Int

  static let all: [FileKind] = [false, true].flatMap { hasNulls in
    [Compression.none, .zstd].flatMap { compression in
      [0, 1, 65_536, 65_537].map {
        FileKind(hasNulls: hasNulls, compression: compression, rowCount: $0)
      }
    }
  }

  var name: String { "\(hasNulls ? "nulls" : "full")-\(compression)-\(rowCount)" }
  var testDescription: String { name }
}

struct RoundTripTests {
  @Test("what is written is read, for every type", arguments: FileKind.all)
  func roundTrip(_ kind: FileKind) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    let rows = EveryType(hasNulls: kind.hasNulls)
    let batches = rows.batches(rowCount: kind.rowCount)
    try write(batches, rows.schema, to: path, compression: kind.compression)
    let reader = try ArrowReader(path: path, expecting: rows.schema)
    #expect(reader.schema == rows.schema)
    #expect(reader.rowCount == kind.rowCount)
    #expect(reader.batchCount == batches.count)
    for (index, batch) in batches.enumerated() {
      let found = try reader.batch(index)
      for (number, column) in found.columns.enumerated() {
        // Later batches extend the dictionaries, which all batches of a file share.
        let expected = batch.columns[number].withDictionary(
          batches.last?.columns[number].dictionary)
        #expect(isSame(column, expected), "\(expected.type) of batch \(index)")
      }
    }
  }
}

extension Column {
  fileprivate func withDictionary(_ dictionary: ColumnDictionary?) -> Column {
    Column(
      type: type, rowCount: rowCount, nullCount: nullCount, validity: validity, values: values,
      offsets: offsets, dictionary: dictionary)
  }
}
