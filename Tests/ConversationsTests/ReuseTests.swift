import Columnar
import TestSupport
import Testing

@testable import Conversations

@Suite("Room that is used again")
struct ReuseTests {
  private static let rowCount = 1000
  private let key = ColumnKey<Values<Int64>>("a")

  private func conversation(_ number: Int, sourceBytes: Int64 = 7) -> Conversation {
    Conversation(
      start: Int64(number), end: 0, sourceBytes: sourceBytes, destinationBytes: 0,
      sourcePackets: 0, destinationPackets: 0, networkBytes: 0,
      first: RowReference(batch: 0, row: UInt32(number)), tuple: 0, recordCount: 1, tcpFlags: 0,
      marks: [])
  }

  private func batch(_ value: (Int) -> Int64?) throws -> Batch {
    let builder = ValuesBuilder<Int64>()
    for row in 0..<Self.rowCount { builder.append(value(row)) }
    return Batch(
      schema: Schema("t", version: 1, [key.field]), rowCount: Self.rowCount,
      columns: [builder.finish()])
  }

  private func gathered(_ gather: FixedGather, _ value: (Int) -> Int64?) throws -> Column {
    gather.begin(rowCount: Self.rowCount)
    let positions = (0..<Int32(Self.rowCount)).map { $0 }
    let rows = (0..<Self.rowCount).map { conversation($0) }
    gather.gather(try batch(value), file: 0, at: positions[...], of: FirstRows(rows[...]))
    return gather.finish()
  }

  private func words(_ column: Column) -> [Int64] {
    Array(column.values.bytes.bindMemory(to: Int64.self))
  }

  @Test("a batch's column leaves nothing in the next one's") func gather() throws {
    let gather = FixedGather(.int64, GatheredName("a"))
    _ = try gathered(gather) { Int64($0) + 1 }
    gather.begin(rowCount: Self.rowCount)
    let nulls = try gathered(gather) { $0 == 3 ? 9 : nil }
    #expect(nulls.nullCount == Self.rowCount - 1)
    #expect(words(nulls) == (0..<Self.rowCount).map { $0 == 3 ? 9 : 0 })
  }

  @Test("a batch's column stays as it is while others are made") func heldColumn() throws {
    let gather = FixedGather(.int64, GatheredName("a"))
    let held = try gathered(gather) { Int64($0) }
    let others = try (1...3).map { round in try gathered(gather) { _ in Int64(-round) } }
    #expect(words(held) == (0..<Int64(Self.rowCount)).map { $0 })
    #expect(others.map { words($0)[0] } == [-1, -2, -3])
  }

  @Test("what is added up leaves nothing in the next batch, and stays while it is held")
  func derived() {
    let memory = BatchMemory(byteCount: 8 * Self.rowCount)
    func column(_ sourceBytes: Int64) -> Column {
      let rows = (0..<Self.rowCount).map { conversation($0, sourceBytes: sourceBytes) }
      return DerivedColumn.sourceBytes.column(of: rows[...], in: memory)
    }
    _ = column(5)
    let unknown = column(Counter.unknown)
    #expect(unknown.nullCount == Self.rowCount)
    #expect(words(unknown).allSatisfy { $0 == 0 })
    let held = column(1)
    _ = column(2)
    #expect(words(held).allSatisfy { $0 == 1 })
  }

  @Test("sorts of few and of many, one after another, give what a plain sort gives")
  func orders() {
    var random = SplitMix(seed: 1)
    var times = TimeOrder()
    var order = OutputOrder()
    for count in [5000, 10, 3000, 1, 8000, 0, 40] {
      for limit in [UInt64(2000), 3_000_000, 1 << 38] {
        var entries = (0..<count).map { index in
          UInt64.random(in: 0..<limit, using: &random) << TimeOrder.indexBits | UInt64(index)
        }
        let sorted = entries.sorted()
        times.sort(&entries)
        #expect(entries == sorted)
      }
      var rows = (0..<count).map { _ in conversation(Int.random(in: 0..<5000, using: &random)) }
      let starts = rows.map(\.start).sorted()
      order.sort(&rows, sliceStart: 0)
      #expect(rows.map(\.start) == starts)
    }
  }
}
