import CKernels
import Glibc

/// c(n), the mean path length of an unsuccessful search in a binary search tree of n rows (Liu,
/// Ting, Zhou 2008, eq. 1, doi:10.1109/ICDM.2008.17); 0 up to one row, 1 for two.
func averagePathLength(rowCount: Int) -> Double {
  guard rowCount > 1 else { return 0 }
  guard rowCount > 2 else { return 1 }
  let n = Double(rowCount)
  let eulerConstant = 0.577215664901532860606512090082402431
  return 2 * (log(n - 1) + eulerConstant) - 2 * (n - 1) / n
}

/// Leaf values as whole numbers of 2^-fractionBits above the least of them, so that sums over trees
/// are exact.
///
/// A value takes three bytes. Its rounding error is at most 2^-(fractionBits + 1); with 100 trees
/// of 256 rows, fractionBits is 19 or 20 and scores are off by less than 8e-8.
package struct LeafScale: Sendable, Equatable {
  package let fractionBits: Int
  /// Multiplied with a row's sum over trees: the exponent e of its score 2^-e.
  package let exponentPerUnit: Double
  /// The value that is no units: the least of any leaf, or 0 where none is negative.
  package let origin: Double

  /// - Parameters:
  ///   - ranges: of each tree's leaf values.
  ///   - sampleCount: ψ, rows a tree was grown from; at least 2.
  /// - Returns: nil if values are so far apart that a 32-bit sum keeps less than a thousandth of an
  ///   edge.
  init?(ranges: [ClosedRange<Double>], sampleCount: Int) {
    let origin = ranges.reduce(0) { min($0, $1.lowerBound) }
    let greatest = ranges.reduce(0) { max($0, $1.upperBound - origin) }
    let greatestSum = ranges.reduce(0) { $0 + $1.upperBound - origin + 1 }
    func fits(_ bits: Int) -> Bool {
      let unitsPerEdge = Double(1 << bits)
      return greatest * unitsPerEdge < Double(1 << forest_value_bits) - 1
        && greatestSum * unitsPerEdge < Double(UInt32.max)
    }
    var bits = 24
    while bits >= 10, !fits(bits) { bits -= 1 }
    guard bits >= 10 else { return nil }
    self.origin = origin
    fractionBits = bits
    let units = Double(ranges.count) * Double(1 << bits)
    exponentPerUnit = 1 / (units * averagePathLength(rowCount: sampleCount))
  }

  func units(_ value: Double) -> forest_units {
    forest_units(((value - origin) * Double(1 << fractionBits)).rounded())
  }

  /// The value, or for units of several trees the sum of values, that units stand for.
  func value(_ units: forest_units, treeCount: Int = 1) -> Double {
    Double(units) / Double(1 << fractionBits) + origin * Double(treeCount)
  }
}
