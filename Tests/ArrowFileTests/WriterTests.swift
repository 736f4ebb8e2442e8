import ArrowFile
import Columnar
import Foundation
import TestSupport
import Testing

struct WriterTests {
  private let rows = EveryType(hasNulls: true)

  @Test("the same batches give the same bytes", arguments: [Compression.none, .zstd])
  func sameBytes(_ compression: Compression) throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] {
      try rows.write(to: folder.file(name), rowCount: 500, compression: compression)
    }
    #expect(try fileBytes(folder.file("a")) == fileBytes(folder.file("b")))
  }

  @Test("a column of one value takes next to no room, others lie in the file as they are")
  func runs() throws {
    let folder = try TemporaryFolder()
    let names = ColumnKey<Coded<Strings>>("name")
    let counts = ColumnKey<Values<Int64>>("count")
    let missing = ColumnKey<Values<Int64>>("missing")
    let addresses = ColumnKey<Values<Address>>("address")
    let texts = ColumnKey<Strings>("text")
    let table = TableBuilder(
      Schema(
        "runs", version: 1,
        [names.field, counts.field, missing.field, addresses.field, texts.field]))
    for row in 0..<50_000 {
      table.column(names).append("the same")
      table.column(counts).append(Int64(row))
      table.column(missing).append(nil)
      table.column(addresses).append(row % 3 == 0 ? nil : Address(ipv4: UInt32(row)))
      let text: String? = row % 5 == 0 ? nil : "\(row)"
      table.column(texts).append(text)
    }
    let batch = table.finishBatch()
    let path = folder.file("runs.arrow")
    let writer = try ArrowWriter(path: path, schema: batch.schema)
    try writer.write(batch)
    try writer.finish()
    let bytes = try fileBytes(path)
    #expect(bytes.count < (8 + 16 + 4 + 5) * 50_000 + 20_000)
    let stored = (0..<50_000).flatMap { row in
      withUnsafeBytes(of: Int64(row).littleEndian) { Array($0) }
    }
    #expect(bytes.firstRange(of: stored) != nil)
    #expect(try cells(ArrowReader(path: path)) == [cells(batch)])
    try expectPyArrow(
      reads: path,
      "assert t.num_rows == 50000 and set(t['name'].to_pylist()) == {'the same'}, t;"
        + "assert t['count'].to_pylist() == list(range(50000)), t;"
        + "assert t['missing'].null_count == 50000, t;"
        + "assert t['text'].to_pylist()[:6] == [None, '1', '2', '3', '4', None], t;"
        + "assert t['address'].to_pylist()[49999] == bytes(10) + b'\\xff\\xff' + (49999).to_bytes(4, 'big'), t"
    )
  }

  @Test("a file appears when it is finished, and leaves no other file")
  func appearsWhenFinished() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    let writer = try ArrowWriter(path: path, schema: rows.schema)
    try writer.write(rows.batches(rowCount: 5)[0])
    #expect(try folder.names().count == 1)
    #expect(try folder.names() != ["table.arrow"])
    try writer.finish()
    #expect(try folder.names() == ["table.arrow"])
  }

  @Test("without finish, nothing is left and an earlier file stays")
  func unfinished() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    try rows.write(to: path, rowCount: 5)
    let before = try fileBytes(path)
    do {
      let writer = try ArrowWriter(path: path, schema: rows.schema)
      try writer.write(rows.batches(rowCount: 9)[0])
    }
    #expect(try folder.names() == ["table.arrow"])
    #expect(try fileBytes(path) == before)
  }

  @Test("two writers of one path do not disturb each other")
  func twoWriters() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    let writers = try (0..<2).map { _ in try ArrowWriter(path: path, schema: rows.schema) }
    for writer in writers { try writer.write(rows.batches(rowCount: 7)[0]) }
    for writer in writers { try writer.finish() }
    #expect(try ArrowReader(path: path).rowCount == 7)
    #expect(try folder.names() == ["table.arrow"])
  }

  @Test("a folder that is not there is an error with the path and the reason")
  func missingFolder() throws {
    let path = try TemporaryFolder().file("missing/table.arrow")
    let error = try #require(throws: ArrowFileError.self) {
      _ = try ArrowWriter(path: path, schema: rows.schema)
    }
    #expect(error.path == path)
    #expect(error.found == "no such file or directory")
  }

  @Test("a write that fails leaves nothing, and the file can't be finished any more")
  func failedWrite() async {
    await #expect(processExitsWith: .success) {
      // The limit stands for a full disk, and holds for the whole process.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
      let folder = try TemporaryFolder()
      let rows = EveryType(hasNulls: true)
      do {
        let writer = try ArrowWriter(path: folder.file("t.arrow"), schema: rows.schema)
        let error = try #require(throws: ArrowFileError.self) {
          try writer.write(rows.batches(rowCount: 2000)[0])
        }
        #expect(error.expected == "to write at byte 100000")
        #expect(error.found == "file too large")
        #expect(throws: error) { try writer.write(rows.batches(rowCount: 1)[0]) }
        #expect(throws: error) { try writer.finish() }
      }
      #expect(try folder.names() == [])
    }
  }

  @Test("nulls in a required column are refused")
  func nullsInRequiredColumn() throws {
    let folder = try TemporaryFolder()
    let key = ColumnKey<Values<Int64>>("bytes", isNullable: false)
    let table = TableBuilder(Schema("t", version: 1, [key.field]))
    table.column(key).append(nil)
    let writer = try ArrowWriter(path: folder.file("t.arrow"), schema: table.schema)
    let error = try #require(throws: ArrowFileError.self) { try writer.write(table.finishBatch()) }
    #expect(error.expected == "column bytes without nulls")
    #expect(writer.rowCount == 0)
  }

  @Test("a dictionary may grow from batch to batch, and a shorter one may follow")
  func growingDictionary() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("t.arrow")
    let key = ColumnKey<Coded<Strings>>("symbol")
    let table = TableBuilder(Schema("t", version: 1, [key.field]))
    var batches: [Batch] = []
    for symbols in [["a"], ["b", "a"], ["c"]] {
      for symbol in symbols { table.column(key).append(symbol) }
      batches.append(table.finishBatch())
    }
    try write([batches[0], batches[2], batches[1]], table.schema, to: path)
    let reader = try ArrowReader(path: path)
    let read = try (0..<3).map { try reader.batch($0)[key] }
    #expect(read.map { view in (0..<view.count).map { view[$0] } } == [["a"], ["c"], ["b", "a"]])
    #expect(read.map(\.symbols.count) == [3, 3, 3])
  }

  @Test("codes that stand for something else than before are refused")
  func otherDictionary() throws {
    let folder = try TemporaryFolder()
    let key = ColumnKey<Coded<Strings>>("symbol")
    let batches = ["a", "b"].map { symbol in
      let table = TableBuilder(Schema("t", version: 1, [key.field]))
      table.column(key).append(symbol)
      return table.finishBatch()
    }
    let writer = try ArrowWriter(path: folder.file("t.arrow"), schema: batches[0].schema)
    try writer.write(batches[0])
    let error = try #require(throws: ArrowFileError.self) { try writer.write(batches[1]) }
    #expect(error.expected == "column symbol to extend the dictionary of the batches before")
  }

  @Test("schema and footer carry the caller's metadata, the rows and the times")
  func metadata() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("t.arrow")
    let writer = try ArrowWriter(
      path: path, schema: rows.schema,
      metadata: [("tidemark.stage", "ingest"), ("tidemark.sorted_by", "event_time")])
    for batch in rows.batches(rowCount: 25, batchRowCount: 10) { try writer.write(batch) }
    try writer.finish()
    let reader = try ArrowReader(path: path)
    let start = 1_700_000_000_000_000
    #expect(
      reader.metadata == [
        "tidemark.schema": "every_type", "tidemark.schema_version": "3",
        "tidemark.stage": "ingest", "tidemark.sorted_by": "event_time", "tidemark.rows": "25",
        "tidemark.min_time": "\(start)", "tidemark.max_time": "\(start + 24 * 1_000_003)",
      ])
    let ranges = (0..<3).map { reader.timeRange(ofBatch: $0) }
    let table = Table(schema: rows.schema, batches: rows.batches(rowCount: 25, batchRowCount: 10))
    #expect(ranges == (0..<3).map { table.timeRange(ofBatch: $0) })
    #expect(ranges[2]?.first == Instant(microseconds: Int64(start + 20 * 1_000_003)))
  }

  @Test("a batch whose times are all null, or that is empty, has no times")
  func noTimes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("t.arrow")
    let key = ColumnKey<Values<Instant>>("time")
    let table = TableBuilder(Schema("t", version: 1, [key.field]))
    var batches = [table.finishBatch()]
    table.column(key).appendNull()
    batches.append(table.finishBatch())
    table.column(key).append(Instant(microseconds: -5))
    table.column(key).appendNull()
    table.column(key).append(Instant(microseconds: -7))
    batches.append(table.finishBatch())
    try write(batches, table.schema, to: path)
    let reader = try ArrowReader(path: path)
    let times = TimeRange(first: Instant(microseconds: -7), last: Instant(microseconds: -5))
    #expect((0..<3).map { reader.timeRange(ofBatch: $0) } == [nil, nil, times])
    #expect(reader.metadata["tidemark.min_time"] == "-7")
  }

  @Test("a table without columns or without batches keeps its row count")
  func degenerate() throws {
    let folder = try TemporaryFolder()
    let schema = Schema("none", version: 1, [])
    try write([Batch(schema: schema, rowCount: 9, columns: [])], schema, to: folder.file("a"))
    #expect(try ArrowReader(path: folder.file("a")).rowCount == 9)
    try write([], rows.schema, to: folder.file("b"))
    let reader = try ArrowReader(path: folder.file("b"), expecting: rows.schema)
    #expect(reader.rowCount == 0)
    #expect(reader.batchCount == 0)
    #expect(reader.schema == rows.schema)
  }

  @Test("a device or pipe is not replaced by a file")
  func devices() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("pipe.arrow")
    #expect(mkfifo(path, 0o600) == 0)
    let error = #expect(throws: ArrowFileError.self) {
      _ = try ArrowWriter(path: path, schema: Schema("numbers", version: 1, []))
    }
    #expect(
      error?.description
        == "\(path): expected a file's name to write to, found a device, pipe or folder")
  }
}
