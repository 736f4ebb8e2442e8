import CKernels

/// What one thread needs to score a block of rows.
final class ForestWorkspace {
  private let featureCount: Int
  /// values[column × blockRowCount + row]: the features, then the features flipped.
  let values: UnsafeMutablePointer<Float>
  /// The same as ranks.
  let ranks: UnsafeMutablePointer<Int16>
  let sums: UnsafeMutablePointer<forest_units>

  init(featureCount: Int) {
    self.featureCount = featureCount
    values = Self.allocate(count: 2 * featureCount * blockRowCount)
    ranks = Self.allocate(count: 2 * featureCount * blockRowCount)
    sums = Self.allocate(count: blockRowCount)
  }

  deinit {
    UnsafeMutableRawPointer(values).deallocate()
    UnsafeMutableRawPointer(ranks).deallocate()
    UnsafeMutableRawPointer(sums).deallocate()
  }

  /// Bytes a workspace takes.
  static func byteCount(featureCount: Int) -> Int {
    let perValue = MemoryLayout<Float>.size + MemoryLayout<Int16>.size
    return (2 * featureCount * perValue + MemoryLayout<forest_units>.size) * blockRowCount
  }

  private static func allocate<Element: BitwiseCopyable & Numeric>(
    count: Int
  ) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64)
    return memory.initializeMemory(as: Element.self, repeating: 0, count: count)
  }

  /// Copies rows of the matrix; whether one lacks a value.
  func load(_ matrix: FeatureMatrix, start: Int, rowCount: Int) -> Bool {
    var hasMissing = false
    for (feature, column) in matrix.columns.enumerated() {
      column[start..<start + rowCount].withUnsafeBufferPointer {
        let isIncomplete = forest_load($0.baseAddress, rowCount, values(feature))
        hasMissing = hasMissing || isIncomplete
      }
    }
    return hasMissing
  }

  private func values(_ column: Int) -> UnsafeMutablePointer<Float> {
    values + column * blockRowCount
  }

  private func ranks(_ column: Int) -> UnsafeMutablePointer<Int16> {
    ranks + column * blockRowCount
  }

  func flip() {
    for feature in 0..<featureCount {
      forest_flip_floats(values(feature), values(featureCount + feature))
    }
  }

  func rank(
    _ rankings: [FeatureRanking], _ instructions: forest_instructions, hasMissing: Bool
  ) {
    for (feature, ranking) in rankings.enumerated() {
      ranking.rank(instructions, values(feature), into: ranks(feature))
      if hasMissing {
        forest_flip_ranks(
          ranks(feature), Int16(ranking.thresholdCount), ranks(featureCount + feature))
      }
    }
  }

  func resetSums(to constant: forest_units) {
    sums.update(repeating: constant, count: blockRowCount)
  }
}
