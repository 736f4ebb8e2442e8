import CKernels

/// What one thread needs to score rows.
final class ForestWorkspace {
  /// Taken through a group of trees one after the other, while the trees are in the caches.
  let blocks: [RowBlock]
  let scratch: forest_scratch

  /// - Parameter projectionCount: of the largest top.
  init(featureCount: Int, projectionCount: Int, blockCount: Int) {
    blocks = (0..<blockCount).map { _ in RowBlock(featureCount: featureCount) }
    scratch = forest_scratch(
      slots: allocateAligned(count: Self.slotByteCount),
      projected: allocateAligned(count: projectionCount * blockRowCount))
    forest_fill_code_slots(scratch.slots)
  }

  deinit {
    UnsafeMutableRawPointer(scratch.slots).deallocate()
    UnsafeMutableRawPointer(scratch.projected).deallocate()
  }

  private static let slotByteCount =
    (forest_code_slots + forest_result_slots) * forest_slot_rows

  /// Loads as many rows from `rows` as the blocks hold; those that hold any.
  func load(_ matrix: FeatureMatrix, _ rows: Range<Int>) -> [RowBlock] {
    zip(blocks, stride(from: rows.lowerBound, to: rows.upperBound, by: blockRowCount)).map {
      block, start in
      block.load(matrix, start..<min(start + blockRowCount, rows.upperBound))
      return block
    }
  }
}
