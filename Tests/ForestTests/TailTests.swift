import Foundation
import Testing

@testable import Forest

/// Fixtures/tails.json, made by make_tails.py.
private struct TailGolden: Decodable {
  struct Pareto: Decodable {
    let excesses: [Double]
    let shape: Double
    let scale: Double
    let beyond: [Double]
    let shares: [Double]
  }

  struct Neighbours: Decodable {
    let columns: [[Float]]
    let training: [Float]
    let new: [Float]
  }

  let probabilities: [Double]
  let quantiles: [Double]
  let pareto: [Pareto]
  let neighbours: Neighbours

  static func read() throws -> TailGolden {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixtures + "/tails.json"))
    return try JSONDecoder().decode(TailGolden.self, from: data)
  }
}

@Suite struct TailTests {
  @Test("normal quantiles are SciPy's")
  func quantiles() throws {
    let golden = try TailGolden.read()
    for (probability, quantile) in zip(golden.probabilities, golden.quantiles) {
      #expect(abs(normalQuantile(probability) - quantile) <= 1e-13 * max(1, abs(quantile)))
    }
    #expect(normalQuantile(0) == -.infinity && normalQuantile(1) == .infinity)
  }

  @Test("a Pareto tail is fitted as by SciPy's L-moments, and has its shares")
  func pareto() throws {
    for golden in try TailGolden.read().pareto {
      let tail = try #require(ParetoTail(excesses: golden.excesses, threshold: 0, share: 1))
      #expect(abs(tail.shape - golden.shape) < 1e-10)
      #expect(abs(tail.scale - golden.scale) < 1e-10)
      for (excess, share) in zip(golden.beyond, golden.shares) {
        #expect(abs(tail.probability(Float(excess)) - share) < 1e-6)
      }
    }
  }

  @Test("the tail of exponential values falls as they do, far beyond the greatest")
  func exponential() throws {
    let values = (1...20_000).map { Float(-log(Double($0) / 20_001)) }.sorted()
    let tail = try #require(ParetoTail(ascending: values, of: values.count))
    #expect(abs(tail.shape) < 0.1)
    let ratio = tail.probability(14) / exp(-14)
    #expect(ratio > 0.5 && ratio < 2)
  }

  @Test("values that are few or alike have no tail of their own")
  func noTail() {
    #expect(ParetoTail(ascending: (0..<199).map { Float($0) }, of: 199) == nil)
    #expect(ParetoTail(ascending: [Float](repeating: 2, count: 1_000), of: 1_000) == nil)
    #expect(ParetoTail(ascending: (0..<200).map { Float($0) }, of: 200) != nil)
    #expect(ParetoTail(ascending: (0..<20).map { Float($0) }, of: 200) == nil)
  }

  @Test("p-values count the known scores at least as high, and fall on beyond the greatest")
  func pValues() {
    let reference = ScoreReference((0..<400).map { Float($0 / 2) })
    #expect(reference.pValue(-1) == 1)
    #expect(reference.pValue(199) == 3.0 / 401)
    #expect(reference.pValue(198.5) == 3.0 / 401)
    #expect(reference.pValue(0) == 1)
    let beyond = stride(from: Float(199.5), to: 9_999, by: 1).map { reference.pValue($0) }
    #expect(zip(beyond, beyond.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(beyond[0] <= 1.0 / 401 && beyond.last == ScoreReference.leastProbability)
    // Scores end at 199, but a little above them is only a little rarer.
    #expect(beyond[0] > 1e-4)
    let few = ScoreReference([3, 1, 2])
    #expect(few.pValue(9) == 0.25 && few.pValue(3) == 0.5)
  }

  @Test("of many scores so many are kept that p-values are never less, nor a 64th more")
  func thinned() {
    let scores = makeRows(seed: 70, rowCount: 30_000, featureCount: 1).columns[0]
    let reference = ScoreReference(scores)
    #expect(reference.text.count < 20_000)
    let falling = scores.sorted(by: >)
    for rank in stride(from: 1, through: 30_000, by: 7) {
      let exact = Double(rank + 1) / 30_001
      let pValue = reference.rankPValue(falling[rank - 1])
      #expect(pValue >= exact && pValue <= exact * (1 + 1.0 / 64))
      if rank <= 255 { #expect(pValue == exact) }
    }
  }

  @Test("above a limit lies just what has at most a share of the known scores above it")
  func limits() {
    let many = makeRows(seed: 72, rowCount: 3_000, featureCount: 1).columns[0]
    for scores in [[], [2], [3, 1, 2], (0..<400).map { Float($0 / 2) }, many] {
      let reference = ScoreReference(scores)
      for share in [0, 0.0025, 0.01, 0.3, 0.999] {
        let limit = reference.greatestScore(above: share)
        for score in scores + scores.map(\.nextUp) + [-9, 999] {
          #expect((score > limit) == (reference.rankPValue(score) <= share))
        }
      }
    }
  }

  @Test("a reference survives being written as text, tail and all; other text is refused")
  func referenceText() throws {
    for count in [0, 1, 3, 256, 257, 3_000] {
      let scores = makeRows(seed: 71, rowCount: count, featureCount: 1).columns[0]
      let reference = ScoreReference(scores)
      let read = try ScoreReference(key: "k", text: reference.text)
      #expect(read == reference && read.pValue(2) == reference.pValue(2))
    }
    for (text, message) in [
      ("", "expected a row count and scores, found "),
      ("-1", "expected a row count and scores, found -1"),
      ("99999999999999999999", "expected a row count and scores, found 99999999999999999999"),
      ("3 3f800000", "expected 3 scores of 3 rows, found 1"),
      ("9007199254740992 0", "scores of 9007199254740992 rows, found 1"),
      ("2 0 3f800000", "expected falling scores, found 3f800000"),
      ("1 7fc00000", "expected falling scores, found 7fc00000"),
      ("1 1=zz", "expected falling scores, found 1=zz"),
    ] {
      let error = #expect(throws: ForestError.self) { try ScoreReference(key: "k", text: text) }
      #expect(error?.description.contains(message) == true, "\(text)")
    }
  }

  @Test("distances of rows are scikit-learn's, a training row not being its own neighbour")
  func neighbours() throws {
    let golden = try TailGolden.read().neighbours
    let rows = FeatureMatrix(names: ["a", "b", "c"], columns: golden.columns)
    let training = rows.prefix(golden.training.count)
    let options = NeighbourOptions(bagCount: 2, sampleCount: 500, neighbourCount: 4, seed: 1)
    let model = try NearestNeighbours.train(training, options: options)
    let found = try model.trainingDistances(training, threads: 2)
    for (distance, expected) in zip(found, golden.training) {
      #expect(abs(distance - expected) <= 1e-5 * expected)
    }
    let new = try model.distances(rows, threads: 1).suffix(golden.new.count)
    for (distance, expected) in zip(new, golden.new) {
      #expect(abs(distance - expected) <= 1e-5 * expected)
    }
  }
}
