import CKernels
import Testing

@testable import Forest

@Suite struct NeighbourTests {
  /// Features of traffic's shapes, some values missing or infinite.
  private func rows(seed: UInt64, _ rowCount: Int) -> FeatureMatrix {
    makeRows(seed: seed, rowCount: rowCount, featureCount: 5).mapValues { value, feature, row in
      switch (row + feature) % 37 {
      case 0: .nan
      case 1: .infinity
      default: value
      }
    }
  }

  @Test("distances are the same bits for all instructions and any number of threads")
  func sameBits() throws {
    let training = rows(seed: 80, 600)
    let model = try NearestNeighbours.train(
      training, options: NeighbourOptions(bagCount: 2, sampleCount: 100, seed: 81))
    for rowCount in [0, 1, 31, 33, 511, 513] {
      let rows = rows(seed: 82, rowCount)
      let expected = try model.distances(
        rows, threads: 1, areTrainingRows: false, instructions: forest_plain)
      #expect(expected.count == rowCount && expected.allSatisfy { $0.isFinite })
      for instructions in [forest_avx2, forest_avx512]
      where instructions.rawValue <= forest_best_instructions().rawValue {
        let found = try model.distances(
          rows, threads: 2, areTrainingRows: false, instructions: instructions)
        #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
      }
      #expect(try model.distances(rows, threads: 3) == expected)
    }
  }

  @Test("distances do not depend on a feature's unit or offset")
  func units() throws {
    let matrix = makeRows(seed: 83, rowCount: 300, featureCount: 4)
    let other = matrix.mapValues { value, feature, _ in feature == 1 ? 8 * value : value }
    let options = NeighbourOptions(bagCount: 2, sampleCount: 64, seed: 84)
    let distances = try [matrix, other].map { matrix in
      try NearestNeighbours.train(matrix, options: options)
        .trainingDistances(matrix, threads: 2)
    }
    #expect(distances[0] == distances[1])
  }

  @Test("a feature of one value counts for nothing, a missing value as the median")
  func degenerate() throws {
    let matrix = FeatureMatrix(
      names: ["x", "constant"], columns: [[1, 2, 3, 4, 5], [Float](repeating: 7, count: 5)])
    let model = try NearestNeighbours.train(
      matrix, options: NeighbourOptions(bagCount: 1, neighbourCount: 1, seed: 85))
    let scale: Float = 1.4826
    let new = FeatureMatrix(names: matrix.names, columns: [[.nan, 3.5, 3], [7, 7, 1e9]])
    let found = try model.distances(new, threads: 1)
    for (distance, expected) in zip(found, [0, 0.5 / scale, 0]) {
      #expect(abs(distance - expected) < 1e-6)
    }
    let own = try model.trainingDistances(matrix, threads: 1)
    for distance in own { #expect(abs(distance - 1 / scale) < 1e-6) }
  }

  @Test("options out of range are refused")
  func errors() {
    let matrix = makeRows(seed: 86, rowCount: 10)
    for options in [
      NeighbourOptions(neighbourCount: 16, seed: 1), NeighbourOptions(neighbourCount: 0, seed: 1),
      NeighbourOptions(bagCount: 0, seed: 1), NeighbourOptions(sampleCount: 1, seed: 1),
    ] {
      #expect(throws: ForestError.self) {
        try NearestNeighbours.train(matrix, options: options)
      }
    }
  }
}
