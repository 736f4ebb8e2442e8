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

/// Path lengths as whole numbers of 2^-fractionBits edges, so that sums over trees are exact.
///
/// A path's rounding error is at most 2^-(fractionBits + 1); with 100 trees of 256 rows,
/// fractionBits is 21 and scores are off by less than 2e-8.
package struct PathScale: Sendable, Equatable {
  package let fractionBits: Int
  /// Multiplied with a row's sum over trees: the exponent e of its score 2^-e.
  package let exponentPerUnit: Double

  /// - Parameters:
  ///   - longestPaths: of each tree, in edges.
  ///   - sampleCount: ψ, rows a tree was grown from; at least 2.
  /// - Returns: nil if the paths are so long that a 32-bit sum keeps less than a thousandth of an
  ///   edge.
  init?(longestPaths: [Double], sampleCount: Int) {
    let longestSum = longestPaths.reduce(0, +) + Double(longestPaths.count)
    var bits = 24
    while bits >= 10, longestSum * Double(1 << bits) >= Double(UInt32.max) { bits -= 1 }
    guard bits >= 10 else { return nil }
    fractionBits = bits
    let units = Double(longestPaths.count) * Double(1 << bits)
    exponentPerUnit = 1 / (units * averagePathLength(rowCount: sampleCount))
  }

  /// A path of `length` edges.
  func units(_ length: Double) -> forest_units {
    forest_units((length * Double(1 << fractionBits)).rounded())
  }

  func edges(_ units: forest_units) -> Double { Double(units) / Double(1 << fractionBits) }
}
