import Randomness

/// What a model is to be made of.
package enum ModelRecipe: Sendable {
  case forest(ForestOptions)
  case ensemble(ForestEnsemble.Options)

  var forests: [ForestOptions] {
    switch self {
    case .forest(let options): [options]
    case .ensemble(let options): options.forests
    }
  }

  var seed: UInt64 {
    switch self {
    case .forest(let options): options.seed
    case .ensemble(let options): options.neighbours.seed
    }
  }
}

extension ScoringModel {
  /// Trains a model, and holds rows out of training that new ones get p-values among.
  ///
  /// - Parameters:
  ///   - heldOutShare: of the rows, drawn by the seed; 0 for a model without p-values. The seed is
  ///     to be secret where an adversary could otherwise choose which rows are held out.
  ///   - origin: what the card is to say of where rows come from.
  ///   - summary: of all rows, of which the matrix may be a sample.
  /// - Throws: `ForestError` for too few rows, no features, or options out of range.
  package static func train(
    _ matrix: FeatureMatrix, recipe: ModelRecipe, heldOutShare: Double, origin: String,
    summary: TrainingSummary, threads: Int
  ) throws(ForestError) -> ScoringModel {
    precondition(heldOutShare >= 0 && heldOutShare < 1, "a share of the rows")
    let (fitted, heldOut) = matrix.split(share: heldOutShare, seed: recipe.seed)
    let scorer: Scorer
    let scores: [Float]
    switch recipe {
    case .forest(let options):
      let forest = try IsolationForest.train(fitted, options: options, threads: threads)
      scorer = .forest(forest)
      scores = try forest.scores(fitted, threads: threads)
    case .ensemble(let options):
      let trained = try ForestEnsemble.train(fitted, options: options, threads: threads)
      scorer = .ensemble(trained.ensemble)
      scores = trained.scores
    }
    let card = ModelCard(
      origin: origin, summary: summary, heldOutCount: heldOut.rowCount, rows: fitted,
      scores: scores)
    guard heldOut.rowCount > 0 else { return ScoringModel(scorer, card: card) }
    let known = try ScoringModel(scorer, card: nil).scores(heldOut, threads: threads)
    return ScoringModel(scorer, reference: ScoreReference(known), card: card)
  }
}

extension FeatureMatrix {
  /// A stream of the seed apart from those that trees and bags take.
  private static let firstStream = 1 << 41

  /// The rows without a share of them, and that share, drawn by the seed; both in their order.
  fileprivate func split(
    share: Double, seed: UInt64
  ) -> (rest: FeatureMatrix, drawn: FeatureMatrix) {
    guard share > 0 else { return (self, rows([])) }
    var random = SeededGenerator(seed: seed, stream: Self.firstStream)
    let count = min(rowCount, Int((Double(rowCount) * share).rounded(.up)))
    var isDrawn = [Bool](repeating: false, count: rowCount)
    for row in random.distinct(count, below: rowCount) { isDrawn[row] = true }
    return (
      rows(isDrawn.indices.filter { !isDrawn[$0] }), rows(isDrawn.indices.filter { isDrawn[$0] })
    )
  }
}
