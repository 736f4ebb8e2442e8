import Columnar
import Testing

private enum Visit {
  static let time = ColumnKey<Values<Instant>>("time")
  static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  static let bytes = ColumnKey<Values<Int64>>("bytes")
  static let note = ColumnKey<Strings>("note")
  static let schema = Schema("visits", version: 1, [time.field, host.field, bytes.field])
}

private enum Everything {
  static let byte = ColumnKey<Values<UInt8>>("byte")
  static let port = ColumnKey<Values<UInt16>>("port")
  static let code = ColumnKey<Values<UInt32>>("code")
  static let hash = ColumnKey<Values<UInt64>>("hash")
  static let day = ColumnKey<Values<Int32>>("day")
  static let bytes = ColumnKey<Values<Int64>>("bytes")
  static let share = ColumnKey<Values<Float>>("share")
  static let score = ColumnKey<Values<Double>>("score")
  static let time = ColumnKey<Values<Instant>>("time")
  static let address = ColumnKey<Values<Address>>("address")
  static let flag = ColumnKey<Flags>("flag")
  static let note = ColumnKey<Strings>("note")
  static let name = ColumnKey<Coded<Strings>>("name")
  static let host = ColumnKey<Coded<Values<Address>>>("host")
  static let schema = Schema(
    "everything", version: 1,
    [
      byte.field, port.field, code.field, hash.field, day.field, bytes.field, share.field,
      score.field, time.field, address.field, flag.field, note.field, name.field, host.field,
    ])
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

  @Test("rows of a batch of every type are appended as they were, with their own symbols only")
  func rows() {
    let source = TableBuilder(Everything.schema)
    for row in 0..<4 {
      let isNull = row == 1
      func fill<Element: ColumnElement>(_ key: ColumnKey<Values<Element>>, _ value: Element) {
        source.column(key).append(isNull ? nil : value)
      }
      fill(Everything.byte, UInt8(row))
      fill(Everything.port, UInt16(row))
      fill(Everything.code, UInt32(row))
      fill(Everything.hash, UInt64(row))
      fill(Everything.day, Int32(row))
      fill(Everything.bytes, Int64(row))
      fill(Everything.share, Float(row))
      fill(Everything.score, Double(row))
      fill(Everything.time, Instant(microseconds: Int64(row)))
      fill(Everything.address, Address(high: 1, low: UInt64(row)))
      source.column(Everything.flag).append(isNull ? nil : row > 1)
      source.column(Everything.note).append(isNull ? nil : "note \(row)")
      source.column(Everything.name).append(isNull ? nil : "name \(row)")
      let hosts = source.column(Everything.host)
      if isNull {
        hosts.appendNull()
      } else {
        withUnsafeBytes(of: Address(high: 2, low: UInt64(row))) { hosts.append($0) }
      }
    }
    let all = source.finishBatch()
    let table = TableBuilder(Everything.schema)
    table.append([3, 1], of: all)
    table.append([0, 3], of: all)
    let batch = table.finishBatch()
    let places = [3, 1, 0, 3]
    func expect<Element: ColumnElement & Equatable>(_ key: ColumnKey<Values<Element>>) {
      #expect((0..<4).map { batch[key][$0] } == places.map { all[key][$0] }, "\(key.name)")
    }
    expect(Everything.byte)
    expect(Everything.port)
    expect(Everything.code)
    expect(Everything.hash)
    expect(Everything.day)
    expect(Everything.bytes)
    expect(Everything.share)
    expect(Everything.score)
    expect(Everything.time)
    expect(Everything.address)
    #expect((0..<4).map { batch[Everything.flag][$0] } == [true, nil, false, true])
    #expect((0..<4).map { batch[Everything.note][$0] } == ["note 3", nil, "note 0", "note 3"])
    #expect((0..<4).map { batch[Everything.name][$0] } == ["name 3", nil, "name 0", "name 3"])
    #expect(batch[Everything.name].symbols.count == 2)
    let hosts = batch[Everything.host]
    #expect((0..<4).map { hosts.codes[$0] } == [0, nil, 1, 0])
    #expect((0..<hosts.symbols.count).map { hosts.symbols.value($0).low } == [3, 0])
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
