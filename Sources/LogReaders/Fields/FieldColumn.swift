import CKernels

/// The text of a field; at least 64 readable bytes follow it.
struct FieldText {
  let start: UnsafePointer<UInt8>
  let count: Int

  @inline(__always) var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: count)
  }

  /// The first eight bytes as a little-endian number, zero beyond the end.
  @inline(__always) var word: UInt64 {
    let word = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
    return count >= 8 ? word : word & (1 &<< UInt64(8 &* count) &- 1)
  }
}

/// One column of a field table.
struct FieldColumn {
  let befores: UnsafePointer<UInt32>
  let afters: UnsafePointer<UInt32>
  let stride: Int
  let rowCount: Int
  let bytes: UnsafePointer<UInt8>
  let limit: Int
  /// What may stand around a field, -1 where nothing does.
  let quote: Int32

  /// Reads the IPv4 addresses among the fields of some records: a number each, 0 and `isAddress` 0
  /// where a field is none.
  func readIPv4(
    _ rows: Range<Int>, numbers: UnsafeMutablePointer<UInt32>,
    isAddress: UnsafeMutablePointer<UInt8>
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount)
    let first = rows.lowerBound * stride
    read_ipv4_fields(
      bytes, befores + first, afters + first, UInt32(stride), UInt32(rows.count), quote,
      numbers, isAddress)
  }

  /// Reads the numbers of at most eight digits among the fields of some records; `other` stands
  /// where a field is none.
  ///
  /// - Returns: whether all are such numbers.
  func readNumbers(
    _ rows: Range<Int>, into numbers: UnsafeMutablePointer<ParsedNumber>, other: ParsedNumber
  ) -> Bool {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount)
    let first = rows.lowerBound * stride
    return UnsafeMutableRawPointer(numbers).withMemoryRebound(to: Int64.self, capacity: rows.count)
    {
      read_number_fields(
        bytes, befores + first, afters + first, UInt32(stride), UInt32(rows.count), quote,
        other.raw, $0) == 0
    }
  }

  /// The text of a record's field, nil where the record has no such field.
  @inline(__always) subscript(row: Int) -> FieldText? {
    precondition(row >= 0 && row < rowCount)
    let before = Int(befores[row &* stride])
    let after = Int(afters[row &* stride])
    return text(before: before, after: after, mayBeQuoted: true)
  }

  /// Calls `body` with the text of each of some records' fields, nil where a record has no such
  /// field, and the record's position among them. Keeps what is the same for all in registers.
  @inline(__always) func forEach(_ rows: Range<Int>, _ body: (_ index: Int, FieldText?) -> Void) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount)
    let first = rows.lowerBound &* stride
    let (befores, afters, mayBeQuoted) = (befores + first, afters + first, quote >= 0)
    for index in 0..<rows.count {
      let (before, after) = (Int(befores[index &* stride]), Int(afters[index &* stride]))
      body(index, text(before: before, after: after, mayBeQuoted: mayBeQuoted))
    }
  }

  @inline(__always) private func text(before: Int, after: Int, mayBeQuoted: Bool) -> FieldText? {
    guard before < after else { return nil }
    precondition(after < limit)
    let text = FieldText(start: bytes + (before &+ 1), count: after &- before &- 1)
    guard mayBeQuoted, text.count > 1, Int32(text.start.pointee) == quote else { return text }
    return FieldText(start: text.start + 1, count: text.count &- 2)
  }
}
