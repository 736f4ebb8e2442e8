/// Finds how strongly each verdict pulls, so that rows come to lie on their side of the line while
/// leaves change little.
///
/// Of the leaf changes δ, it takes those that make
///
///     λ/2 · mean over trees of Σ over leaves √n · δ²  +  Σ over verdicts max(0, m − y (h − q))
///
/// least: n a leaf's training rows, h a row's path length after the change, q the line, m the
/// margin, y 1 for benign and −1 for an anomaly. This is the loss and prior of Das et al. 2017
/// (arXiv:1708.09441) with leaves held by the rows behind them. Its dual has one variable in 0 … 1
/// a verdict, found by coordinate ascent in a fixed order (Hsieh et al. 2008,
/// doi:10.1145/1390156.1390208).
struct VerdictSolver {
  /// kernel[i × count + j]: by how many edges the path of verdict i's row changes if the leaves of
  /// verdict j's row are pulled by one, at λ = 1.
  let kernel: [Double]
  /// h − q before any change.
  let distances: [Double]
  /// 1 for benign, −1 for an anomaly.
  let signs: [Double]
  let margin: Double
  /// λ.
  let priorWeight: Double

  private static let sweepLimit = 1000
  private static let tolerance = 1e-9

  /// How strongly each verdict pulls, 0 … 1.
  func pulls() -> [Double] {
    let count = signs.count
    var pulls = [Double](repeating: 0, count: count)
    var current = distances
    for _ in 0..<Self.sweepLimit {
      var greatestChange = 0.0
      for i in 0..<count {
        let shortfall = margin - signs[i] * current[i]
        let wanted = pulls[i] + shortfall * priorWeight / kernel[i * count + i]
        let change = min(max(wanted, 0), 1) - pulls[i]
        guard change != 0 else { continue }
        pulls[i] += change
        greatestChange = max(greatestChange, abs(change))
        let step = change * signs[i] / priorWeight
        for j in 0..<count { current[j] += step * kernel[i * count + j] }
      }
      if greatestChange < Self.tolerance { break }
    }
    return pulls
  }
}
