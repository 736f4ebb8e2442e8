import Glibc

/// Forests of several kinds and nearest neighbours, heard together: the mean of their scores, each
/// as a normal deviate by the mean and standard deviation of the training rows' scores (Gaussian
/// scaling; Kriegel, Kröger, Schubert, Zimek 2011, doi:10.1137/1.9781611972818.2).
///
/// Members differ in what they call strange: rows that planes isolate early among many others, small
/// clusters apart, thin regions, rows far from their neighbours. A member whose notion does not fit
/// a table spreads its scores over many rows, and is outvoted.
package struct ForestEnsemble: Sendable {
  package struct Options: Sendable, Equatable {
    package var members: [(name: String, options: ForestOptions)]
    package var neighbours: NeighbourOptions

    package init(treeCount: Int = 100, seed: UInt64) {
      func member(_ variant: ForestVariant, sampleCount: Int = 256) -> (String, ForestOptions) {
        let options = ForestOptions(
          treeCount: treeCount, sampleCount: sampleCount, seed: seed, rule: variant.rule)
        return (variant.rawValue, options)
      }
      members = [
        member(.extended, sampleCount: 2_048), member(.sciForest), member(.density),
      ]
      neighbours = NeighbourOptions(seed: seed)
    }

    package static func == (a: Options, b: Options) -> Bool {
      a.members.elementsEqual(b.members) { $0 == $1 } && a.neighbours == b.neighbours
    }
  }

  private struct Member {
    let forest: IsolationForest
    let scaling: ScoreScaling
  }

  private let members: [Member]
  private let neighbours: NearestNeighbours
  private let distanceScaling: DistanceScaling

  /// - Throws: `ForestError` for fewer than two rows, no features, or options out of range.
  package static func train(
    _ matrix: FeatureMatrix, options: Options, threads: Int
  ) throws(ForestError) -> ForestEnsemble {
    var members: [Member] = []
    for member in options.members {
      let forest = try IsolationForest.train(matrix, options: member.options, threads: threads)
      let scores = try forest.scores(matrix, threads: threads)
      members.append(Member(forest: forest, scaling: ScoreScaling(scores)))
    }
    let neighbours = try NearestNeighbours.train(matrix, options: options.neighbours)
    let distances = try neighbours.trainingDistances(matrix, threads: threads)
    return ForestEnsemble(
      members: members, neighbours: neighbours, distanceScaling: DistanceScaling(distances))
  }

  /// Rows' mean normal scores: 0 in the mean of the training rows, higher for stranger ones.
  ///
  /// - Throws: `ForestError.features` if the matrix has not the features of the training rows.
  package func scores(_ matrix: FeatureMatrix, threads: Int) throws(ForestError) -> [Float] {
    try scores(matrix, distances: neighbours.distances(matrix, threads: threads), threads: threads)
  }

  /// The same for the training rows themselves, none of which is its own neighbour.
  ///
  /// - Precondition: the matrix is the one that `train` was given.
  package func trainingScores(
    _ matrix: FeatureMatrix, threads: Int
  ) throws(ForestError) -> [Float] {
    let distances = try neighbours.trainingDistances(matrix, threads: threads)
    return try scores(matrix, distances: distances, threads: threads)
  }

  private func scores(
    _ matrix: FeatureMatrix, distances: [Float], threads: Int
  ) throws(ForestError) -> [Float] {
    var sums = distances.map { distanceScaling.normalScore($0) }
    for member in members {
      let scores = try member.forest.scores(matrix, threads: threads)
      for row in sums.indices { sums[row] += member.scaling.normalScore(Double(scores[row])) }
    }
    return sums.map { Float($0 / Double(members.count + 1)) }
  }
}

/// Where scores lie, and how wide.
private struct ScoreScaling: Sendable {
  private let mean: Double
  /// 0 where scores are all alike, but for rounding.
  private let perDeviation: Double

  init<Score: BinaryFloatingPoint>(_ scores: [Score]) {
    let count = Double(scores.count)
    let mean = scores.reduce(0) { $0 + Double($1) } / count
    let squares = scores.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let deviation = (squares / count).squareRoot()
    self.mean = mean
    perDeviation = deviation > 1e-6 * mean.magnitude ? 1 / deviation : 0
  }

  func normalScore(_ score: Double) -> Double { (score - mean) * perDeviation }
}

/// The same for distances, which spread evenly only as logarithms; a tenth of their mean is added,
/// so that rows which occur more than once don't stand out as near ones.
private struct DistanceScaling: Sendable {
  private let offset: Double
  private let scaling: ScoreScaling

  init(_ distances: [Float]) {
    let offset =
      distances.reduce(0) { $0 + Double($1) } / Double(distances.count) / 10
      + Double(Float.leastNormalMagnitude)
    self.offset = offset
    scaling = ScoreScaling(distances.map { log(Double($0) + offset) })
  }

  func normalScore(_ distance: Float) -> Double {
    scaling.normalScore(log(Double(distance) + offset))
  }
}
