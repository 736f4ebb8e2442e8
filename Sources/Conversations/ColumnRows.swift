import Columnar

/// The rows of a fixed-width column, read in hot loops without bounds checks or reference counting.
///
/// The batch must outlive it, and rows must be rows of the batch. A column that the batch lacks
/// reads as nulls.
struct FixedRows<Element: ColumnElement> {
  private let values: UnsafeRawPointer?
  private let validity: UnsafePointer<UInt8>?

  init(_ batch: Batch, _ key: ColumnKey<Values<Element>>) {
    self.init(batch.schema.index(of: key.name).map { batch.columns[$0] })
  }

  init(_ column: Column?) {
    guard let column else {
      values = nil
      validity = nil
      return
    }
    precondition(column.type.byteWidth == MemoryLayout<Element>.stride)
    precondition(column.values.byteCount >= column.rowCount * MemoryLayout<Element>.stride)
    if let bits = column.validity { precondition(bits.byteCount * 8 >= column.rowCount) }
    values = column.values.base
    validity = column.validity?.base.assumingMemoryBound(to: UInt8.self)
  }

  var exists: Bool { values != nil }

  @inline(__always) subscript(row: Int) -> Element? {
    guard let values else { return nil }
    if let validity, validity[row >> 3] >> UInt8(row & 7) & 1 == 0 { return nil }
    return values.loadUnaligned(
      fromByteOffset: row &* MemoryLayout<Element>.stride, as: Element.self)
  }
}

/// A counter that may be unknown, in eight bytes.
enum Counter {
  static let unknown = Int64.min

  /// The sum of what is known of both.
  @inline(__always) static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    if a == unknown { return b }
    if b == unknown { return a }
    return a &+ b
  }
}
