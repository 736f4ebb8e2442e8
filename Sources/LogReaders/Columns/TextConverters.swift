import Columnar
import Glibc

/// Counts bytes that are not valid UTF-8 and were replaced by U+FFFD.
final class UTF8Repairs {
  var textCount = 0

  /// Calls `body` with the text, repaired where it is not valid UTF-8.
  @inline(__always) func withValid<R>(
    _ text: FieldText, _ body: (UnsafeRawBufferPointer) -> R
  ) -> R {
    isASCII(text) ? body(text.bytes) : withChecked(text, body)
  }

  @inline(__always) private func isASCII(_ text: FieldText) -> Bool {
    var index = 0
    var seen: UInt64 = 0
    let bytes = UnsafeRawPointer(text.start)
    while index &+ 8 <= text.count {
      seen |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index &+= 8
    }
    seen |= FieldText(start: text.start + index, count: text.count - index).word
    return seen & 0x8080_8080_8080_8080 == 0
  }

  private func withChecked<R>(_ text: FieldText, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    if String(validating: text.bytes, as: UTF8.self) == nil { textCount += 1 }
    var repaired = String(decoding: text.bytes, as: UTF8.self)
    return repaired.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }
}

/// Text of one batch, row after row.
private final class TextStorage {
  private let characters = GrowingBuffer(capacity: 64 << 10)
  private let offsets = ColumnStorage<Int32>(zero: 0)

  func append(_ text: UnsafeRawBufferPointer) {
    offsets.append(Int32(characters.byteCount))
    characters.append(text)
  }

  func appendNull() { offsets.appendNull(storing: Int32(characters.byteCount)) }

  func finish() -> Column {
    let end = Int32(characters.byteCount)
    let (starts, validity, count, nullCount) = offsets.take()
    let ends = GrowingBuffer(capacity: 4 * (count + 1))
    ends.append(starts.bytes)
    ends.append(end)
    return Column(
      type: .utf8, rowCount: count, nullCount: nullCount, validity: validity,
      values: characters.take(), offsets: ends.take())
  }
}

/// Fills a column of text; empty text is null.
final class StringsConverter: ColumnConverter {
  private var source: TextSource
  private let repairs: UTF8Repairs
  private let storage = TextStorage()
  private let digest: ((UnsafeRawBufferPointer) -> String)?
  var isText: Bool { true }

  /// - Parameter digest: what is stored in place of the text, where it must not be.
  init(
    source: TextSource, repairs: UTF8Repairs, digest: ((UnsafeRawBufferPointer) -> String)?
  ) {
    self.source = source
    self.repairs = repairs
    self.digest = digest
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    let source = source
    if let kept {
      for index in kept { append(block.rows.lowerBound + index, of: source) }
    } else {
      for row in block.rows { append(row, of: source) }
    }
  }

  @inline(__always) private func append(_ row: Int, of source: TextSource) {
    guard let text = source.text(row), text.count > 0 else { return storage.appendNull() }
    repairs.withValid(text) { valid in
      guard let digest else { return storage.append(valid) }
      var hashed = digest(valid)
      hashed.withUTF8 { storage.append(UnsafeRawBufferPointer($0)) }
    }
  }

  func keep(_: [Int], ofLast _: Int) {}
  func finish() -> Column { storage.finish() }
}

/// Fills a dictionary column of text; empty text is null.
final class SymbolsConverter: ColumnConverter {
  private var source: TextSource
  private let repairs: UTF8Repairs
  private let values: ValueTable?
  private let column: Int
  private let digest: ((UnsafeRawBufferPointer) -> String)?
  private let elseNull: Bool
  private let codes = ColumnStorage<UInt32>(zero: 0)
  private let symbols = CodedBuilder<Strings>()
  /// By what all verbs made of a text: its code.
  private let cache = ShortTextCache<UInt32>()
  /// By texts as they stand, where one column decides: the code, or `none` for null.
  private let known = ShortTextCache<UInt32>()
  private static let none = UInt32.max
  var isText: Bool { false }

  init(
    source: TextSource, repairs: UTF8Repairs, column: Int, values: ValueTable?,
    digest: ((UnsafeRawBufferPointer) -> String)?, elseNull: Bool
  ) {
    self.source = source
    self.repairs = repairs
    self.column = column
    self.values = values
    self.digest = digest
    self.elseNull = elseNull
  }

  func bind(_ binding: ColumnBinding, _ table: FieldTable) { source.bind(binding, table) }

  func convert(_ block: RowBlock, kept: [Int]?) {
    guard let column = source.onlyColumn else {
      return codes.appendAll(block.count) { index in
        let code = code(of: index, in: block)
        return code == SymbolsConverter.none ? nil : code
      }
    }
    let (source, known) = (source, known)
    codes.appendAll(block.count) { values, isValid in
      column.forEach(block.rows) { index, text in
        let isLeftNull = source.isLeftNull(block.rows.lowerBound &+ index)
        let code =
          isLeftNull
          ? SymbolsConverter.none : text.flatMap { known.value($0) } ?? learn(text, index, block)
        values[index] = code == SymbolsConverter.none ? 0 : code
        isValid[index] = code == SymbolsConverter.none ? 0 : 1
      }
    }
  }

  @inline(never) private func learn(_ text: FieldText?, _ index: Int, _ block: RowBlock) -> UInt32 {
    guard let code = code(of: index, in: block) else { return SymbolsConverter.none }
    if let text { known.keep(code, for: text) }
    return code
  }

  /// The code for a record by way of all verbs: `none` for null, nil where its text is not allowed.
  private func code(of index: Int, in block: RowBlock) -> UInt32? {
    guard let text = source.text(block.rows.lowerBound + index), text.count > 0 else {
      guard source.failed else { return SymbolsConverter.none }
      if !elseNull { block.reject(index, RejectReason(.noMatch, column: column)) }
      return nil
    }
    if let code = cache.value(text) { return code }
    guard let symbol = symbol(text) else {
      if !elseNull { block.reject(index, RejectReason(.unlistedValue, column: column)) }
      return nil
    }
    guard !symbol.isEmpty else { return SymbolsConverter.none }
    let code = code(symbol)
    cache.keep(code, for: text)
    return code
  }

  /// What stands for a text: empty for null, nil where the format does not list it.
  private func symbol(_ text: FieldText) -> String? {
    let valid = repairs.withValid(text) { String(decoding: $0, as: UTF8.self) }
    guard let values else { return digested(valid) }
    guard let value = values.texts[valid] ?? values.other else { return nil }
    return digested(value)
  }

  private func digested(_ text: String) -> String {
    guard let digest else { return text }
    var text = text
    return text.withUTF8 { digest(UnsafeRawBufferPointer($0)) }
  }

  private func code(_ symbol: String) -> UInt32 {
    var symbol = symbol
    return symbol.withUTF8 { symbols.code(of: UnsafeRawBufferPointer($0)) }
  }

  func keep(_ kept: [Int], ofLast count: Int) { codes.keep(kept, ofLast: count) }

  func finish() -> Column {
    let (values, validity, count, nullCount) = codes.take()
    return Column(
      type: .dictionaryOfStrings, rowCount: count, nullCount: nullCount, validity: validity,
      values: values, dictionary: symbols.finish().dictionary)
  }
}
