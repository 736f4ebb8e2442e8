import ArrowFile
import Columnar
import Testing

/// Files that pyarrow and polars made: Fixtures/make_fixtures.py.
struct ForeignFileTests {
  /// The cells of a whole table, column by column.
  private func columns(_ source: some BatchSource) throws -> [[Cell]] {
    var columns = [[Cell]](repeating: [], count: source.schema.fields.count)
    for batch in try cells(source) {
      for (index, column) in batch.enumerated() { columns[index] += column }
    }
    return columns
  }

  @Test(
    "a file of pyarrow's is read, whatever its compression, nulls and batches",
    arguments: [
      ("pyarrow-nulls", true, 3), ("pyarrow-nulls-zstd", true, 3), ("pyarrow-full", false, 1),
      ("pyarrow-full-zstd", false, 3), ("pyarrow-named", false, 1),
    ])
  func pyarrow(name: String, hasNulls: Bool, batchCount: Int) throws {
    let rows = EveryType(hasNulls: hasNulls)
    let reader = try ArrowReader(path: fixture("\(name).arrow"), expecting: rows.schema)
    #expect(reader.schema.fields == rows.schema.fields)
    #expect(reader.schema.name == (name == "pyarrow-named" ? "every_type" : ""))
    #expect(reader.schema.version == (name == "pyarrow-named" ? 3 : 0))
    #expect(reader.rowCount == 60)
    #expect(reader.batchCount == batchCount)
    #expect(reader.timeRange(ofBatch: 0) == nil)
    #expect(try columns(reader) == cells(rows.batches(rowCount: 60)[0]))
  }

  @Test(
    "a file of polars' is read, as far as it has columns of Tidemark's types",
    arguments: ["polars-nulls", "polars-nulls-zstd"])
  func polars(name: String) throws {
    let rows = EveryType(hasNulls: true)
    let schema = rows.schema.filtered {
      !["address", "text", "symbol", "host"].contains($0.name)
    }
    let reader = try ArrowReader(path: fixture("\(name).arrow"), expecting: schema)
    let all = cells(rows.batches(rowCount: 60)[0])
    #expect(try columns(reader) == Array(all[..<10]))
  }

  @Test("rows sliced out of a table are read as such")
  func sliced() throws {
    let reader = try ArrowReader(path: fixture("pyarrow-sliced.arrow"))
    let all = cells(EveryType(hasNulls: true).batches(rowCount: 60)[0])
    #expect(try columns(reader) == all.map { Array($0[11..<41]) })
  }

  @Test("buffers compressed with lz4 are read")
  func lz4() throws {
    let reader = try ArrowReader(path: fixture("pyarrow-lz4.arrow"))
    let numbers = try reader.batch(0)[ColumnKey<Values<Int64>>("n")]
    #expect((0..<3).map { numbers[$0] } == [1, 2, 3])
  }

  @Test("a file without batches has its columns and no rows")
  func noBatches() throws {
    let rows = EveryType(hasNulls: true)
    let reader = try ArrowReader(path: fixture("pyarrow-no-batches.arrow"))
    #expect(reader.schema.fields == rows.schema.fields)
    #expect(reader.batchCount == 0)
    #expect(reader.rowCount == 0)
  }

  @Test("the code of a null row is in range, whatever the file says")
  func wildNullCode() throws {
    let reader = try ArrowReader(path: fixture("pyarrow-wild-null-code.arrow"))
    let symbols = try reader.batch(0)[ColumnKey<Coded<Strings>>("symbol")]
    #expect((0..<3).map { symbols[$0] } == ["b", nil, "a"])
    #expect((0..<3).map { symbols.codes.value($0) } == [1, 0, 0])
  }

  @Test(
    "what Tidemark does not store is refused with the column and its type",
    arguments: [
      ("codes-int32", "column symbol as dictionary<uint32, utf8>"),
      ("codes-int32", "a dictionary with codes of int32"),
      ("large-utf8", "column name of a type that Tidemark stores, found large_utf8"),
      ("timestamp-ns", "column t of a type that Tidemark stores, found timestamp[ns, UTC]"),
      ("timestamp-without-zone", "found timestamp[us, no zone]"),
      ("int8", "column n of a type that Tidemark stores, found int8"),
      ("list", "column l of a type that Tidemark stores, found list"),
      ("binary-8", "found fixed_size_binary(8)"),
      ("same-name", "two named n"),
      ("metadata-v4", "expected Arrow metadata V5, found V4"),
      ("null-symbol", "no nulls in column symbol of dictionary 0, found 1"),
      ("not-utf8", "text in UTF-8 in column name of batch 0"),
      ("split-character", "rows that start with a character in column name"),
      ("falling-offsets", "ascending offsets"),
      ("high-code", "codes below 2 in column symbol of batch 0"),
      ("delta", "a delta to dictionary 0"),
    ])
  func refused(name: String, message: String) throws {
    let path = fixture("refused-\(name).arrow")
    let error = try #require(throws: ArrowFileError.self) {
      _ = try cells(ArrowReader(path: path))
    }
    #expect(error.path == path)
    #expect(error.byteOffset != nil)
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test("a table other than the expected one is refused with every difference")
  func differences() throws {
    let expected = Schema(
      "flows", version: 1,
      [
        Field("uint8", .uint16), Field("text", .dictionaryOfStrings),
        Field("missing", .int64, isNullable: false), Field("optional", .int64),
      ])
    let error = try #require(throws: ArrowFileError.self) {
      _ = try ArrowReader(path: fixture("pyarrow-named.arrow"), expecting: expected)
    }
    #expect(
      error.found == """
        table: expected flows, found every_type; version of flows: expected 1, found 3; \
        uint8: expected uint16, found uint8; \
        text: expected dictionary<uint32, utf8>, found utf8; \
        missing: expected int64, missing
        """)
  }

  @Test("a required column with nulls is refused when they are read")
  func nullsInRequiredColumn() throws {
    let expected = EveryType(hasNulls: false).schema
    let reader = try ArrowReader(path: fixture("pyarrow-nulls.arrow"), expecting: expected)
    let error = try #require(throws: ArrowFileError.self) { _ = try reader.batch(1) }
    #expect("\(error)".contains("expected no nulls in column uint8 of batch 1, found"))
  }
}
