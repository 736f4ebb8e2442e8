import Forest
import ForestRivals
import Foundation

// Trains a forest and scores rows with it, for bench_forest.py:
//   forest-bench FOLDER FEATURES THREADS TREES SAMPLES ROUNDS
// FOLDER holds training.f32 and rows.f32, float32 columns one after the other.
// Prints a JSON object of figures; times are in seconds, one a round.

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.dropFirst().compactMap { Int($0) }
guard arguments.count == 6, numbers.count == 5 else {
  FileHandle.standardError.write(
    Data("usage: forest-bench FOLDER FEATURES THREADS TREES SAMPLES ROUNDS\n".utf8))
  exit(64)
}
let folder = URL(fileURLWithPath: arguments[1])
let (featureCount, threads, treeCount) = (numbers[0], numbers[1], numbers[2])
let (sampleCount, roundCount) = (numbers[3], numbers[4])

func matrix(_ name: String) throws -> FeatureMatrix {
  let data = try Data(contentsOf: folder.appendingPathComponent(name))
  let columnByteCount = data.count / featureCount
  let columns = (0..<featureCount).map { feature in
    let bytes = feature * columnByteCount..<(feature + 1) * columnByteCount
    return data[bytes].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
  return FeatureMatrix(names: (0..<featureCount).map { "f\($0)" }, columns: columns)
}

func seconds(_ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try work()
  return (clock.now - start) / .seconds(1)
}

let training = try matrix("training.f32")
let rows = try matrix("rows.f32")
let options = ForestOptions(treeCount: treeCount, sampleCount: sampleCount, seed: 1)
let forest = try IsolationForest.train(training, options: options, threads: threads)
var figures: [String: Any] = [
  "steps_per_tree": Double(forest.kernelSteps.pairs + forest.kernelSteps.splits)
    / Double(treeCount)
]
figures["scoring"] = try (0..<roundCount).map { _ in
  try seconds { _ = try forest.scores(rows, threads: threads) }
}

if roundCount > 1 {
  // One thread, in turn.
  var bodies: [String: [Double]] = [:]
  for _ in 0..<3 {
    for body in KernelBody.available {
      let forest = forest.evaluated(by: body)
      bodies[body.rawValue, default: []].append(
        try seconds { _ = try forest.scores(rows, threads: 1) })
    }
  }
  figures["bodies"] = bodies
  var tops: [String: [Double]] = [:]
  for _ in 0..<3 {
    for count in [0, 15, 31, 63, 127, 254] {
      let forest = forest.evaluated(by: .best, topSplitCount: count)
      tops["\(count)", default: []].append(
        try seconds { _ = try forest.scores(rows, threads: 1) })
    }
  }
  figures["tops"] = tops
  figures["bit_vectors"] = bitVectorSeconds(forest, rows)
  let (pairs, splits) = forest.kernelSteps
  figures["floor"] = (0..<3).map { _ in
    rival_floor_seconds(pairs, splits, (rows.rowCount + rival_rows - 1) / rival_rows)
  }
}
let text = try JSONSerialization.data(withJSONObject: figures, options: [.sortedKeys])
FileHandle.standardOutput.write(text + Data("\n".utf8))
