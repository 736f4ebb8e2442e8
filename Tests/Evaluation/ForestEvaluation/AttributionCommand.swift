import Forest
import Foundation

/// Attributes rows to features, for evaluate_attribution.py: FOLDER FEATURES THREADS.
///
/// FOLDER holds rows.f32 and a forest as nodes.i32 (feature, left, right and sample count of each
/// node, tree after tree), thresholds.f32 and node_counts.i32; it gets contributions.f64, row after
/// row, and paths.f64. Prints the expected path length and the seconds of the batch.
func evaluateAttribution(_ arguments: [String]) throws {
  guard arguments.count == 3, let featureCount = Int(arguments[1]), let threads = Int(arguments[2])
  else { throw UsageError(expected: "attribution FOLDER FEATURES THREADS") }
  let folder = EvaluationFolder(arguments[0])
  let forest = try folder.forest(featureCount: featureCount)
  let rows = try folder.matrix("rows", featureCount: featureCount)
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

extension EvaluationFolder {
  fileprivate func forest(featureCount: Int) throws -> IsolationForest {
    let nodes = try array("nodes.i32", of: Int32.self).map(Int.init)
    let thresholds = try array("thresholds.f32", of: Float.self)
    var trees: [IsolationTree] = []
    var start = 0
    for nodeCount in try array("node_counts.i32", of: Int32.self).map(Int.init) {
      let treeNodes = (start..<start + nodeCount).map { node in
        nodes[4 * node] < 0
          ? IsolationTree.Node(leafOf: nodes[4 * node + 3])
          : IsolationTree.Node(
            feature: nodes[4 * node], threshold: thresholds[node], left: nodes[4 * node + 1],
            right: nodes[4 * node + 2], sampleCount: nodes[4 * node + 3])
      }
      trees.append(
        try IsolationTree(nodes: treeNodes, featureCount: featureCount, index: trees.count))
      start += nodeCount
    }
    let sampleCount = Int(trees[0].nodes[0].sampleCount)
    return try IsolationForest(
      featureNames: (0..<featureCount).map { "f\($0)" },
      options: ForestOptions(treeCount: trees.count, sampleCount: sampleCount, seed: 0),
      sampleCount: sampleCount, trees: trees)
  }
}
