import CKernels

/// What one thread needs to score a block of rows.
final class ForestWorkspace {
  private let featureCount: Int
  /// values[column × blockRowCount + row]: the features, then the features flipped.
  let values: UnsafeMutablePointer<Float>
  /// ranks[feature × blockRowCount + row], among all thresholds of the feature.
  private let ranks: UnsafeMutablePointer<UInt16>
  /// Ranks within each of four groups of trees, of the features, then of the features flipped.
  private let quad: UnsafeMutablePointer<Int8>
  let scratch: forest_scratch
  let sums: UnsafeMutablePointer<forest_units>

  /// - Parameter projectionCount: of the largest top.
  init(featureCount: Int, projectionCount: Int) {
    self.featureCount = featureCount
    values = allocateAligned(count: 2 * featureCount * blockRowCount)
    ranks = allocateAligned(count: featureCount * blockRowCount)
    quad = allocateAligned(count: Self.quadByteCount(featureCount))
    scratch = forest_scratch(
      slots: allocateAligned(count: Self.slotByteCount),
      projected: allocateAligned(count: projectionCount * blockRowCount))
    sums = allocateAligned(count: blockRowCount)
    forest_fill_code_slots(scratch.slots)
  }

  deinit {
    UnsafeMutableRawPointer(values).deallocate()
    UnsafeMutableRawPointer(ranks).deallocate()
    UnsafeMutableRawPointer(quad).deallocate()
    UnsafeMutableRawPointer(scratch.slots).deallocate()
    UnsafeMutableRawPointer(scratch.projected).deallocate()
    UnsafeMutableRawPointer(sums).deallocate()
  }

  /// Bytes a workspace takes.
  static func byteCount(featureCount: Int, projectionCount: Int) -> Int {
    let columns = featureCount * (2 * MemoryLayout<Float>.size + MemoryLayout<UInt16>.size)
    return (columns + projectionCount + MemoryLayout<forest_units>.size) * blockRowCount
      + quadByteCount(featureCount) + slotByteCount
  }

  private static func quadByteCount(_ featureCount: Int) -> Int {
    forest_quad_groups * 2 * featureCount * blockRowCount
  }

  private static let slotByteCount =
    (forest_code_slots + forest_result_slots)
    * forest_slot_rows

  /// Copies rows of the matrix; whether one lacks a value.
  func load(_ matrix: FeatureMatrix, _ rows: Range<Int>) -> Bool {
    var hasMissing = false
    for (feature, column) in matrix.columns.enumerated() {
      column[rows].withUnsafeBufferPointer {
        let isIncomplete = forest_load($0.baseAddress, rows.count, values(feature))
        hasMissing = hasMissing || isIncomplete
      }
    }
    return hasMissing
  }

  private func values(_ column: Int) -> UnsafeMutablePointer<Float> {
    values + column * blockRowCount
  }

  func flip() {
    for feature in 0..<featureCount {
      forest_flip_floats(values(feature), values(featureCount + feature))
    }
  }

  /// Replaces the features by their ranks.
  func rank(
    _ groups: ThresholdGroups, _ instructions: forest_instructions, hasMissing: Bool
  ) {
    for (feature, ranking) in groups.rankings.enumerated() {
      ranking.rank(
        instructions, values(feature), hasMissing: hasMissing,
        into: ranks + feature * blockRowCount)
    }
  }

  /// The ranks within each group of a quad: a block a group.
  func blocks(
    _ groups: ThresholdGroups, _ instructions: forest_instructions, quad number: Int,
    hasMissing: Bool
  ) -> [(group: Int, block: UnsafePointer<Int8>)] {
    groups.rank(instructions, quad: number, ranks, hasMissing: hasMissing, into: quad)
    return groups.groups(number).enumerated().map { place, group in
      (group, UnsafePointer(quad + place * 2 * featureCount * blockRowCount))
    }
  }

  func resetSums(to constant: forest_units) {
    sums.update(repeating: constant, count: blockRowCount)
  }
}
