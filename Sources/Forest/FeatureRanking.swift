import CKernels

/// The thresholds of one feature in all trees, in order: a value's rank among them decides every
/// comparison as the value itself would.
struct FeatureRanking: Sendable {
  static let greatestThresholdCount = forest_missing_rank - 1
  /// Buckets for each threshold, at most, but in all of so many.
  private static let bucketsAThreshold = 8
  private static let bucketCounts = 4096...65_536
  /// Thresholds the kernels compare at once, and the padding that lets them.
  private static let comparedCount = 8

  private var thresholds: [Float]
  let thresholdCount: Int
  private var starts: [UInt16]
  private let firstKey: UInt32
  private let keyShift: UInt32
  private let hasWideBuckets: Bool

  /// - Precondition: at most `greatestThresholdCount` different thresholds.
  init(thresholds unordered: [Float]) {
    // A negative zero compares as zero does, but its key is lower.
    let distinct = Set(unordered.map { $0 == 0 ? 0 : $0 }).sorted()
    precondition(distinct.count <= Self.greatestThresholdCount, "more thresholds than ranks")
    let keys = distinct.map { forest_float_key($0) }
    let first = keys.first ?? 0
    let width = (keys.last ?? 0) - first
    var shift: UInt32 = 0
    let bucketCount = min(
      max(Self.bucketsAThreshold * distinct.count, Self.bucketCounts.lowerBound),
      Self.bucketCounts.upperBound)
    while width >> shift >= bucketCount { shift += 1 }

    var counts = [Int](repeating: 0, count: Int(width >> shift) + 1)
    for key in keys { counts[Int((key - first) >> shift)] += 1 }
    var starts: [UInt16] = [0]
    var total = 0
    for count in counts {
      total += count
      starts.append(UInt16(total))
    }
    thresholds = distinct + [Float](repeating: .infinity, count: Self.comparedCount)
    thresholdCount = distinct.count
    self.starts = starts
    firstKey = first
    keyShift = shift
    hasWideBuckets = counts.contains { $0 > Self.comparedCount }
  }

  func rank(ofThreshold threshold: Float) -> Int {
    thresholds[..<thresholdCount].lowerBound { $0 >= threshold }
  }

  func rank(
    _ instructions: forest_instructions, _ values: UnsafePointer<Float>,
    hasMissing: Bool, into ranks: UnsafeMutablePointer<UInt16>
  ) {
    thresholds.withUnsafeBufferPointer { thresholds in
      starts.withUnsafeBufferPointer { starts in
        var ranking = forest_ranking(
          thresholds: thresholds.baseAddress, count: UInt32(thresholdCount),
          starts: starts.baseAddress, bucket_count: UInt32(starts.count - 1),
          first_key: firstKey, key_shift: keyShift, has_wide_buckets: hasWideBuckets)
        forest_rank(instructions, &ranking, values, hasMissing, ranks)
      }
    }
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element fulfils `isReached`, which all later ones do too.
  func lowerBound(_ isReached: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if isReached(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
