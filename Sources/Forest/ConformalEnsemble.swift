/// An ensemble with p-values that hold whatever the distribution: a share of the training rows is
/// held out, and new rows are ranked among them (split conformal; Bates, Candès, Lei, Romano, Sesia
/// 2023, doi:10.1214/22-AOS2244).
package struct ConformalEnsemble: Sendable {
  package let ensemble: ForestEnsemble
  package let reference: ScoreReference

  /// - Parameters:
  ///   - heldOutShare: of rows, drawn by the seed, in which p-values are counted.
  ///   - seed: secret where an adversary could otherwise choose which rows are held out.
  /// - Throws: `ForestError` for too few rows, no features, or options out of range.
  package static func train(
    _ matrix: FeatureMatrix, options: ForestEnsemble.Options, heldOutShare: Double = 0.2,
    seed: UInt64, threads: Int
  ) throws(ForestError) -> ConformalEnsemble {
    precondition(heldOutShare > 0 && heldOutShare < 1, "a share of the rows")
    var random = SeededGenerator(seed: seed, stream: firstStream)
    let heldOutCount = Int((Double(matrix.rowCount) * heldOutShare).rounded(.up))
    let heldOut = random.distinct(min(heldOutCount, matrix.rowCount), below: matrix.rowCount)
    var isHeldOut = [Bool](repeating: false, count: matrix.rowCount)
    for row in heldOut { isHeldOut[row] = true }
    let ensemble = try ForestEnsemble.train(
      matrix.rows(isHeldOut.indices.filter { !isHeldOut[$0] }), options: options, threads: threads
    ).ensemble
    let scores = try ensemble.scores(matrix.rows(heldOut.sorted()), threads: threads)
    return ConformalEnsemble(ensemble: ensemble, reference: ScoreReference(scores))
  }

  /// A stream of the seed apart from those that trees and bags take.
  private static let firstStream = 1 << 41

  /// Each row's p-value, as `ScoreReference.pValue` guarantees it for rows exchangeable with the
  /// training rows.
  package func pValues(_ matrix: FeatureMatrix, threads: Int) throws(ForestError) -> [Double] {
    try ensemble.scores(matrix, threads: threads).map { reference.pValue($0) }
  }
}
