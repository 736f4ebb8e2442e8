import Forest

/// Scores FOLDER's rows.f32 by forests of each variant, by nearest neighbours and by the ensemble,
/// each trained on the same rows: NAME-SEED.f32. Prints name, seed and seconds of each.
func evaluateVariants(_ arguments: ArraySlice<String>) throws {
  let arguments = Array(arguments)
  guard arguments.count >= 4, let featureCount = Int(arguments[1]),
    let threads = Int(arguments[2])
  else { fail("expected variants FOLDER FEATURES THREADS SEED…") }
  let folder = arguments[0]
  let matrix = try readColumns("\(folder)/rows.f32", featureCount: featureCount)
  let clock = ContinuousClock()

  for argument in arguments[3...] {
    guard let seed = UInt64(argument) else { fail("expected a seed, found \(argument)") }
    func measure(_ name: String, _ scores: () throws -> [Float]) throws {
      let start = clock.now
      try writeColumn(try scores(), to: "\(folder)/\(name)-\(seed).f32")
      print(name, seed, (clock.now - start) / .seconds(1))
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
