import Testing

@testable import Forest

@Suite struct EnsembleTests {
  private static func options(seed: UInt64) -> ForestEnsemble.Options {
    var options = ForestEnsemble.Options(treeCount: 8, seed: seed)
    for index in options.forests.indices { options.forests[index].sampleCount = 64 }
    options.neighbours = NeighbourOptions(bagCount: 2, sampleCount: 64, seed: seed)
    return options
  }

  @Test("an ensemble does not depend on threads, and scores rows one by one as together")
  func threads() throws {
    let training = makeRows(seed: 90, rowCount: 400)
    let rows = makeRows(seed: 91, rowCount: 70)
    let options = Self.options(seed: 92)
    let (one, ownScores) = try ForestEnsemble.train(training, options: options, threads: 1)
    let expected = try one.scores(rows, threads: 1)
    for threads in [2, 3] {
      let (ensemble, scores) = try ForestEnsemble.train(
        training, options: options, threads: threads)
      #expect(scores == ownScores)
      #expect(try ensemble.scores(rows, threads: threads) == expected)
    }
    #expect(try one.scores(rows.rows([69]), threads: 1) == [expected[69]])
  }

  @Test("anomalies of different kinds come before other rows")
  func quality() throws {
    let rowCount = 1_000
    let isAnomaly = (0..<rowCount).map { $0 % 50 == 0 }
    let uniform = makeRows(seed: 93, rowCount: rowCount, featureCount: 16).columns.enumerated()
      .filter { $0.offset % 4 == 0 }.map(\.element)
    // Some stand alone on the outside, others in a small cluster among the rest.
    let matrix = FeatureMatrix(names: ["a", "b", "c", "d"], columns: uniform)
      .mapValues { value, feature, row in
        guard isAnomaly[row] else { return feature < 2 ? value / 4 : value }
        return row % 100 == 0 ? value * 3 - 1 : (feature < 2 ? 0.6 + value / 50 : value)
      }
    let scores = try ForestEnsemble.train(
      matrix, options: Self.options(seed: 94), threads: 2
    ).scores
    #expect(areaUnderCurve(scores, isAnomaly: isAnomaly) > 0.9)
    #expect(abs(scores.reduce(0, +) / Float(rowCount)) < 1e-3)
  }

  @Test("rows that are all alike are no stranger than one another")
  func constant() throws {
    let matrix = FeatureMatrix(names: ["x"], columns: [[Float](repeating: 4, count: 100)])
    let (ensemble, scores) = try ForestEnsemble.train(
      matrix, options: Self.options(seed: 102), threads: 1)
    #expect(scores.allSatisfy { $0 == 0 })
    #expect(try ensemble.scores(matrix, threads: 1) == scores)
  }
}
