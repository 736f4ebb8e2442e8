import Glibc

/// The mid-p of a value among `count` reference values of which `voters`, ascending, are known and
/// the others are lower; in (0, 1].
func midP<Value: Comparable>(_ value: Value, among voters: [Value], count: Int) -> Double {
  let ties = voters.partition { $0 >= value }..<voters.partition { $0 > value }
  let greater = voters.count - ties.upperBound
  return (Double(greater) + 0.5 * Double(ties.count) + 1) / Double(count + 1)
}

/// A generalised Pareto tail over the greatest reference values. It extrapolates, so it only orders
/// what has the same p.
///
/// Fitted by moments over the top 2 % (Hosking and Wallis 1987,
/// doi:10.1080/00401706.1987.10488243), with a shape of 0 … 0.45.
struct ParetoTail {
  private let threshold: Double
  private let scale: Double
  private let shape: Double

  /// How many of some reference values the tail is fitted over.
  static func excessCount(_ count: Int) -> Int { max(8, count / 50) }

  /// - Parameter voters: ascending.
  init(_ voters: [Double], count: Int, floor: Double) {
    let excessCount = Self.excessCount(count)
    let top = voters.suffix(min(excessCount, voters.count))
    let threshold = voters.count > excessCount ? voters[voters.count - excessCount - 1] : floor
    self.threshold = threshold
    let excesses = top.map { max(0, $0 - threshold) }
    let mean = excesses.reduce(0, +) / Double(max(1, excesses.count))
    guard mean > 0 else {
      shape = 0
      scale = max(abs(floor), 1)
      return
    }
    let variance =
      excesses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(excesses.count)
    shape = variance > 0 ? min(max(0.5 * (1 - mean * mean / variance), 0), 0.45) : 0
    scale = mean * (1 - shape)
  }

  /// −log of the tail's share above a value; 0 below the threshold.
  func depth(_ value: Double) -> Double {
    let excess = max(0, value - threshold) / scale
    return shape > 0.01 ? log1p(shape * excess) / shape : excess
  }
}

/// What a p-value comes to: tan((½ − p)π) where p < ½, else 0. The statistic of a vote in the
/// Cauchy combination of Liu and Xie 2020, doi:10.1080/01621459.2018.1554485, without its negative
/// half.
func cauchyStatistic(_ pValue: Double) -> Double {
  pValue < 0.5 ? tan((0.5 - pValue) * .pi) : 0
}
