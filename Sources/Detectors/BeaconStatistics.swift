import Features
import Glibc

/// Numbers with how often each was seen, as if written out in ascending order.
struct CountedValues {
  /// Ascending, each once.
  private let values: [Double]
  /// `ends[i]` numbers are at most `values[i]`.
  private let ends: [Int]

  /// - Parameter sorted: ascending by value, each once.
  init(_ sorted: [(value: Double, count: Int)]) {
    values = sorted.map(\.value)
    var total = 0
    ends = sorted.map { _, count in
      total += count
      return total
    }
  }

  var count: Int { ends.last ?? 0 }

  /// How often the value at an index was seen.
  private func count(at index: Int) -> Int { ends[index] - (index > 0 ? ends[index - 1] : 0) }

  /// The number at a place, from 0.
  private func value(at place: Int) -> Double {
    var (low, high) = (0, ends.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > place { high = middle } else { low = middle + 1 }
    }
    return values[low]
  }

  /// The median of the numbers at `places`, which are not empty.
  func median(of places: Range<Int>) -> Double {
    let middle = places.lowerBound + places.count / 2
    return places.count % 2 == 1
      ? value(at: middle) : (value(at: middle - 1) + value(at: middle)) / 2
  }

  var median: Double { median(of: 0..<count) }

  /// Those that are not less.
  func atLeast(_ least: Double) -> CountedValues {
    CountedValues(
      values.indices.drop { values[$0] < least }.map { (values[$0], count(at: $0)) })
  }

  /// The medians of the lower half, of all and of the upper half; the middle one of an odd number
  /// is in neither half.
  var quartiles: (Double, Double, Double) {
    (median(of: 0..<count / 2), median, median(of: (count + 1) / 2..<count))
  }

  /// The median distance from the median, of one number at least.
  var medianDeviation: Double {
    let center = median
    // Distances grow to both sides of the median; the nearest are passed until half of all are.
    var above = values.firstIndex { $0 > center } ?? values.count
    var below = above - 1
    var passed = 0
    var lower: Double?
    while true {
      let left = below >= 0 ? center - values[below] : .infinity
      let right = above < values.count ? values[above] - center : .infinity
      let distance = min(left, right)
      if left <= right {
        passed += count(at: below)
        below -= 1
      } else {
        passed += count(at: above)
        above += 1
      }
      if lower == nil, 2 * passed >= count { lower = distance }
      if let lower, 2 * passed > count { return count % 2 == 1 ? distance : (lower + distance) / 2 }
    }
  }
}

/// How regular a pair is: RITA v5's definitions of its four subscores, each 0 … 1 and rounded to
/// .001 (github.com/activecm/rita, analysis of beacons).
struct BeaconScore: Equatable {
  var interval: Double
  var size: Double
  var histogram: Double
  var duration: Double

  /// A quarter of each.
  var total: Double {
    rounded(0.25 * interval + 0.25 * size + 0.25 * histogram + 0.25 * duration)
  }

  /// (1 − |Bowley skewness| + (median − MAD) / median) / 2; `smallMedian` stands for the second
  /// term where the median is below 1. Skewness is 0 where the quartiles are less than 10 apart, or
  /// one of them is the median. Nil for less than 3 numbers.
  static func regularity(_ values: CountedValues, smallMedian: Double) -> Double? {
    guard values.count >= 3 else { return nil }
    let (first, median, third) = values.quartiles
    var skewness = 0.0
    if third - first >= 10 && median != first && median != third {
      skewness = (first + third - 2 * median) / (third - first)
    }
    let steadiness =
      median < 1 ? smallMedian : max(0, (median - values.medianDeviation) / median)
    return rounded((1 - abs(skewness) + steadiness) / 2)
  }

  /// The larger of 1 − the coefficient of variation of the bins and, from 11 filled bins on, the
  /// share of filled bins (less one) that have one of the two commonest heights, where heights
  /// within 5 % of the highest are one.
  static func histogram(_ bins: [Int]) -> Double {
    let total = bins.reduce(0, +)
    guard total > 0 else { return 0 }
    let mean = Double(total) / Double(bins.count)
    let variance = bins.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let variation = (variance / Double(bins.count)).squareRoot() / mean
    return max(variation > 1 ? 0 : rounded(1 - variation), twoLevels(bins))
  }

  private static func twoLevels(_ bins: [Int]) -> Double {
    let filled = bins.filter { $0 > 0 }
    guard filled.count >= 11, let highest = filled.max() else { return 0 }
    let step = Int((Double(highest) * 0.05).rounded(.up))
    var commonness: [Int: Int] = [:]
    for bin in filled { commonness[bin / step, default: 0] += 1 }
    let commonest = commonness.values.sorted(by: >).prefix(2).reduce(0, +)
    return min(1, rounded(Double(commonest) / Double(filled.count - 1)))
  }

  /// From 6 filled bins on, the larger of the span's share of the whole time and the longest run of
  /// filled bins (the last being followed by the first) by 12; 0 otherwise.
  static func duration(_ bins: [Int], spanShare: Double) -> Double {
    guard bins.count(where: { $0 > 0 }) >= 6 else { return 0 }
    var longest = 0
    var run = 0
    for bin in bins + bins {
      run = bin > 0 ? run + 1 : 0
      longest = max(longest, run)
    }
    let runShare = Double(min(longest, bins.count)) / 12
    return max(roundedUp(spanShare), roundedUp(runShare))
  }

  private static func roundedUp(_ share: Double) -> Double {
    min(1, (share * 1000).rounded(.up) / 1000)
  }
}

/// To .001, halves away from zero.
private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
