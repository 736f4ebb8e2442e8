import Columnar
import Testing

struct BuilderTests {
  /// Row counts around whole bytes and words of the validity bitmap.
  private static let rowCounts = [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000]

  /// Whether a row is null, in three patterns.
  private static let patterns: [@Sendable (Int) -> Bool] = [
    { _ in false }, { _ in true }, { $0 % 3 == 1 },
  ]

  @Test("values and nulls are read as they were appended", arguments: rowCounts)
  func values(rowCount: Int) {
    for isNull in Self.patterns {
      let rows = (0..<rowCount).map { isNull($0) ? nil : Int64($0) << 33 - 7 }
      let builder = ValuesBuilder<Int64>()
      for row in rows { builder.append(row) }
      let column = builder.finish()
      let view = Values<Int64>(column)
      #expect((0..<view.count).map { view[$0] } == rows)
      #expect(column.nullCount == rows.count { $0 == nil })
      #expect((column.validity == nil) == (column.nullCount == 0))
      #expect(view.validity.isComplete == (column.nullCount == 0))
      let span = view.span
      #expect(span.count == rowCount)
      for row in span.indices where rows[row] != nil { #expect(span[row] == rows[row]) }
    }
  }

  @Test("flags and nulls are read as they were appended", arguments: rowCounts)
  func flags(rowCount: Int) {
    for isNull in Self.patterns {
      let rows = (0..<rowCount).map { isNull($0) ? nil : $0 % 5 < 2 }
      let builder = FlagsBuilder()
      for row in rows { builder.append(row) }
      let view = Flags(builder.finish())
      #expect((0..<view.count).map { view[$0] } == rows)
    }
  }

  @Test("texts and nulls are read as they were appended", arguments: rowCounts)
  func strings(rowCount: Int) {
    for isNull in Self.patterns {
      let rows = (0..<rowCount).map {
        isNull($0) ? nil : String(repeating: "ä", count: $0 % 4) + "\($0)"
      }
      let builder = StringsBuilder()
      for row in rows { builder.append(row) }
      #expect(builder.byteCount == rows.reduce(0) { $0 + ($1?.utf8.count ?? 0) })
      let view = Strings(builder.finish())
      #expect((0..<view.count).map { view[$0] } == rows)
      for row in 0..<rowCount where rows[row] == nil { #expect(view.bytes(row).count == 0) }
    }
  }

  @Test("an empty text is no null")
  func emptyText() {
    let builder = StringsBuilder()
    builder.append("")
    builder.append(nil as String?)
    let view = Strings(builder.finish())
    #expect(view[0] == "")
    #expect(view[1] == nil)
  }

  @Test("symbols get their codes in the order in which they come", arguments: rowCounts)
  func codes(rowCount: Int) {
    for isNull in Self.patterns {
      let rows = (0..<rowCount).map { isNull($0) ? nil : "s\($0 * $0 % 7)" }
      let builder = CodedBuilder<Strings>()
      for row in rows { builder.append(row) }
      let view = Coded<Strings>(builder.finish())
      #expect((0..<view.count).map { view[$0] } == rows)
      var inOrder: [String] = []
      for case let row? in rows where !inOrder.contains(row) { inOrder.append(row) }
      #expect((0..<view.symbols.count).map { view.symbols[$0] } == inOrder)
    }
  }

  @Test("a builder starts again after finish, and its dictionary grows on")
  func startsAgain() throws {
    let numbers = ValuesBuilder<UInt16>()
    let texts = StringsBuilder()
    let flags = FlagsBuilder()
    let symbols = CodedBuilder<Strings>()
    var dictionaries: [ColumnDictionary] = []
    for (round, symbol) in ["a", "b", "a"].enumerated() {
      numbers.appendNull()
      numbers.append(UInt16(round))
      texts.append("t\(round)")
      flags.append(round == 1)
      symbols.append(symbol)
      #expect(numbers.rowCount == 2)
      let number = Values<UInt16>(numbers.finish())
      #expect([number[0], number[1]] == [nil, UInt16(round)])
      let text = Strings(texts.finish())
      #expect(text.count == 1)
      #expect(text[0] == "t\(round)")
      #expect(Flags(flags.finish())[0] == (round == 1))
      let column = symbols.finish()
      #expect(Coded<Strings>(column)[0] == symbol)
      dictionaries.append(try #require(column.dictionary))
      #expect(numbers.rowCount == 0)
    }
    #expect(dictionaries.map(\.column.rowCount) == [1, 2, 2])
    #expect(dictionaries[1] === dictionaries[2])
  }

  @Test("addresses are symbols by their 16 bytes")
  func addressSymbols() {
    let addresses = [
      Address(ipv4: 1), Address(ipv4: 2), Address(ipv4: 1), Address(high: 1, low: 1),
    ]
    let builder = CodedBuilder<Values<Address>>()
    for address in addresses { withUnsafeBytes(of: address) { builder.append($0) } }
    let view = Coded<Values<Address>>(builder.finish())
    #expect((0..<4).map { view.codes.value($0) } == [0, 1, 0, 2])
    #expect((0..<4).map { view.symbols.value(Int(view.codes.value($0))) } == addresses)
  }

  @Test("validity bits behind the last row are zero", arguments: rowCounts.dropFirst())
  func padding(rowCount: Int) throws {
    let builder = ValuesBuilder<UInt8>()
    for _ in 1..<rowCount { builder.append(1) }
    builder.appendNull()
    let validity = try #require(builder.finish().validity)
    #expect(validity.byteCount == (rowCount + 7) / 8)
    let ones = validity.bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    #expect(ones == rowCount - 1)
  }
}
