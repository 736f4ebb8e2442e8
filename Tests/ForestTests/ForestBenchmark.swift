import CKernels
import Foundation
import Testing

@testable import Forest

/// The folder in which Tests/Benchmarks/forest_bench.py leaves rows and trees, and finds scores.
private let folder = ProcessInfo.processInfo.environment["TIDEMARK_FOREST_BENCHMARK"]

/// Run by Tests/Benchmarks/forest_bench.py, release build: the kernels' time on its rows and trees,
/// as lines "seconds <what> <threads> <seconds>".
@Suite(.enabled(if: folder != nil, "run by forest_bench.py"))
struct ForestBenchmark {
  @Test("time of a whole scoring call")
  func time() throws {
    let folder = try #require(folder)
    let golden = try SklearnForest(path: folder + "/forest.bin")
    let matrix = try rows(folder + "/rows.f32", names: golden.forest.featureNames)
    for (name, evaluator) in evaluators(golden.forest) {
      for threads in [1, 2] {
        let scores = try measure(name, threads) {
          try golden.forest.scores(matrix, threads: threads, evaluator: evaluator)
        }
        #expect(scores.count == matrix.rowCount)
      }
    }
    let scores = try golden.forest.scores(matrix, threads: 2)
    try scores.withUnsafeBytes { Data($0) }
      .write(to: URL(fileURLWithPath: folder + "/scores.f32"))
    _ = try measure("training", 1) {
      try IsolationForest.train(matrix, options: golden.forest.options, threads: 1)
    }
  }

  /// The fastest as chosen, and with TIDEMARK_FOREST_KERNELS set all of them.
  private func evaluators(_ forest: IsolationForest) -> [(String, ForestEvaluator)] {
    let chosen = [("chosen", forest.evaluator)]
    guard ProcessInfo.processInfo.environment["TIDEMARK_FOREST_KERNELS"] != nil else {
      return chosen
    }
    let instructionSets = [
      ("plain", forest_plain), ("AVX2", forest_avx2), ("AVX-512", forest_avx512),
    ].filter { $0.1.rawValue <= forest_best_instructions().rawValue }
    return chosen
      + ForestKernel.allCases.flatMap { kernel in
        instructionSets.map { name, instructions in
          (
            "\(kernel) \(name)",
            ForestEvaluator(
              trees: forest.trees, featureCount: forest.featureNames.count, scale: forest.scale,
              kernel: kernel, instructions: instructions)
          )
        }
      }
  }

  private func measure<Result>(
    _ name: String, _ threads: Int, _ work: () throws -> Result
  ) rethrows -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try work()
    let seconds = (clock.now - start) / .seconds(1)
    print("seconds\t\(name)\t\(threads)\t\(seconds)")
    return result
  }

  /// Columns of float32, one after the other.
  private func rows(_ path: String, names: [String]) throws -> FeatureMatrix {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let rowCount = data.count / MemoryLayout<Float>.stride / names.count
    let columns = names.indices.map { feature in
      [Float](unsafeUninitializedCapacity: rowCount) { column, count in
        let start = feature * rowCount * MemoryLayout<Float>.stride
        count =
          data.copyBytes(
            to: column, from: start..<start + rowCount * MemoryLayout<Float>.stride)
          / MemoryLayout<Float>.stride
      }
    }
    return FeatureMatrix(names: names, columns: columns)
  }
}
