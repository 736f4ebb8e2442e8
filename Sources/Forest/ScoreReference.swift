/// Scores of known rows that those of new rows are held against; higher is stranger.
package struct ScoreReference: Sendable, Equatable {
  private let ascending: [Float]
  private let tail: ParetoTail?

  /// Probabilities beyond the greatest known score don't fall below this.
  package static let leastProbability = 1e-15

  package init(_ scores: [Float]) {
    ascending = scores.sorted()
    tail = ParetoTail(ascending: ascending)?.withoutEnd
  }

  package var rowCount: Int { ascending.count }

  /// The split-conformal p-value, (1 + known scores at least as high) / (n + 1) (Vovk, Gammerman,
  /// Shafer 2005, doi:10.1007/b106715, chapter 2); for a score above all known ones that of the
  /// generalised Pareto tail, which never ends, where it is less.
  ///
  /// Where the known rows and the new one are exchangeable, and neither took part in what scores
  /// them, the chance of a p-value ≤ α is at most α for every α ≥ 1 / (n + 1), whatever the
  /// distribution. Below 1 / (n + 1) it rests on the tail's form, and nothing is guaranteed.
  package func pValue(_ score: Float) -> Double {
    let atLeastCount = ascending.count - ascending.lowerBound { $0 >= score }
    let ranked = Double(atLeastCount + 1) / Double(ascending.count + 1)
    guard atLeastCount == 0, let tail else { return ranked }
    return max(Self.leastProbability, min(ranked, tail.probability(score)))
  }
}
