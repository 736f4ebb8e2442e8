import ArrowFile
import Columnar

/// A table with a column of each type, whose rows follow from their number by formulas that
/// `compare.py` and `make_fixtures.py` state too.
struct EveryType {
  /// Whether columns are nullable and have nulls: column c of row r is null where
  /// (r + c) % 7 == 3.
  let hasNulls: Bool

  var uint8: ColumnKey<Values<UInt8>> { key("uint8") }
  var uint16: ColumnKey<Values<UInt16>> { key("uint16") }
  var uint32: ColumnKey<Values<UInt32>> { key("uint32") }
  var uint64: ColumnKey<Values<UInt64>> { key("uint64") }
  var int32: ColumnKey<Values<Int32>> { key("int32") }
  var int64: ColumnKey<Values<Int64>> { key("int64") }
  var float32: ColumnKey<Values<Float>> { key("float32") }
  var float64: ColumnKey<Values<Double>> { key("float64") }
  var flag: ColumnKey<Flags> { key("flag") }
  var time: ColumnKey<Values<Instant>> { key("time") }
  var address: ColumnKey<Values<Address>> { key("address") }
  var text: ColumnKey<Strings> { key("text") }
  var symbol: ColumnKey<Coded<Strings>> { key("symbol") }
  var host: ColumnKey<Coded<Values<Address>>> { key("host") }

  private func key<View>(_ name: String) -> ColumnKey<View> {
    ColumnKey(name, isNullable: hasNulls)
  }

  var schema: Schema {
    Schema(
      "every_type", version: 3,
      [
        uint8.field, uint16.field, uint32.field, uint64.field, int32.field, int64.field,
        float32.field, float64.field, flag.field, time.field, address.field, text.field,
        symbol.field, host.field,
      ])
  }

  /// The 32 bits from which a row's values are made.
  static func bits(_ row: Int) -> UInt32 { UInt32(truncatingIfNeeded: row &* 2_654_435_761) }

  static func address(_ bits: UInt32) -> Address {
    bits & 1 == 0
      ? Address(ipv4: 0x0A00_0000 | bits >> 8)
      : Address(high: 0x2001_0db8_0000_0000, low: UInt64(bits))
  }

  static func text(_ row: Int) -> String {
    switch bits(row) % 5 {
    case 0: ""
    case 1: "zeile – \(row) 行"
    default: "row \(row)"
    }
  }

  /// Rows `0 ..< rowCount` in batches of at most `batchRowCount`.
  func batches(rowCount: Int, batchRowCount: Int = maximumBatchRowCount) -> [Batch] {
    let table = TableBuilder(schema)
    var batches: [Batch] = []
    var start = 0
    repeat {
      let end = min(rowCount, start + batchRowCount)
      append(start..<end, to: table)
      batches.append(table.finishBatch())
      start = end
    } while start < rowCount
    return batches
  }

  private func append(_ rows: Range<Int>, to table: TableBuilder) {
    fill(table.column(uint8), 0, rows) { _, bits in UInt8(truncatingIfNeeded: bits) }
    fill(table.column(uint16), 1, rows) { _, bits in UInt16(truncatingIfNeeded: bits) }
    fill(table.column(uint32), 2, rows) { _, bits in bits }
    fill(table.column(uint64), 3, rows) { row, bits in UInt64(bits) << 32 | UInt64(row) }
    fill(table.column(int32), 4, rows) { _, bits in Int32(bitPattern: bits) }
    fill(table.column(int64), 5, rows) { _, bits in Int64(bits) << 20 - 1 << 51 }
    fill(table.column(float32), 6, rows) { _, bits in Float(bits & 0xFFFF) / 8 - 1000 }
    fill(table.column(float64), 7, rows) { _, bits in Double(bits) / 1024 }
    fill(table.column(time), 9, rows) { row, _ in
      Instant(microseconds: 1_700_000_000_000_000 + Int64(row) * 1_000_003)
    }
    fill(table.column(address), 10, rows) { _, bits in Self.address(bits) }
    let flags = table.column(flag)
    let texts = table.column(text)
    let symbols = table.column(symbol)
    let hosts = table.column(host)
    for row in rows {
      let bits = Self.bits(row)
      flags.append(isNull(8, row) ? nil : bits & 4 != 0)
      texts.append(isNull(11, row) ? nil : Self.text(row))
      symbols.append(isNull(12, row) ? nil : "symbol \(bits % 10)")
      if isNull(13, row) {
        hosts.appendNull()
      } else {
        withUnsafeBytes(of: Address(ipv4: 0xC0A8_0000 | bits % 300)) { hosts.append($0) }
      }
    }
  }

  private func isNull(_ column: Int, _ row: Int) -> Bool { hasNulls && (row + column) % 7 == 3 }

  private func fill<Element: ColumnElement>(
    _ builder: ValuesBuilder<Element>, _ column: Int, _ rows: Range<Int>,
    _ value: (Int, UInt32) -> Element
  ) {
    for row in rows {
      builder.append(isNull(column, row) ? nil : value(row, Self.bits(row)))
    }
  }

  /// Writes rows `0 ..< rowCount` to a file.
  func write(
    to path: String, rowCount: Int, compression: Compression = .none,
    batchRowCount: Int = maximumBatchRowCount
  ) throws {
    let batches = batches(rowCount: rowCount, batchRowCount: batchRowCount)
    try ArrowFileTests.write(batches, schema, to: path, compression: compression)
  }
}

/// Writes batches to a file.
func write(
  _ batches: [Batch], _ schema: Schema, to path: String, compression: Compression = .none
) throws {
  let writer = try ArrowWriter(path: path, schema: schema, compression: compression)
  for batch in batches { try writer.write(batch) }
  try writer.finish()
}
