import ArrowFile
import Columnar
import TestSupport
import Testing

/// What a reader shows of a file.
private struct Content: Equatable {
  let schema: Schema
  let rowCount: Int
  let metadata: [String: String]
  let times: [TimeRange?]
  let cells: [[[Cell]]]

  init(path: String) throws {
    let reader = try ArrowReader(path: path)
    schema = reader.schema
    rowCount = reader.rowCount
    metadata = reader.metadata
    times = (0..<reader.batchCount).map { reader.timeRange(ofBatch: $0) }
    cells = try ArrowFileTests.cells(reader)
  }
}

/// What came of reading damaged files.
private struct Outcome {
  var errors = 0
  var identical = 0
  /// Damage after which other data was read without an error.
  var wrong: [String] = []

  mutating func read(_ damaged: [UInt8], as original: Content, at path: String, _ damage: String)
    throws
  {
    try write(damaged, to: path)
    do {
      let content = try Content(path: path)
      if content == original { identical += 1 } else { wrong.append(damage) }
    } catch let error as ArrowFileError {
      errors += error.path == path ? 1 : 0
    }
  }
}

struct CorruptionTests {
  private static let kinds: [(hasNulls: Bool, compression: Compression, rows: Int)] = [
    (false, .none, 40), (true, .none, 25), (true, .zstd, 40), (false, .zstd, 1), (true, .none, 0),
  ]

  @Test("every truncation and bit flip of a file gives an error", arguments: kinds.indices)
  func randomDamage(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    let kind = Self.kinds[index]
    try EveryType(hasNulls: kind.hasNulls).write(
      to: path, rowCount: kind.rows, compression: kind.compression, batchRowCount: 16)
    let original = try Content(path: path)
    let bytes = try fileBytes(path)
    let seed = UInt64(index)
    var random = SplitMix(seed: seed)
    var outcome = Outcome()
    for _ in 0..<200 {
      let byteCount = Int.random(in: 0..<bytes.count, using: &random)
      try outcome.read(
        Array(bytes[..<byteCount]), as: original, at: path, "cut to \(byteCount) bytes")
    }
    for _ in 0..<300 {
      var damaged = bytes
      let flips = Int.random(in: 1...4, using: &random)
      var places: [Int] = []
      for _ in 0..<flips {
        let bit = Int.random(in: 0..<8 * bytes.count, using: &random)
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        places.append(bit)
      }
      guard damaged != bytes else { continue }
      try outcome.read(damaged, as: original, at: path, "flipped bits \(places)")
    }
    #expect(outcome.wrong == [], "seed \(seed)")
    #expect(outcome.identical == 0, "every byte is covered; seed \(seed)")
    #expect(outcome.errors >= 499, "seed \(seed)")
  }

  @Test(
    "each byte of a small file is covered: one changed is an error", arguments: [1, 0x80, 0xFF])
  func everyByte(_ change: UInt8) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    let table = TableBuilder(
      Schema(
        "small", version: 1,
        [Field("time", .timestamp), Field("name", .utf8), Field("symbol", .dictionaryOfStrings)]))
    table.column(ColumnKey<Values<Instant>>("time")).append(Instant(microseconds: 1_700_000))
    table.column(ColumnKey<Strings>("name")).append(nil as String?)
    table.column(ColumnKey<Coded<Strings>>("symbol")).append("a")
    try write([table.finishBatch()], table.schema, to: path)
    let original = try Content(path: path)
    let bytes = try fileBytes(path)
    var outcome = Outcome()
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= change
      try outcome.read(damaged, as: original, at: path, "byte \(index)")
    }
    #expect(outcome.wrong == [])
    #expect(outcome.identical == 0)
    #expect(outcome.errors == bytes.count)
  }

  @Test("no byte of a footer makes its checksums unseen, though the word for them is damaged, too")
  func everyByteOfTheFooter() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    try EveryType(hasNulls: true).write(to: path, rowCount: 40, batchRowCount: 16)
    let original = try Content(path: path)
    var bytes = try fileBytes(path)
    let word = try #require(bytes.firstRange(of: Array("tidemark.checksums".utf8)))
    bytes[word.lowerBound + 11] ^= 3
    var outcome = Outcome()
    let length = bytes[(bytes.count - 10)...].prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let footer = bytes.count - 10 - length..<bytes.count - 10
    for index in footer {
      var damaged = bytes
      damaged[index] ^= 0xBC
      try outcome.read(damaged, as: original, at: path, "byte \(index) of the footer")
    }
    #expect(outcome.wrong == [])
    #expect(outcome.errors == footer.count)
  }

  @Test("bytes put in, taken out or exchanged give an error")
  func shifts() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    try EveryType(hasNulls: true).write(to: path, rowCount: 40, batchRowCount: 16)
    let original = try Content(path: path)
    let bytes = try fileBytes(path)
    let seed: UInt64 = 11
    var random = SplitMix(seed: seed)
    var outcome = Outcome()
    for _ in 0..<150 {
      let start = Int.random(in: 0..<bytes.count - 64, using: &random)
      let other = Int.random(in: 0..<bytes.count - 64, using: &random)
      let count = 8 * Int.random(in: 1...8, using: &random)
      try outcome.read(
        Array(bytes[..<start] + bytes[(start + count)...]), as: original, at: path,
        "\(count) bytes taken out at \(start)")
      try outcome.read(
        Array(bytes[..<start] + [UInt8](repeating: 0, count: count) + bytes[start...]),
        as: original, at: path, "\(count) zeros put in at \(start)")
      var copied = bytes
      copied.replaceSubrange(start..<start + count, with: bytes[other..<other + count])
      guard copied != bytes else { continue }
      try outcome.read(
        copied, as: original, at: path, "\(count) bytes of \(other) put over \(start)")
    }
    #expect(outcome.wrong == [], "seed \(seed)")
    #expect(outcome.identical == 0, "seed \(seed)")
  }

  @Test(
    "a damaged file without checksums gives an error or some data, and ends no process",
    arguments: [
      "pyarrow-nulls", "pyarrow-nulls-zstd", "pyarrow-wild-null-code", "polars-nulls-zstd",
    ])
  func foreignDamage(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    let bytes = try fileBytes(fixture("\(name).arrow"))
    let seed: UInt64 = 5
    var random = SplitMix(seed: seed)
    var errors = 0
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        damaged[place] = UInt8.random(in: 0...255, using: &random)
      }
      try write(damaged, to: path)
      do { _ = try Content(path: path) } catch is ArrowFileError { errors += 1 }
    }
    #expect(errors > 50, "seed \(seed)")
  }

  @Test("a batch that was read once is verified; another one is verified when it is read")
  func verifiesEachBatch() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table.arrow")
    try EveryType(hasNulls: false).write(to: path, rowCount: 48, batchRowCount: 16)
    var bytes = try fileBytes(path)
    let text = Array("row 36".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: text) })
    bytes[place] ^= 1
    try write(bytes, to: path)
    let reader = try ArrowReader(path: path)
    #expect(try reader.batch(0).rowCount == 16)
    #expect(try reader.batch(1).rowCount == 16)
    for _ in 0..<2 {
      let error = try #require(throws: ArrowFileError.self) { _ = try reader.batch(2) }
      #expect(error.expected.hasPrefix("batch 2 with checksum "))
    }
  }
}
