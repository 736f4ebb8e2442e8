import Glibc

/// Where scores lie, and how wide.
struct ScoreScaling: Sendable, Equatable {
  let mean: Double
  /// 0 where scores are all alike, but for rounding.
  let perDeviation: Double

  init(mean: Double, perDeviation: Double) {
    self.mean = mean
    self.perDeviation = perDeviation
  }

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
struct DistanceScaling: Sendable, Equatable {
  /// Above 0.
  let offset: Double
  let scaling: ScoreScaling

  init(offset: Double, scaling: ScoreScaling) {
    self.offset = offset
    self.scaling = scaling
  }

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
