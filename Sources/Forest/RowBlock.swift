import CKernels

/// A block of rows that a thread scores, and what it comes to.
final class RowBlock {
  private let featureCount: Int
  private(set) var rows = 0..<0
  /// Whether a row lacks a value.
  private(set) var hasMissing = false
  /// values[column × blockRowCount + row]: the features, then the features flipped.
  let values: UnsafeMutablePointer<Float>
  /// ranks[feature × blockRowCount + row], among all thresholds of the feature.
  private let ranks: UnsafeMutablePointer<UInt16>
  /// Ranks within each of four groups of trees, of the features, then of the features flipped.
  private let quad: UnsafeMutablePointer<Int8>
  let sums: UnsafeMutablePointer<forest_units>
  private let rowVectors: UnsafeMutablePointer<Int8>
  private let codes: UnsafeMutablePointer<UInt8>
  private let planes: UnsafeMutableRawPointer

  init(featureCount: Int) {
    self.featureCount = featureCount
    values = allocateAligned(count: 2 * featureCount * blockRowCount)
    ranks = allocateAligned(count: featureCount * blockRowCount)
    quad = allocateAligned(count: Self.quadByteCount(featureCount))
    sums = allocateAligned(count: blockRowCount)
    rowVectors = allocateAligned(count: Self.rowVectorByteCount(featureCount))
    codes = allocateAligned(count: blockRowCount)
    let planes: UnsafeMutablePointer<UInt8> = allocateAligned(count: Self.planeByteCount)
    self.planes = UnsafeMutableRawPointer(planes)
  }

  deinit {
    UnsafeMutableRawPointer(values).deallocate()
    UnsafeMutableRawPointer(ranks).deallocate()
    UnsafeMutableRawPointer(quad).deallocate()
    UnsafeMutableRawPointer(sums).deallocate()
    UnsafeMutableRawPointer(rowVectors).deallocate()
    UnsafeMutableRawPointer(codes).deallocate()
    planes.deallocate()
  }

  static func byteCount(featureCount: Int) -> Int {
    let columns = featureCount * (2 * MemoryLayout<Float>.size + MemoryLayout<UInt16>.size)
    return (columns + MemoryLayout<forest_units>.size + 1) * blockRowCount
      + quadByteCount(featureCount) + rowVectorByteCount(featureCount) + planeByteCount
  }

  private static let planeByteCount = MemoryLayout<forest_planes>.size

  private static func rowVectorByteCount(_ featureCount: Int) -> Int {
    let vector = forest_row_vector
    return (2 * featureCount + vector - 1) / vector * vector * blockRowCount
  }

  private static func quadByteCount(_ featureCount: Int) -> Int {
    forest_quad_groups * groupStride(featureCount: featureCount)
  }

  static func groupStride(featureCount: Int) -> Int { 2 * featureCount * blockRowCount }

  /// Columns that splits may look at: flipped ones only where values are missing.
  var columnCount: Int { hasMissing ? 2 * featureCount : featureCount }

  func values(_ column: Int) -> UnsafeMutablePointer<Float> { values + column * blockRowCount }

  func ranks(_ feature: Int) -> UnsafeMutablePointer<UInt16> { ranks + feature * blockRowCount }

  /// The ranks within a group, which is the quad's `place`th.
  func groupRanks(_ place: Int) -> UnsafeMutablePointer<Int8> {
    quad + place * Self.groupStride(featureCount: featureCount)
  }

  /// The block as kernels take it, to go through the quad's `place`th group.
  func kernelBlock(_ place: Int) -> forest_block {
    forest_block(
      ranks: groupRanks(place), features: values, sums: sums, rows: rowVectors, codes: codes,
      planes: planes.assumingMemoryBound(to: forest_planes.self))
  }

  /// Copies rows of the matrix.
  func load(_ matrix: FeatureMatrix, _ rows: Range<Int>) {
    self.rows = rows
    hasMissing = false
    for (feature, column) in matrix.columns.enumerated() {
      column[rows].withUnsafeBufferPointer {
        let isIncomplete = forest_load($0.baseAddress, rows.count, values(feature))
        hasMissing = hasMissing || isIncomplete
      }
    }
    guard hasMissing else { return }
    for feature in 0..<featureCount {
      forest_flip_floats(values(feature), values(featureCount + feature))
    }
  }
}
