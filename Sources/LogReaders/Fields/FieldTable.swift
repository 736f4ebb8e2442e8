/// The fields of some records of a piece: where each lies.
///
/// A field is stored by the positions of the byte before it and the byte after it. Where all
/// records have the same number of fields these are one array of separator positions, read at two
/// offsets; else, and for decoded fields, each has its own entry.
final class FieldTable {
  /// Positions that fit; a piece with more fields is taken in several tables.
  let capacity: Int
  let piece: PieceBuffer
  private(set) var rowCount = 0
  /// Entries from one record to the next.
  private(set) var stride = 1
  /// Physical line of the first record, from 1.
  private(set) var firstLine = 1
  /// Separators: `separators[0]` lies before the first field.
  let separators: UnsafeMutablePointer<UInt32>
  private let befores: UnsafeMutablePointer<UInt32>
  private let afters: UnsafeMutablePointer<UInt32>
  /// Nil where the table is regular.
  private var records: [Record]?
  /// Fields of each record of a regular table.
  private var regularFieldCount = 0
  /// What may stand around the fields of a regular table; -1 where nothing does.
  private var quote: Int32 = -1

  struct Record {
    var start: UInt32
    var end: UInt32
    /// Lines after `firstLine`.
    var line: UInt32
    /// Further physical lines that the record takes.
    var continuationLines: UInt32
    var reason: RejectReason
  }

  init(piece: PieceBuffer) {
    self.piece = piece
    capacity = max(piece.capacity / 2, 4096)
    separators = .allocate(capacity: capacity + 128)
    befores = .allocate(capacity: capacity)
    afters = .allocate(capacity: capacity)
  }

  deinit {
    separators.deallocate()
    befores.deallocate()
    afters.deallocate()
  }

  /// Makes the table one of `rowCount` records of `fieldCount` fields each, whose separators are in
  /// `separators`, `stride` of them a record.
  ///
  /// - Parameter quote: what may stand around fields, and never inside; nil where none is quoted.
  func setRegular(rowCount: Int, fieldCount: Int, stride: Int, quote: UInt8?, firstLine: Int) {
    precondition(fieldCount <= stride && rowCount * stride <= capacity)
    self.quote = quote.map { Int32($0) } ?? -1
    (self.rowCount, self.stride, self.firstLine) = (rowCount, stride, firstLine)
    regularFieldCount = fieldCount
    records = nil
  }

  /// Makes the table empty, ready for `add`.
  func setEmpty(stride: Int, firstLine: Int) {
    (rowCount, self.stride, self.firstLine) = (0, max(stride, 1), firstLine)
    records = records ?? []
    records?.removeAll(keepingCapacity: true)
    clearNext()
  }

  /// Whether one more record fits.
  var hasRoom: Bool { (rowCount + 2) * stride <= capacity }

  /// Sets a field of the record that the next `add` completes; fields beyond the stride are left
  /// out.
  @inline(__always) func setField(_ index: Int, before: Int, after: Int) {
    nextPlaces.set(index, before: before, after: after)
  }

  /// Where the fields of the record that the next `add` completes go.
  ///
  /// - Precondition: the table has room.
  @inline(__always) var nextPlaces: FieldPlaces {
    precondition((rowCount + 1) * stride <= capacity)
    return FieldPlaces(
      befores: befores + rowCount * stride, afters: afters + rowCount * stride, count: stride)
  }

  /// The text of a field that was set since the last `add`; nil where it was not.
  @inline(__always) func nextField(_ index: Int) -> Range<Int>? {
    guard index < stride else { return nil }
    let before = Int(befores[rowCount * stride + index])
    let after = Int(afters[rowCount * stride + index])
    return before < after ? before + 1..<after : nil
  }

  func add(_ record: Record) {
    records?.append(record)
    rowCount += 1
    clearNext()
  }

  /// Forgets fields set since the last `add`.
  func clearNext() {
    guard (rowCount + 1) * stride <= capacity else { return }
    (befores + rowCount * stride).update(repeating: 0, count: stride)
    (afters + rowCount * stride).update(repeating: 0, count: stride)
  }

  func record(_ row: Int) -> Record {
    precondition(row >= 0 && row < rowCount)
    if let records { return records[row] }
    return Record(
      start: separators[row * stride] + 1, end: separators[row * stride + regularFieldCount],
      line: UInt32(row), continuationLines: 0, reason: .none)
  }

  /// The physical line of a record's start, from 1.
  func line(_ row: Int) -> Int64 {
    Int64(firstLine) + Int64(records.map { $0[row].line } ?? UInt32(row))
  }

  /// Whether each line is a record, and none has been found malformed.
  var isRegular: Bool { records == nil }

  /// The fields of one column.
  func column(_ index: Int) -> FieldColumn {
    precondition(index >= 0 && index < stride)
    return FieldColumn(
      befores: UnsafePointer((records == nil ? separators : befores) + index),
      afters: UnsafePointer((records == nil ? separators + 1 : afters) + index),
      stride: stride, rowCount: rowCount, bytes: UnsafePointer(piece.base), limit: piece.limit,
      quote: records == nil ? quote : -1)
  }
}

/// Entries of a field table for the fields of one record.
struct FieldPlaces {
  fileprivate let befores: UnsafeMutablePointer<UInt32>
  fileprivate let afters: UnsafeMutablePointer<UInt32>
  fileprivate let count: Int

  /// Sets where a field lies; fields that are not kept are left out.
  @inline(__always) func set(_ index: Int, before: Int, after: Int) {
    guard index < count else { return }
    befores[index] = UInt32(truncatingIfNeeded: before)
    afters[index] = UInt32(truncatingIfNeeded: after)
  }
}
