import Columnar

/// Records of a table that are turned to rows together, and what is wrong with them.
struct RowBlock {
  let table: FieldTable
  let rows: Range<Int>
  /// By position in the block.
  let reasons: UnsafeMutableBufferPointer<RejectReason>
  /// Room for what a converter needs for each record while it converts a block.
  let scratch: BlockScratch

  var count: Int { rows.count }

  /// Notes what is wrong with a record; the first reason counts.
  @inline(never) func reject(_ index: Int, _ reason: RejectReason) {
    if reasons[index].kind == .none { reasons[index] = reason }
  }
}

/// Room that the converters of a reader take turns to use.
final class BlockScratch {
  let numbers = UnsafeMutableBufferPointer<ParsedNumber>.allocate(capacity: maximumBatchRowCount)
  let ipv4 = UnsafeMutablePointer<UInt32>.allocate(capacity: maximumBatchRowCount)

  deinit {
    numbers.deallocate()
    ipv4.deallocate()
  }
}

/// Fills one column of the rows, block by block.
///
/// Columns whose values may be refused are filled for every record of a block; those of refused
/// records are removed by `keep`. Text columns come after that and are filled only for records that
/// stay.
protocol ColumnConverter: AnyObject {
  var isText: Bool { get }
  func bind(_ binding: ColumnBinding, _ table: FieldTable)
  /// Appends a value for each of the block's records, or for the kept ones alone.
  func convert(_ block: RowBlock, kept: [Int]?)
  /// Removes those of the last `count` values whose position is not in `kept`, which ascends.
  func keep(_ kept: [Int], ofLast count: Int)
  /// The values so far, as a column; the converter starts again, empty.
  func finish() -> Column
}
