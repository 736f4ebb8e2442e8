import TestSupport
import Testing

@testable import ArrowFile

struct FlatBufferTests {
  /// The bytes as a file, since tables are read from one.
  private func region(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> FileRegion {
    let path = folder.file("flatbuffer")
    try write(bytes, to: path)
    return try MappedFile(path: path).region
  }

  /// A table with a field of each kind.
  private func sample() -> [UInt8] {
    var builder = FlatBufferBuilder()
    let text = builder.string("grüße")
    let child = builder.table([.int32(-3)])
    let children = builder.vector([child, builder.table([]), child])
    let structs = builder.vector(structs: [1, -2, 3, -4], wordCount: 2)
    let root = builder.table([
      .uint8(250), nil, .int64(Int64.min), .reference(text), .int16(-2), .reference(children),
      .reference(structs), .bool(true),
    ])
    return builder.finish(root)
  }

  @Test("what is built is read")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let table = try FlatBufferTable(rootOf: try region(sample(), in: folder))
    #expect(try table.number(0, default: UInt8(0), "") == 250)
    #expect(try table.number(1, default: Int32(77), "") == 77)
    #expect(try table.number(2, default: Int64(0), "") == Int64.min)
    #expect(try table.string(3, "") == "grüße")
    #expect(try table.number(4, default: Int16(0), "") == -2)
    let children = try table.tables(5, "")
    #expect(try children.map { try $0.number(0, default: Int32(9), "") } == [-3, 9, -3])
    let structs = try table.vector(6, elementByteCount: 16, "")
    #expect(structs.count == 2)
    #expect(try structs.number(Int64.self, of: 1) == 3)
    #expect(try structs.number(Int64.self, of: 1, at: 8) == -4)
    #expect(try table.number(7, default: UInt8(0), "") == 1)
    #expect(try table.number(8, default: Int16(5), "") == 5)
    let absent = try table.table(9, "")
    #expect(absent.map { _ in true } == nil)
    #expect(try table.tables(9, "").count == 0)
  }

  @Test("a table of one int32 has the bytes that the format's description gives it")
  func knownBytes() {
    var builder = FlatBufferBuilder()
    let root = builder.table([.int32(0x0102_0304)])
    #expect(
      builder.finish(root) == [
        12, 0, 0, 0,  // to the root table, whose place is 12
        0, 0,  // padding
        6, 0, 8, 0, 4, 0,  // virtual table: its size, the table's, the field's place
        6, 0, 0, 0,  // the table: how far before it the virtual table lies
        4, 3, 2, 1,
      ])
  }

  @Test("numbers lie at multiples of their size, whatever precedes them")
  func alignment() throws {
    for length in 0..<17 {
      var builder = FlatBufferBuilder()
      let text = builder.string(String(repeating: "x", count: length))
      let words = builder.vector(structs: [0x1122_3344_5566_7788], wordCount: 1)
      let root = builder.table([
        .uint8(1), .reference(text), .int64(0x0102_0304_0506_0708), .reference(words),
      ])
      let bytes = builder.finish(root)
      #expect(bytes.count % 8 == 0)
      for word: [UInt8] in [
        [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11], [8, 7, 6, 5, 4, 3, 2, 1],
      ] {
        let places = bytes.indices.filter { bytes[$0...].starts(with: word) }
        #expect(places.count == 1)
        #expect(places.allSatisfy { $0 % 8 == 0 }, "length \(length)")
      }
    }
  }

  @Test("any damage gives an error or some value within the bytes")
  func damage() throws {
    let folder = try TemporaryFolder()
    let bytes = sample()
    var errors = 0
    for index in bytes.indices {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] = value
        do {
          let table = try FlatBufferTable(rootOf: try region(damaged, in: folder))
          _ = try table.string(3, "text")
          for child in try table.tables(5, "children") {
            _ = try child.number(0, default: Int32(0), "number")
          }
          let structs = try table.vector(6, elementByteCount: 16, "structs")
          for element in 0..<structs.count { _ = try structs.number(Int64.self, of: element) }
        } catch is ArrowFileError {
          errors += 1
        }
      }
    }
    #expect(errors > bytes.count / 2)
  }
}
