import Columnar
import Events
import Glibc

/// Median and median absolute deviation, of log1p where counters are meant.
package struct Center: Hashable, Sendable {
  package var median: Double
  package var deviation: Double

  package init(median: Double, deviation: Double) {
    self.median = median
    self.deviation = deviation
  }

  /// Of at least one value. The median of an even number is the mean of the middle two.
  package init(of values: inout [Double]) {
    values.sort()
    median = values.sortedMedian
    let center = median
    for index in values.indices { values[index] = abs(values[index] - center) }
    values.sort()
    deviation = values.sortedMedian
  }

  /// The entity's centre drawn towards its peers': m = (n·m_entity + k·m_group) / (n + k), k = 8.
  package func shrunk(sampleCount: Int, towards group: Center?) -> Center {
    guard let group else { return self }
    let (n, k) = (Double(sampleCount), 8.0)
    return Center(
      median: (n * median + k * group.median) / (n + k),
      deviation: (n * deviation + k * group.deviation) / (n + k))
  }

  /// The scale by which a difference on log1p is judged: 1.4826 MAD, at least `floor`, and at least
  /// what a Poisson count with this median would vary by.
  package func spread(atLeast floor: Double) -> Double {
    max(1.4826 * deviation, floor, 0.9 * exp(-median / 2))
  }
}

extension [Double] {
  /// The median of sorted values, at least one.
  package var sortedMedian: Double {
    count % 2 == 1 ? self[count / 2] : (self[count / 2 - 1] + self[count / 2]) / 2
  }
}

/// Values of log1p counted in steps of .05: exact counters that merge in any order.
struct LogHistogram {
  private static let step = 0.05
  private var counts = [UInt32](repeating: 0, count: 900)
  private(set) var total = 0

  mutating func add(_ value: Double) {
    counts[min(max(Int(value / LogHistogram.step + 0.5), 0), counts.count - 1)] += 1
    total += 1
  }

  /// To the step; nil without values.
  var center: Center? {
    guard total > 0 else { return nil }
    var below = 0
    let middle = counts.firstIndex { count in
      below += Int(count)
      return below * 2 >= total
    }
    guard let middle else { return nil }
    // Widen until half of the values are inside.
    var inside = Int(counts[middle])
    var distance = 0
    while inside * 2 < total {
      distance += 1
      if middle >= distance { inside += Int(counts[middle - distance]) }
      if middle + distance < counts.count { inside += Int(counts[middle + distance]) }
    }
    return Center(
      median: Double(middle) * LogHistogram.step, deviation: Double(distance) * LogHistogram.step)
  }
}
