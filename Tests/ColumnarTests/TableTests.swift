import Columnar
import Testing

private enum Visit {
  static let time = ColumnKey<Values<Instant>>("time")
  static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  static let bytes = ColumnKey<Values<Int64>>("bytes")
  static let note = ColumnKey<Strings>("note")
  static let schema = Schema("visits", version: 1, [time.field, host.field, bytes.field])
}

struct TableTests {
  private func batch(_ times: [Int64?]) -> Batch {
    let table = TableBuilder(Visit.schema)
    for time in times {
      table.column(Visit.time).append(time.map { Instant(microseconds: $0) })
      table.column(Visit.host).append("h")
      table.column(Visit.bytes).append(time)
    }
    return table.finishBatch()
  }

  @Test("a batch gives its columns by key; a nullable one that it lacks reads as nulls")
  func columnsByKey() {
    let batch = batch([4, nil, 6])
    #expect(batch.rowCount == 3)
    #expect((0..<3).map { batch[Visit.bytes][$0] } == [4, nil, 6])
    #expect((0..<3).map { batch[Visit.host][$0] } == ["h", "h", "h"])
    #expect(batch.hasColumn(Visit.host))
    #expect(!batch.hasColumn(Visit.note))
    #expect((0..<3).map { batch[Visit.note][$0] } == [nil, nil, nil])
  }

  @Test("a column of nulls of each type reads as nulls")
  func nulls() {
    func expectNulls<View: ColumnView>(_ view: View.Type, _ isNull: (View, Int) -> Bool) {
      let view = View(.nulls(View.columnType, rowCount: 9))
      for row in 0..<9 { #expect(isNull(view, row), "\(View.columnType)") }
    }
    expectNulls(Values<UInt8>.self) { $0[$1] == nil }
    expectNulls(Values<UInt16>.self) { $0[$1] == nil }
    expectNulls(Values<UInt32>.self) { $0[$1] == nil }
    expectNulls(Values<UInt64>.self) { $0[$1] == nil }
    expectNulls(Values<Int32>.self) { $0[$1] == nil }
    expectNulls(Values<Int64>.self) { $0[$1] == nil }
    expectNulls(Values<Float>.self) { $0[$1] == nil }
    expectNulls(Values<Double>.self) { $0[$1] == nil }
    expectNulls(Values<Instant>.self) { $0[$1] == nil }
    expectNulls(Values<Address>.self) { $0[$1] == nil }
    expectNulls(Flags.self) { $0[$1] == nil }
    expectNulls(Strings.self) { $0[$1] == nil }
    expectNulls(Coded<Strings>.self) { $0[$1] == nil && $0.bytes($1).count == 0 }
    expectNulls(Coded<Values<Address>>.self) { view, row in view.codes[row] == nil }
  }

  @Test("a batch's times are the least and greatest of those that are not null")
  func timeRange() {
    let cases: [(times: [Int64?], range: (Int64, Int64)?)] = [
      ([5, 3, 9, 4], (3, 9)), ([nil, 3, nil, -2], (-2, 3)), ([7], (7, 7)), ([nil, nil], nil),
      ([], nil), ([0, Int64.max, Int64.min], (Int64.min, Int64.max)),
    ]
    let table = Table(schema: Visit.schema, batches: cases.map { batch($0.times) })
    for (index, expected) in cases.map(\.range).enumerated() {
      let range = table.timeRange(ofBatch: index)
      #expect(range?.first.microseconds == expected?.0)
      #expect(range?.last.microseconds == expected?.1)
    }
    #expect(table.rowCount == 14)
    #expect(table.batchCount == 6)
  }

  @Test("a table without a time column has no times")
  func noTimes() {
    let schema = Visit.schema.filtered { $0.type != .timestamp }
    let builder = TableBuilder(schema)
    builder.column(Visit.host).append("h")
    builder.column(Visit.bytes).append(1)
    let table = Table(schema: schema, batches: [builder.finishBatch()])
    #expect(table.timeRange(ofBatch: 0) == nil)
  }

  @Test("a time range overlaps a span of time that holds one of its ends or what is between")
  func overlaps() {
    func instant(_ microseconds: Int64) -> Instant { Instant(microseconds: microseconds) }
    let range = TimeRange(first: instant(10), last: instant(20))
    let cases: [(Int64, Int64, Bool)] = [
      (0, 10, false), (0, 11, true), (12, 13, true), (20, 30, true), (21, 30, false), (0, 99, true),
    ]
    for (start, end, overlaps) in cases {
      #expect(range.overlaps(from: instant(start), to: instant(end)) == overlaps)
    }
  }

  @Test("differences name types, missing required columns, table and version; nothing else")
  func differences() {
    let found = Schema(
      "visit", version: 2,
      [Field("more", .bool), Field("bytes", .int32), Field("time", .timestamp)])
    #expect(Visit.schema.differences(from: Visit.schema) == [])
    #expect(
      Visit.schema.differences(from: found) == [
        "table: expected visits, found visit", "version of visits: expected 1, found 2",
        "host: expected dictionary<uint32, utf8>, missing", "bytes: expected int64, found int32",
      ])
    let without = Visit.schema.filtered { $0.name != "bytes" }
    #expect(Visit.schema.differences(from: without) == [])
  }
}
