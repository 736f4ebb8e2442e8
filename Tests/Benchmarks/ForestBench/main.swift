import Forest
import Foundation

// Trains a forest and scores rows with it, for bench_forest.py:
//   forest-bench FOLDER FEATURES THREADS
// FOLDER holds training.f32 and rows.f32, float32 columns one after the other, and gets scores.f32.
// Prints the seconds that training and scoring took.

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3, let featureCount = Int(arguments[2]), let threads = Int(arguments[3])
else {
  FileHandle.standardError.write(Data("usage: forest-bench FOLDER FEATURES THREADS\n".utf8))
  exit(64)
}
let folder = URL(fileURLWithPath: arguments[1])

func matrix(_ name: String) throws -> FeatureMatrix {
  let data = try Data(contentsOf: folder.appendingPathComponent(name))
  let columnByteCount = data.count / featureCount
  let columns = (0..<featureCount).map { feature in
    let bytes = feature * columnByteCount..<(feature + 1) * columnByteCount
    return data[bytes].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
  return FeatureMatrix(names: (0..<featureCount).map { "f\($0)" }, columns: columns)
}

func timed<Result>(_ work: () throws -> Result) rethrows -> (Result, seconds: Double) {
  let clock = ContinuousClock()
  let start = clock.now
  let result = try work()
  return (result, (clock.now - start) / .seconds(1))
}

let training = try matrix("training.f32")
let rows = try matrix("rows.f32")
let (forest, trainingSeconds) = try timed {
  try IsolationForest.train(
    training, options: ForestOptions(treeCount: 100, sampleCount: 256, seed: 1), threads: threads)
}
let (scores, scoringSeconds) = try timed { try forest.scores(rows, threads: threads) }
try scores.withUnsafeBytes { Data($0) }
  .write(to: folder.appendingPathComponent("scores.f32"))
print(trainingSeconds, scoringSeconds)
