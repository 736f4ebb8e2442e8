import Forest
import Foundation

/// Attributes rows to features, for evaluate_attribution.py: FOLDER THREADS.
///
/// FOLDER holds rows.f32 and a forest as forest.arrow, dumped by pipelines/dump_forest.py; it gets
/// contributions.f64, row after row, and paths.f64. Prints the expected path length and the seconds
/// of the batch.
func evaluateAttribution(_ arguments: [String]) throws {
  guard arguments.count == 2, let threads = Int(arguments[1])
  else { throw UsageError(expected: "attribution FOLDER THREADS") }
  let folder = EvaluationFolder(arguments[0])
  let forest = try ForestDump(path: folder.url.appendingPathComponent("forest.arrow").path).forest
  let rows = try folder.matrix("rows", featureCount: forest.featureNames.count)
  let (contributions, seconds) = try timed { try forest.contributions(rows, threads: threads) }
  try folder.write(contributions.values, to: "contributions.f64")
  try folder.write(
    (0..<rows.rowCount).map { forest.pathLength(rows, row: $0) }, to: "paths.f64")
  print(forest.expectedPathLength, seconds)
}

struct UsageError: Error, CustomStringConvertible {
  let expected: String
  var description: String { "usage: forest-evaluation \(expected)" }
}
