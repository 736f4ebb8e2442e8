import Foundation
import TestSupport
import Testing

@testable import ArrowFile

/// Files that pyarrow and polars made: Fixtures/make_number_fixtures.py.
struct NumberReaderTests {
  /// The numbers of a row, as that script makes them.
  private static let numbers: [(name: String, value: @Sendable (Int) -> Float)] = [
    ("int8", { Float($0 - 20) }), ("int16", { Float($0 * 800 - 16_000) }),
    ("int32", { Float($0 * 16_777_217) }), ("int64", { Float($0 << 53 + 1) }),
    ("uint8", { Float($0 * 6) }), ("uint16", { Float($0 * 1_600) }),
    ("uint32", { Float($0 * 100_000_000) }), ("uint64", { Float(UInt64($0) << 58) }),
    ("float32", { Float(Double($0) / 3) }), ("float64", { Float(Double($0) / 3 + 1e-9) }),
    ("bool", { $0 % 3 == 0 ? 1 : 0 }), ("float16", { Float($0) / 8 }),
  ]

  private func columns(_ reader: NumberReader) throws -> [[Float]] {
    var columns = [[Float]](repeating: [], count: reader.columns.count)
    for piece in reader.pieces {
      let values = try reader.values(piece, columns: Array(columns.indices))
      for (index, part) in values.enumerated() { columns[index] += part }
    }
    return columns
  }

  @Test(
    "columns of numbers are read as floats, nulls as NaN, whatever lies between them",
    arguments: [
      ("numbers.arrow", 12), ("numbers-lz4.arrow", 12), ("numbers-zstd.arrow", 12),
      ("numbers.arrows", 12), ("numbers-polars-lz4.arrow", 11), ("numbers-polars.arrows", 11),
    ])
  func values(name: String, columnCount: Int) throws {
    let reader = try NumberReader(path: fixture(name))
    #expect(reader.columns.map(\.name) == Self.numbers.prefix(columnCount).map(\.name))
    #expect(reader.rowCount == 40)
    let columns = try columns(reader)
    for (index, number) in Self.numbers.prefix(columnCount).enumerated() {
      let expected = (0..<40).map { $0 % 7 == 3 ? Float.nan : number.value($0) }
      #expect(
        columns[index].map(\.bitPattern) == expected.map(\.bitPattern), "\(name), \(number.name)")
    }
  }

  @Test("columns are read in the order they are asked for")
  func order() throws {
    let reader = try NumberReader(path: fixture("numbers.arrow"))
    let values = try reader.values(reader.pieces[1], columns: [8, 0])
    #expect(reader.pieces[1].rows == 0..<15)
    #expect(values[0][0] == Float(25.0 / 3) && values[1][0] == 5)
  }

  @Test("columns of anything else are named with their types")
  func others() throws {
    let others = try NumberReader(path: fixture("numbers.arrow")).others
    #expect(
      others.map { "\($0.name): \($0.type)" } == [
        "text: utf8", "code: dictionary of utf8", "view: utf8_view", "nothing: null",
        "decimal: decimal", "date: date", "list: list", "pair: fixed_size_list",
        "struct: struct", "map: map", "dense: union", "sparse: union", "runs: run_end_encoded",
        "duration: duration", "large: large_utf8",
      ])
  }

  @Test("long batches are read in pieces, compressed ones whole")
  func pieces() throws {
    let long = try NumberReader(path: fixture("numbers-long.arrow"))
    #expect(long.pieces.map(\.rows) == [0..<65_536, 65_536..<70_000])
    #expect(try columns(long) == [(0..<70_000).map { $0 % 3 == 0 ? 1 : 0 }])
    let compressed = try NumberReader(path: fixture("numbers-long-lz4.arrow"))
    #expect(compressed.pieces.map(\.rows) == [0..<70_000])
    #expect(try columns(compressed) == [(0..<70_000).map { Float($0 % 1_000) }])
  }

  @Test("a file of Tidemark's own is verified by its checksums")
  func checksums() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("own.arrow")
    try EveryType(hasNulls: true).write(to: path, rowCount: 60, compression: .none)
    #expect(try columns(NumberReader(path: path)).first?.count == 60)
    var bytes = try fileBytes(path)
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: ArrowFileError.self) { try columns(NumberReader(path: path)) }
    #expect(error?.description.contains("checksum") == true)
  }

  @Test(
    "damaged files are refused or read, and nothing worse",
    arguments: ["numbers.arrow", "numbers.arrows", "numbers-lz4.arrow", "numbers-polars.arrows"])
  func damage(name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file(name)
    let sound = try fileBytes(fixture(name))
    var refusedCount = 0
    for place in stride(from: 0, to: sound.count, by: 61) {
      var bytes = sound
      bytes[place] ^= place % 2 == 0 ? 0xFF : 0x10
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do { _ = try columns(NumberReader(path: path)) } catch is ArrowFileError { refusedCount += 1 }
    }
    for byteCount in [0, 5, 7, 100, sound.count / 2, sound.count - 3] {
      try Data(sound.prefix(byteCount)).write(to: URL(fileURLWithPath: path))
      do { _ = try columns(NumberReader(path: path)) } catch is ArrowFileError { refusedCount += 1 }
    }
    #expect(refusedCount > 5)
  }

  @Test("columns that refer to the same ones within them are refused, not walked for ever")
  func aliases() throws {
    var builder = FlatBufferBuilder()
    var field = builder.table([nil, nil, .uint8(ArrowFormat.TypeTag.bool)])
    for _ in 0..<60 {
      let children = builder.vector([field, field])
      // A struct.
      field = builder.table([nil, nil, .uint8(13), nil, nil, .reference(children)])
    }
    let columns = builder.vector([field])
    let root = builder.table([nil, .reference(columns)])
    let folder = try TemporaryFolder()
    let path = folder.file("schema")
    try write(builder.finish(root), to: path)
    let table = try FlatBufferTable(rootOf: try MappedFile(path: path).region)
    let error = #expect(throws: ArrowFileError.self) { try NumberSchema(table) }
    #expect(error?.expected == "at most 65536 columns, those within columns counted")
  }

  @Test(
    "files of other kinds are refused by what they are",
    arguments: [
      ("PAR1 and so on", "found a Parquet file; write it as Arrow"),
      ("a,b\n1,2\n", "expected an Arrow file or stream, found other bytes"),
      ("", "expected an Arrow file or stream, found no schema"),
    ])
  func otherFiles(content: String, message: String) throws {
    let folder = try TemporaryFolder()
    try Data(content.utf8).write(to: URL(fileURLWithPath: folder.file("x.arrow")))
    let error = #expect(throws: ArrowFileError.self) {
      try NumberReader(path: folder.file("x.arrow"))
    }
    #expect(error?.description.contains(message) == true)
  }
}

struct LZ4FrameTests {
  /// A frame of one block, without checksums and content size.
  private func decode(_ block: [UInt8], isStored: Bool = false, byteCount: Int) -> [UInt8]? {
    let size = UInt32(block.count) | (isStored ? 0x8000_0000 : 0)
    let sizeBytes = withUnsafeBytes(of: size.littleEndian, Array.init)
    let frame: [UInt8] =
      [0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0] + sizeBytes + block + [0, 0, 0, 0]
    var output = [UInt8](repeating: 0, count: byteCount)
    let isSound = frame.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { LZ4Frame.decode(input, into: $0) }
    }
    return isSound ? output : nil
  }

  @Test("literals, matches that overlap themselves, and long lengths are decoded")
  func sequences() {
    #expect(decode([0x30, 1, 2, 3], byteCount: 3) == [1, 2, 3])
    #expect(decode([7, 8], isStored: true, byteCount: 2) == [7, 8])
    // Two literals, then eight bytes from two back; then one literal.
    #expect(
      decode([0x24, 5, 6, 2, 0, 0x10, 9], byteCount: 11) == [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 9])
    // One literal, then 4 + 15 + 255 + 1 of it.
    #expect(
      decode([0x1F, 4, 1, 0, 255, 1, 0x10, 9], byteCount: 277)
        == [UInt8](repeating: 4, count: 276) + [9])
  }

  @Test("frames that hold more, less or nothing sound are refused")
  func malformed() {
    #expect(decode([0x30, 1, 2, 3], byteCount: 4) == nil)
    #expect(decode([0x30, 1, 2, 3], byteCount: 2) == nil)
    #expect(decode([0x40, 1, 2, 3], byteCount: 4) == nil)
    #expect(decode([0x10, 1, 2, 0, 0x10, 9], byteCount: 6) == nil, "a match before the start")
    #expect(decode([0x10, 1, 0, 0, 0x10, 9], byteCount: 6) == nil, "a match with itself")
    #expect(decode([0xF0, 255, 255], byteCount: 600) == nil, "a length without an end")
  }
}
