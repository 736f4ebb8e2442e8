/// The counters of one host and hour, packed into a block of a pool: a pointer to the row of the
/// hour before, the hour, and each counter as a variable-length number (LEB128). Most counters are
/// small, so that a row takes some 50 bytes instead of 200.
enum HourRow {
  private static let counterCount = 24
  private static let headerByteCount = 12

  /// Appends a row to the chain that ends in `previous`.
  static func pack(
    _ counters: InlineArray<24, Int64>, hour: Int, after previous: UnsafeMutableRawPointer?,
    in pool: inout BlockPool
  ) -> UnsafeMutableRawPointer {
    var byteCount = headerByteCount
    for index in counters.indices { byteCount += length(UInt64(counters[index])) }
    let row = pool.allocate(byteCount)
    row.storeBytes(of: previous, as: UnsafeMutableRawPointer?.self)
    row.storeBytes(of: UInt16(byteCount), toByteOffset: 8, as: UInt16.self)
    row.storeBytes(of: UInt16(hour), toByteOffset: 10, as: UInt16.self)
    var offset = headerByteCount
    for index in counters.indices {
      var value = UInt64(counters[index])
      while value > 0x7F {
        row.storeBytes(of: UInt8(value & 0x7F) | 0x80, toByteOffset: offset, as: UInt8.self)
        value >>= 7
        offset += 1
      }
      row.storeBytes(of: UInt8(value), toByteOffset: offset, as: UInt8.self)
      offset += 1
    }
    return row
  }

  /// The hour and counters of a row.
  static func unpack(_ row: UnsafeMutableRawPointer) -> (Int, InlineArray<24, Int64>) {
    var counters = InlineArray<24, Int64>(repeating: 0)
    var offset = headerByteCount
    for index in counters.indices {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      var byte: UInt8
      repeat {
        byte = row.load(fromByteOffset: offset, as: UInt8.self)
        value |= UInt64(byte & 0x7F) << shift
        shift += 7
        offset += 1
      } while byte & 0x80 != 0
      counters[index] = Int64(value)
    }
    return (Int(row.load(fromByteOffset: 10, as: UInt16.self)), counters)
  }

  /// The rows of a chain in the order of their hours.
  static func chain(from last: UnsafeMutableRawPointer?) -> [UnsafeMutableRawPointer] {
    var rows: [UnsafeMutableRawPointer] = []
    var next = last
    while let row = next {
      rows.append(row)
      next = row.load(as: UnsafeMutableRawPointer?.self)
    }
    return rows.reversed()
  }

  static func releaseAll(from last: UnsafeMutableRawPointer?, to pool: inout BlockPool) {
    var next = last
    while let row = next {
      next = row.load(as: UnsafeMutableRawPointer?.self)
      pool.free(row, byteCount: Int(row.load(fromByteOffset: 8, as: UInt16.self)))
    }
  }

  /// Bytes of a number: one for each 7 bits.
  private static func length(_ value: UInt64) -> Int {
    max(1, (64 - value.leadingZeroBitCount + 6) / 7)
  }
}
