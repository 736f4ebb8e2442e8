import Columnar

/// Some rows of a column of numbers in a batch.
struct ColumnSlice {
  let column: NumberColumn
  let rows: Range<Int>
  let layout: BodyLayout
  let body: FileRegion
  /// What the column is, for messages.
  let what: String

  func values() throws(ArrowFileError) -> [Float] {
    let node = layout.nodes[column.firstNode]
    guard node.rowCount == layout.rowCount, (0...node.rowCount).contains(node.nullCount) else {
      throw body.failure(
        expected: "\(what) with \(layout.rowCount) rows",
        found: "\(node.rowCount) with \(node.nullCount) nulls")
    }
    let views = layout.variadicCounts.prefix(column.viewColumnsBefore).reduce(0, +)
    let (place, width) = (column.firstBuffer + views, column.kind.bitWidth)
    var values = try withBytes(place + 1, bitWidth: width, "values") { bytes in
      convert(bytes, firstBit: width == 1 ? rows.lowerBound % 8 : 0)
    }
    if node.nullCount > 0 {
      try withBytes(place, bitWidth: 1, "validity") { bits in
        for row in values.indices where !bits.bit(rows.lowerBound % 8 + row) { values[row] = .nan }
      }
    }
    return values
  }

  /// Hands the bytes that hold the rows to `use`.
  private func withBytes<Result>(
    _ buffer: Int, bitWidth: Int, _ kind: String, _ use: (UnsafeRawBufferPointer) -> Result
  ) throws(ArrowFileError) -> Result {
    let extent = layout.buffers[buffer]
    let stored = try body.part(
      at: extent.offset, byteCount: extent.byteCount, "\(kind) of \(what)")
    let bytes = rows.lowerBound * bitWidth / 8..<(rows.upperBound * bitWidth + 7) / 8
    guard let codec = layout.codec else {
      let part = try stored.part(
        at: bytes.lowerBound, byteCount: bytes.count, "\(kind) of \(what)")
      return use(part.bytes)
    }
    let buffer = try BufferDecompressor(codec).decompress(stored)
    guard bytes.upperBound <= buffer.byteCount else {
      throw stored.failure(
        expected: "\(bytes.upperBound) bytes of \(kind) of \(what)", found: "\(buffer.byteCount)")
    }
    return withExtendedLifetime(buffer) {
      use(UnsafeRawBufferPointer(rebasing: buffer.bytes[bytes]))
    }
  }

  private func convert(_ bytes: UnsafeRawBufferPointer, firstBit: Int) -> [Float] {
    switch column.kind {
    case .bool: rows.indices.map { bytes.bit(firstBit + $0 - rows.lowerBound) ? 1 : 0 }
    case .int8: floats(bytes) { (value: Int8) in Float(value) }
    case .int16: floats(bytes) { (value: Int16) in Float(value) }
    case .int32: floats(bytes) { (value: Int32) in Float(value) }
    case .int64: floats(bytes) { (value: Int64) in Float(value) }
    case .uint8: floats(bytes) { (value: UInt8) in Float(value) }
    case .uint16: floats(bytes) { (value: UInt16) in Float(value) }
    case .uint32: floats(bytes) { (value: UInt32) in Float(value) }
    case .uint64: floats(bytes) { (value: UInt64) in Float(value) }
    case .float16: floats(bytes) { (value: UInt16) in Float(halfBits: value) }
    case .float32: floats(bytes) { (value: Float) in value }
    case .float64: floats(bytes) { (value: Double) in Float(value) }
    }
  }

  @inline(__always)
  private func floats<Stored: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ convert: (Stored) -> Float
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows.count) { floats, count in
      for row in 0..<rows.count {
        floats[row] = convert(
          bytes.loadUnaligned(
            fromByteOffset: row * MemoryLayout<Stored>.size, as: Stored.self))
      }
      count = rows.count
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func bit(_ index: Int) -> Bool { self[index / 8] >> UInt8(index % 8) & 1 == 1 }
}

extension Float {
  /// A binary16; `Float16` is not there on every platform.
  fileprivate init(halfBits bits: UInt16) {
    let sign: FloatingPointSign = bits >> 15 == 1 ? .minus : .plus
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    self =
      switch exponent {
      case 0: Float(sign: sign, exponent: -24, significand: fraction)
      case 31: fraction == 0 ? (sign == .minus ? -.infinity : .infinity) : .nan
      default: Float(sign: sign, exponent: exponent - 25, significand: 1_024 + fraction)
      }
  }
}
