import Columnar
import TestSupport
import Testing

@testable import ArrowFile

struct RunCacheTests {
  private let frame: [UInt8] = [1, 2, 3]

  private func look(_ cache: RunCache, _ frame: [UInt8], _ codec: Codec, _ count: Int) -> Buffer? {
    frame.withUnsafeBytes { cache.buffer($0, codec, byteCount: count) }
  }

  private func keep(_ cache: RunCache, _ frame: [UInt8], _ count: Int) {
    frame.withUnsafeBytes { cache.keep(.zeros(byteCount: count), of: $0, .zstd) }
  }

  @Test("what a frame holds is given for the same frame, codec and length alone")
  func key() {
    let cache = RunCache()
    keep(cache, frame, 1 << 16)
    #expect(look(cache, frame, .zstd, 1 << 16) != nil)
    #expect(look(cache, frame, .lz4, 1 << 16) == nil)
    #expect(look(cache, frame, .zstd, 1 << 17) == nil)
    #expect(look(cache, [1, 2, 4], .zstd, 1 << 16) == nil)
    #expect(look(cache, [1, 2], .zstd, 1 << 16) == nil)
  }

  @Test("what is long, or stands for little, or for very much, is not kept")
  func limits() {
    let cache = RunCache()
    let long = [UInt8](repeating: 0, count: 300)
    keep(cache, long, 1 << 16)
    keep(cache, frame, 100)
    keep(cache, [9], 1 << 22)
    #expect(look(cache, long, .zstd, 1 << 16) == nil)
    #expect(look(cache, frame, .zstd, 100) == nil)
    #expect(look(cache, [9], .zstd, 1 << 22) == nil)
  }

  @Test("no more than 8 MiB are kept")
  func bound() {
    let cache = RunCache()
    for number in UInt8(0)..<100 { keep(cache, [number], 1 << 19) }
    let held = (UInt8(0)..<100).filter { look(cache, [$0], .zstd, 1 << 19) != nil }
    #expect((1...16).contains(held.count))
    #expect(held.last == 99)
  }

  @Test("tables whose columns are runs of the same length and other values are read as written")
  func tables() throws {
    let folder = try TemporaryFolder()
    let schema = Schema("runs", version: 1, [Field("a", .int64), Field("b", .int64)])
    for first in Int64(1)...3 {
      let path = folder.file("runs\(first)")
      let values = [first, first + 10].map { value in
        let column = [Int64](repeating: value, count: 20_000)
        return Column(
          type: .int64, rowCount: column.count,
          values: column.withUnsafeBytes { Buffer(copying: $0) })
      }
      let writer = try ArrowWriter(path: path, schema: schema)
      for _ in 0..<2 {
        try writer.write(Batch(schema: schema, rowCount: 20_000, columns: values))
      }
      try writer.finish()
      let reader = try ArrowReader(path: path)
      for batch in 0..<2 {
        let read = try reader.batch(batch).columns.map { Values<Int64>($0) }
        #expect((0..<20_000).allSatisfy { read[0].value($0) == first })
        #expect((0..<20_000).allSatisfy { read[1].value($0) == first + 10 })
      }
    }
  }
}
