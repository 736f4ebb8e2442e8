/// Scores of known rows that those of new rows are held against; higher is stranger.
///
/// Of many scores the 256 highest are kept and ever fewer below, each at most a 64th of its rank
/// from the next.
package struct ScoreReference: Sendable, Equatable {
  /// Rows whose scores are known.
  package let rowCount: Int
  /// The scores at `ranks(of: rowCount)`, falling.
  private let scores: [Float]
  private let ranks: [Int]
  private let tail: ParetoTail?

  /// Probabilities beyond the greatest known score don't fall below this.
  package static let leastProbability = 1e-15
  private static let wholeRankCount = 256
  /// So many rows can be counted in a double.
  private static let greatestRowCount = 1 << 53

  /// - Precondition: no score is NaN.
  package init(_ scores: [Float]) {
    let falling = scores.sorted(by: >)
    let ranks = Self.ranks(of: falling.count)
    self.init(rowCount: falling.count, scores: ranks.map { falling[$0 - 1] }, ranks: ranks)
  }

  private init(rowCount: Int, scores: [Float], ranks: [Int]) {
    self.rowCount = rowCount
    self.scores = scores
    self.ranks = ranks
    tail =
      ParetoTail(
        ascending: scores.prefix(Self.wholeRankCount).reversed(), of: rowCount)?.withoutEnd
  }

  /// Whether there are scores enough for p-values below 1 / (n + 1).
  var hasTail: Bool { tail != nil }

  /// The ranks whose scores are kept: 1 for the highest.
  private static func ranks(of rowCount: Int) -> [Int] {
    var ranks: [Int] = []
    var rank = 1
    while rank <= rowCount {
      ranks.append(rank)
      rank += rank < wholeRankCount ? 1 : rank / 64
    }
    return ranks
  }

  /// The split-conformal p-value, (1 + known scores at least as high) / (n + 1), in 1 / (n + 1) … 1
  /// (Vovk, Gammerman, Shafer 2005, doi:10.1007/b106715, chapter 2); beyond the 256 highest scores
  /// up to a 64th more.
  ///
  /// Where the known rows and the new one are exchangeable, and neither took part in what scores
  /// them, the chance of a p-value ≤ α is at most α for every α, whatever the distribution
  /// (Bates, Candès, Lei, Romano, Sesia 2023, doi:10.1214/22-AOS2244). Among rows that were trained
  /// on it is a rank, and nothing is guaranteed.
  package func rankPValue(_ score: Float) -> Double {
    let lower = scores.lowerBound { $0 < score }
    let atLeastCount = lower < scores.count ? ranks[lower] - 1 : rowCount
    return Double(atLeastCount + 1) / Double(rowCount + 1)
  }

  /// The greatest score with a `rankPValue` above `share`: all above it have at most that.
  /// Infinite where no score has so little.
  /// - Precondition: `share` is less than 1.
  package func greatestScore(above share: Double) -> Float {
    precondition(share < 1)
    let stranger = ranks.prefix { Double($0) / Double(rowCount + 1) <= share }
    return stranger.isEmpty ? .infinity : scores[stranger.count - 1]
  }

  /// The same, but above all known scores that of the generalised Pareto tail of the highest, which
  /// never ends, where it is less.
  ///
  /// Below 1 / (n + 1) it rests on the tail's form, and nothing is guaranteed.
  package func pValue(_ score: Float) -> Double {
    let ranked = rankPValue(score)
    guard let tail, let highest = scores.first, score > highest else { return ranked }
    return max(Self.leastProbability, min(ranked, tail.probability(score)))
  }
}

extension ScoreReference {
  /// As metadata of a model file: the row count, then the scores' bits in hexadecimal.
  package var text: String {
    ([String(rowCount)] + scores.map { String($0.bitPattern, radix: 16) }).joined(separator: " ")
  }

  /// - Throws: `ForestError.model` for anything but `text` of a reference.
  package init(key: String, text: String) throws(ForestError) {
    let parts = text.split(separator: " ")
    guard let rowCount = parts.first.flatMap({ Int($0) }),
      (0...Self.greatestRowCount).contains(rowCount)
    else {
      throw .model(key: key, expected: "a row count and scores", found: String(text.prefix(40)))
    }
    let ranks = Self.ranks(of: rowCount)
    guard parts.count == ranks.count + 1 else {
      throw .model(
        key: key, expected: "\(ranks.count) scores of \(rowCount) rows",
        found: "\(parts.count - 1)")
    }
    var scores: [Float] = []
    for part in parts.dropFirst() {
      guard let bits = UInt32(part, radix: 16), Float(bitPattern: bits).isFinite,
        Float(bitPattern: bits) <= scores.last ?? .infinity
      else {
        throw .model(key: key, expected: "falling scores", found: String(part.prefix(20)))
      }
      scores.append(Float(bitPattern: bits))
    }
    self.init(rowCount: rowCount, scores: scores, ranks: ranks)
  }
}
