import Columnar

/// Values of fixed width of one batch, with a byte a row that says whether it holds one.
final class ColumnStorage<Element: BitwiseCopyable> {
  private(set) var count = 0
  private(set) var nullCount = 0
  // Of no use while `capacity` is 0: room is made when the first value of a batch comes, since the
  // batch before is often still being written until then.
  private var values: UnsafeMutablePointer<Element>
  private let isValid: UnsafeMutablePointer<UInt8>
  private let zero: Element
  private var capacity = 0
  private let memory = BatchMemory(
    byteCount: maximumBatchRowCount * MemoryLayout<Element>.stride)

  /// - Parameter zero: stands in rows without a value.
  init(zero: Element) {
    self.zero = zero
    isValid = UnsafeMutableRawPointer.allocate(byteCount: maximumBatchRowCount, alignment: 8)
      .bindMemory(to: UInt8.self, capacity: maximumBatchRowCount)
    values = ColumnStorage.none(isValid)
  }

  deinit {
    if capacity > 0 { memory.give(UnsafeMutableRawPointer(values)) }
    isValid.deallocate()
  }

  private static func none(_ memory: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Element.self)
  }

  /// Makes sure that `addedCount` more values fit.
  ///
  /// - Precondition: they fit a batch.
  @inline(__always) private func reserve(_ addedCount: Int) {
    precondition(addedCount >= 0 && count + addedCount <= maximumBatchRowCount)
    if capacity == 0 { allocate() }
  }

  @inline(never) private func allocate() {
    capacity = maximumBatchRowCount
    values = memory.take().bindMemory(to: Element.self, capacity: capacity)
  }

  @inline(__always) func append(_ value: Element) {
    reserve(1)
    values[count] = value
    isValid[count] = 1
    count &+= 1
  }

  /// Appends `addedCount` rows, null where `value` gives none; keeps what changes in registers.
  @inline(__always) func appendAll(_ addedCount: Int, _ value: (_ index: Int) -> Element?) {
    reserve(addedCount)
    let (values, isValid, zero) = (values + count, isValid + count, zero)
    var nullCount = 0
    for index in 0..<addedCount {
      let value = value(index)
      values[index] = value ?? zero
      isValid[index] = value == nil ? 0 : 1
      nullCount &+= value == nil ? 1 : 0
    }
    count += addedCount
    self.nullCount += nullCount
  }

  /// Appends `addedCount` rows that `fill` sets: values, and for each 1 where there is one or 0.
  @inline(__always) func appendAll(
    _ addedCount: Int,
    filledBy fill: (UnsafeMutablePointer<Element>, UnsafeMutablePointer<UInt8>) -> Void
  ) {
    reserve(addedCount)
    let (values, isValid) = (values + count, isValid + count)
    fill(values, isValid)
    var validCount = 0
    for index in 0..<addedCount { validCount &+= Int(isValid[index]) }
    count += addedCount
    nullCount += addedCount - validCount
  }

  @inline(__always) func appendNull() { appendNull(storing: zero) }

  func appendNulls(_ addedCount: Int) {
    let zero = zero
    appendAll(addedCount) { values, isValid in
      values.update(repeating: zero, count: addedCount)
      isValid.update(repeating: 0, count: addedCount)
    }
  }

  /// A row without a value, in which `value` stands all the same.
  @inline(__always) func appendNull(storing value: Element) {
    reserve(1)
    values[count] = value
    isValid[count] = 0
    count &+= 1
    nullCount &+= 1
  }

  subscript(row: Int) -> Element? {
    precondition(row >= 0 && row < count)
    return isValid[row] == 1 ? values[row] : nil
  }

  /// The value of a row that has one.
  @inline(__always) func value(_ row: Int) -> Element {
    precondition(row >= 0 && row < count)
    return values[row]
  }

  /// Calls `body` with the values of some rows.
  @inline(__always) func withValues(
    _ rows: Range<Int>, _ body: (UnsafeBufferPointer<Element>) -> Void
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count)
    body(UnsafeBufferPointer(start: values + rows.lowerBound, count: rows.count))
  }

  /// Changes the value of a row that has one.
  func set(_ row: Int, _ value: Element) {
    precondition(row >= 0 && row < count)
    values[row] = value
  }

  func keep(_ kept: [Int], ofLast lastCount: Int) {
    let start = count - lastCount
    precondition(start >= 0)
    var target = start
    for position in kept {
      precondition(position >= target - start && position < lastCount)
      values[target] = values[start + position]
      isValid[target] = isValid[start + position]
      target += 1
    }
    count = target
    nullCount = 0
    for row in 0..<count where isValid[row] == 0 { nullCount += 1 }
  }

  /// The values so far as buffers; the storage starts again, empty.
  func take() -> (values: Buffer, validity: Buffer?, count: Int, nullCount: Int) {
    reserve(0)
    let taken = memory.buffer(
      UnsafeMutableRawPointer(values), byteCount: count * MemoryLayout<Element>.stride)
    let result = (taken, nullCount == 0 ? nil : validityBits(), count, nullCount)
    values = ColumnStorage.none(isValid)
    (count, nullCount, capacity) = (0, 0, 0)
    return result
  }

  private func validityBits() -> Buffer {
    let byteCount = (count + 7) / 8
    let bits = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    for index in 0..<count / 8 {
      let bytes = UnsafeRawPointer(isValid).load(fromByteOffset: 8 &* index, as: UInt64.self)
      // Byte i is 0 or 1 and becomes bit i of the product's top byte.
      let byte = (bytes.littleEndian &* 0x0102_0408_1020_4080) &>> 56
      bits.storeBytes(
        of: UInt8(truncatingIfNeeded: byte), toByteOffset: index, as: UInt8.self)
    }
    if count % 8 > 0 {
      let start = count - count % 8
      let byte = (start..<count).reduce(0) { $0 | isValid[$1] << UInt8($1 - start) }
      bits.storeBytes(of: byte, toByteOffset: byteCount - 1, as: UInt8.self)
    }
    return Buffer(adopting: bits, byteCount: byteCount)
  }
}

extension ColumnStorage where Element: ColumnElement {
  func takeColumn() -> Column {
    let (values, validity, count, nullCount) = take()
    return Column(
      type: Element.columnType, rowCount: count, nullCount: nullCount, validity: validity,
      values: values)
  }
}

/// Whole numbers, by the width of their column.
enum NumberStorage {
  case uint8(ColumnStorage<UInt8>)
  case uint16(ColumnStorage<UInt16>)
  case int64(ColumnStorage<Int64>)

  init(_ type: ColumnType) {
    self =
      switch type {
      case .uint8: .uint8(ColumnStorage(zero: 0))
      case .uint16: .uint16(ColumnStorage(zero: 0))
      default: .int64(ColumnStorage(zero: 0))
      }
  }

  func keep(_ kept: [Int], ofLast count: Int) {
    switch self {
    case .uint8(let storage): storage.keep(kept, ofLast: count)
    case .uint16(let storage): storage.keep(kept, ofLast: count)
    case .int64(let storage): storage.keep(kept, ofLast: count)
    }
  }

  func appendNulls(_ count: Int) {
    switch self {
    case .uint8(let storage): storage.appendNulls(count)
    case .uint16(let storage): storage.appendNulls(count)
    case .int64(let storage): storage.appendNulls(count)
    }
  }

  func takeColumn() -> Column {
    switch self {
    case .uint8(let storage): storage.takeColumn()
    case .uint16(let storage): storage.takeColumn()
    case .int64(let storage): storage.takeColumn()
    }
  }
}
