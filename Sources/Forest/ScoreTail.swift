/// How rare high scores were among the rows that a forest was trained on.
package struct ScoreTail: Sendable, Equatable {
  /// Rows behind the tail.
  package let rowCount: Int
  /// Scores by ascending rank (1 = the highest), every rank up to 64, then ever fewer.
  private let points: [(rank: Int, score: Float)]

  package init(_ scores: [Float]) {
    let sorted = scores.sorted(by: >)
    rowCount = sorted.count
    var points: [(Int, Float)] = []
    var rank = 1
    while rank <= sorted.count {
      points.append((rank, sorted[rank - 1]))
      rank = rank < 64 ? rank + 1 : rank + rank / 16
    }
    self.points = points
  }

  /// The share of rows, counted with the judged one, that score at least as high: 1 / (n + 1) … 1.
  package func pValue(_ score: Float) -> Double {
    var (low, high) = (0, points.count)
    while low < high {
      let middle = (low + high) / 2
      if points[middle].score >= score { low = middle + 1 } else { high = middle }
    }
    // Up to the next known rank, which scores less.
    let rank = low < points.count ? points[low].rank - 1 : rowCount
    return Double(rank + 1) / Double(rowCount + 1)
  }

  package static func == (a: ScoreTail, b: ScoreTail) -> Bool {
    a.rowCount == b.rowCount && a.points.elementsEqual(b.points) { $0 == $1 }
  }
}

extension ScoreTail {
  /// As metadata of a model file: the row count, then rank and score (as bits) of each point.
  package var text: String {
    ([String(rowCount)] + points.map { "\($0.rank)=\(String($0.score.bitPattern, radix: 16))" })
      .joined(separator: " ")
  }

  /// - Throws: `ForestError.model` for anything but `text` of a tail.
  package init(key: String, text: String) throws(ForestError) {
    let parts = text.split(separator: " ")
    let malformed = ForestError.model(
      key: key, expected: "a row count and rank=score pairs", found: String(text.prefix(40)))
    guard let first = parts.first, let rowCount = Int(first), rowCount >= 0 else { throw malformed }
    var points: [(Int, Float)] = []
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=")
      guard pair.count == 2, let rank = Int(pair[0]), let bits = UInt32(pair[1], radix: 16),
        rank > points.last?.0 ?? 0, rank <= rowCount
      else { throw malformed }
      points.append((rank, Float(bitPattern: bits)))
    }
    self.rowCount = rowCount
    self.points = points
  }
}
