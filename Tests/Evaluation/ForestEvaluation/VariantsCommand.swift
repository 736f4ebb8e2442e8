import Forest

/// Scores rows by forests of each variant, by nearest neighbours and by the ensemble, each trained
/// on the same rows, for evaluate_forest.py: FOLDER FEATURES THREADS SEED…
///
/// FOLDER holds rows.f32 and gets NAME-SEED.f32. Prints name, seed and seconds of each.
func evaluateVariants(_ arguments: [String]) throws {
  guard arguments.count >= 4, let featureCount = Int(arguments[1]), let threads = Int(arguments[2])
  else { throw UsageError(expected: "variants FOLDER FEATURES THREADS SEED…") }
  let folder = EvaluationFolder(arguments[0])
  let matrix = try folder.matrix("rows", featureCount: featureCount)

  for argument in arguments[3...] {
    guard let seed = UInt64(argument) else {
      throw UsageError(expected: "variants FOLDER FEATURES THREADS SEED…")
    }
    func measure(_ name: String, _ work: () throws -> [Float]) throws {
      let (scores, seconds) = try timed(work)
      try folder.write(scores, to: "\(name)-\(seed).f32")
      print(name, seed, seconds)
    }
    for variant in ForestVariant.allCases {
      try measure(variant.rawValue) {
        let options = ForestOptions(seed: seed, rule: variant.rule)
        let forest = try IsolationForest.train(matrix, options: options, threads: threads)
        return try forest.scores(matrix, threads: threads)
      }
    }
    try measure("neighbours") {
      try NearestNeighbours.train(matrix, options: NeighbourOptions(seed: seed))
        .trainingDistances(matrix, threads: threads)
    }
    try measure("ensemble") {
      let options = ForestEnsemble.Options(seed: seed)
      return try ForestEnsemble.train(matrix, options: options, threads: threads).scores
    }
  }
}
