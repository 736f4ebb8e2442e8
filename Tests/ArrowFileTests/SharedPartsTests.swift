import Columnar
import Foundation
import TestSupport
import Testing

@testable import ArrowFile

/// Files that take up more memory than they have bytes, in that parts of them state the same ones.
struct SharedPartsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func region(_ bytes: [UInt8]) throws -> FileRegion {
    let path = folder.file("parts")
    try write(bytes, to: path)
    return try MappedFile(path: path).region
  }

  @Test("metadata whose entries share a text is refused before it is longer than the file")
  func metadata() throws {
    var builder = FlatBufferBuilder()
    let text = builder.string(String(repeating: "x", count: 1_000))
    let pair = builder.table([.reference(text), .reference(text)])
    let pairs = builder.vector([pair, pair, pair])
    let root = builder.table([.reference(pairs)])
    let table = try FlatBufferTable(rootOf: try region(builder.finish(root)))
    let error = #expect(throws: ArrowFileError.self) { try table.keyValues(0, "metadata") }
    #expect(error?.expected == "metadata within \(table.byteCount) bytes")
  }

  @Test("a footer that states the same message again and again is refused")
  func messages() throws {
    var builder = FlatBufferBuilder()
    let blocks = builder.vector(structs: [8, 48, 16, 8, 48, 16, 8, 48, 16], wordCount: 3)
    let root = builder.table([.reference(blocks)])
    let table = try FlatBufferTable(rootOf: try region(builder.finish(root)))
    let messages = try region([UInt8](repeating: 0, count: 160))
    let error = #expect(throws: ArrowFileError.self) {
      try FileIndex.blocks(table, 0, in: messages, "batch")
    }
    #expect(error?.expected == "messages that do not overlap")
  }

  @Test("a compressed buffer that several columns state is refused")
  func compressedBuffers() throws {
    // As long as it is stored: -1 for its length.
    let body = try region([UInt8](repeating: 0xFF, count: 8) + [UInt8](repeating: 1, count: 8))
    let node = BodyLayout.Node(rowCount: 1, nullCount: 0)
    let (none, values) = (
      BodyLayout.Extent(offset: 0, byteCount: 0), BodyLayout.Extent(offset: 0, byteCount: 16)
    )
    let layout = BodyLayout(
      rowCount: 1, nodes: [node, node], buffers: [none, values, none, values], codec: .zstd)
    var decoder = BodyDecoder(body, layout, "batch 0")
    let field = Field("n", .uint64)
    _ = try decoder.column(field, dictionary: nil)
    let error = #expect(throws: ArrowFileError.self) {
      try decoder.column(field, dictionary: nil)
    }
    #expect(error?.expected == "compressed buffers that do not overlap in batch 0")
  }

  @Test("a batch that states more rows than it has bytes for is refused before any is read")
  func rows() throws {
    let path = fixture("numbers-long.arrow")
    let rowCount = try NumberReader(path: path).rowCount
    func number(_ value: Int) -> [UInt8] { withUnsafeBytes(of: Int64(value)) { Array($0) } }
    var bytes = try fileBytes(path)
    bytes.replace(number(rowCount), with: number(1 << 31))
    let other = folder.file("rows.arrow")
    try write(bytes, to: other)
    let error = #expect(throws: ArrowFileError.self) { try NumberReader(path: other) }
    #expect(error?.expected == "batch 0 with bytes for 2147483648 rows")
  }
}
