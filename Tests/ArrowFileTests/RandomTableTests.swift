import ArrowFile
import Columnar
import TestSupport
import Testing

struct RandomTableTests {
  @Test("random rows are read as the arrays from which they were made", arguments: 0..<24)
  func randomRows(_ seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let folder = try TemporaryFolder()
    let path = folder.file("t.arrow")
    let number = ColumnKey<Values<UInt64>>("number")
    let real = ColumnKey<Values<Double>>("real")
    let flag = ColumnKey<Flags>("flag")
    let text = ColumnKey<Strings>("text")
    let symbol = ColumnKey<Coded<Strings>>("symbol")
    let schema = Schema(
      "random", version: 1, [number.field, real.field, flag.field, text.field, symbol.field])
    let nullShare = [0, 0.01, 0.5, 1][seed % 4]
    var rows: [(UInt64?, UInt64?, Bool?, String?, String?)] = []
    let table = TableBuilder(schema)
    let writer = try ArrowWriter(
      path: path, schema: schema, compression: seed % 2 == 0 ? .none : .zstd)
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      for _ in 0..<Int.random(in: 0...300, using: &random) {
        func value<Value>(_ make: (inout SplitMix) -> Value) -> Value? {
          Double.random(in: 0..<1, using: &random) < nullShare ? nil : make(&random)
        }
        let row = (
          value { $0.next() }, value { $0.next() }, value { $0.next() % 2 == 0 },
          value { Self.text(&$0) }, value { "s\($0.next() % 50)" }
        )
        table.column(number).append(row.0)
        // Any bits, not-a-numbers with their payload included.
        table.column(real).append(row.1.map(Double.init(bitPattern:)))
        table.column(flag).append(row.2)
        table.column(text).append(row.3)
        table.column(symbol).append(row.4)
        rows.append(row)
      }
      try writer.write(table.finishBatch())
    }
    #expect(writer.rowCount == rows.count)
    try writer.finish()

    let reader = try ArrowReader(path: path, expecting: schema)
    #expect(reader.rowCount == rows.count)
    var start = 0
    for index in 0..<reader.batchCount {
      let batch = try reader.batch(index)
      let expected = rows[start..<start + batch.rowCount]
      let found = 0..<batch.rowCount
      #expect(found.map { batch[number][$0] } == expected.map(\.0), "seed \(seed)")
      #expect(found.map { batch[real][$0]?.bitPattern } == expected.map(\.1), "seed \(seed)")
      #expect(found.map { batch[flag][$0] } == expected.map(\.2), "seed \(seed)")
      #expect(found.map { batch[text][$0] } == expected.map(\.3), "seed \(seed)")
      #expect(found.map { batch[symbol][$0] } == expected.map(\.4), "seed \(seed)")
      start += batch.rowCount
    }
    #expect(start == rows.count)
  }

  private static func text(_ random: inout SplitMix) -> String {
    let characters: [Character] = ["a", "ß", "行", "🦑", "\"", ",", "\0", "\n"]
    let count = Int.random(in: 0...20, using: &random)
    return String((0..<count).map { _ in characters[Int.random(in: 0..<8, using: &random)] })
  }
}
