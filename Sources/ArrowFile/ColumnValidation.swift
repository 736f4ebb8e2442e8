import Columnar

/// What of a column's content is checked before anybody sees it.
struct ColumnValidation {
  /// Whether rows must hold values.
  let isRequired: Bool
  /// Whether the text may be other than UTF-8, since no checksum vouches for it.
  let isTextUnknown: Bool

  /// Throws what is wrong with the column `field` of the batch or dictionary `what`.
  func check(
    _ column: Column, _ field: Field, _ what: String, _ body: FileRegion
  ) throws(ArrowFileError) {
    guard let fault = fault(in: column) else { return }
    throw body.failure(
      expected: "\(fault.expected) in column \(field.name) of \(what)", found: fault.found)
  }

  /// Why the column can't be used; nil when it can.
  private func fault(in column: Column) -> (expected: String, found: String)? {
    if isRequired, column.nullCount > 0 {
      return ("no nulls", "\(column.nullCount)")
    }
    if let bits = column.validity {
      let found = column.rowCount - bits.setBitCount(upTo: column.rowCount)
      if found != column.nullCount {
        return ("\(column.nullCount) nulls in the validity bitmap", "\(found)")
      }
    }
    guard column.type == .utf8, let offsets = column.offsets else { return nil }
    return textFault(offsets, column)
  }

  private func textFault(
    _ offsets: Buffer, _ column: Column
  ) -> (expected: String, found: String)? {
    let start = offsets.base.assumingMemoryBound(to: Int32.self)
    let ends = UnsafeBufferPointer(start: start, count: column.rowCount + 1)
    var isAscending = ends[0] >= 0
    for row in 0..<column.rowCount where ends[row] > ends[row + 1] { isAscending = false }
    guard isAscending, Int(ends[column.rowCount]) <= column.values.byteCount else {
      return (
        "ascending offsets within \(column.values.byteCount) bytes of text",
        "others, the last one \(ends[column.rowCount])"
      )
    }
    guard isTextUnknown else { return nil }
    let text = UnsafeRawBufferPointer(
      rebasing: column.values.bytes[Int(ends[0])..<Int(ends[column.rowCount])])
    let characters = Span<UInt8>(_unsafeBytes: text)
    guard (try? UTF8Span(validating: characters)) != nil else {
      return ("text in UTF-8", "other bytes")
    }
    for end in ends.dropLast() where Int(end) < column.values.byteCount {
      if column.values.bytes[Int(end)] & 0xC0 == 0x80 {
        return ("rows that start with a character", "one that starts within a character")
      }
    }
    return nil
  }
}

extension Column {
  /// This dictionary column with codes that are all in range: those of null rows, which may be
  /// anything in a file, are 0 where they were not. Nil where a row has a code without a symbol.
  func withCodesInRange() -> Column? {
    let symbolCount = UInt32(clamping: dictionary?.column.rowCount ?? 0)
    let start = values.base.assumingMemoryBound(to: UInt32.self)
    let codes = UnsafeBufferPointer(start: start, count: rowCount)
    var highest: UInt32 = 0
    for code in codes { highest = max(highest, code) }
    if highest < symbolCount || rowCount == 0 { return self }
    let isValid = Validity(validity)
    let repaired = GrowingBuffer(capacity: 4 * rowCount)
    for row in 0..<rowCount {
      if codes[row] < symbolCount {
        repaired.append(codes[row])
      } else if isValid[row] {
        return nil
      } else {
        repaired.append(UInt32(0))
      }
    }
    return Column(
      type: type, rowCount: rowCount, nullCount: nullCount, validity: validity,
      values: repaired.take(), dictionary: dictionary)
  }
}

extension Buffer {
  /// How many of the first `bitCount` bits are 1.
  fileprivate func setBitCount(upTo bitCount: Int) -> Int {
    var count = 0
    for byte in bytes.prefix(bitCount / 8) { count += byte.nonzeroBitCount }
    if bitCount % 8 != 0 {
      count += (bytes[bitCount / 8] & (1 << UInt8(bitCount % 8) - 1)).nonzeroBitCount
    }
    return count
  }
}
