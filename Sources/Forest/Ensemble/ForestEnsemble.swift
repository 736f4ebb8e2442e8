/// Forests of several kinds and nearest neighbours, heard together: the mean of their scores, each
/// standardised by the mean and standard deviation of the training rows' scores (the first step of
/// Gaussian scaling; Kriegel, Kröger, Schubert, Zimek 2011, doi:10.1137/1.9781611972818.2).
///
/// Members differ in what they call strange: rows that chance isolates early among many others,
/// small clusters apart, thin regions, rows far from their neighbours. A member whose notion does
/// not fit a table spreads its scores over many rows, and is outvoted.
package struct ForestEnsemble: Sendable {
  package struct Options: Sendable, Equatable {
    package var forests: [ForestOptions]
    package var neighbours: NeighbourOptions

    /// Anomalies rarer than one in ψ rows can't be told apart by trees of ψ rows, so that one
    /// forest has trees of many.
    package init(treeCount: Int = 100, seed: UInt64) {
      func forest(_ variant: ForestVariant, sampleCount: Int) -> ForestOptions {
        ForestOptions(
          treeCount: treeCount, sampleCount: sampleCount, seed: seed, rule: variant.rule)
      }
      forests = [
        forest(.standard, sampleCount: 2_048), forest(.sciForest, sampleCount: 256),
        forest(.density, sampleCount: 256),
      ]
      neighbours = NeighbourOptions(seed: seed)
    }
  }

  struct Member {
    /// What its file is called; another than any other member's.
    let name: String
    let forest: IsolationForest
    let scaling: ScoreScaling

    func add(_ scores: [Float], to sums: inout [Double]) {
      for row in sums.indices { sums[row] += scaling.normalScore(Double(scores[row])) }
    }
  }

  let members: [Member]
  let neighbours: NearestNeighbours
  let distanceScaling: DistanceScaling

  package var featureNames: [String] { neighbours.featureNames }

  /// - Returns: the ensemble, and the training rows' scores, none of which is its own neighbour.
  /// - Throws: `ForestError` for fewer than two rows, no features, or options out of range.
  package static func train(
    _ matrix: FeatureMatrix, options: Options, threads: Int
  ) throws(ForestError) -> (ensemble: ForestEnsemble, scores: [Float]) {
    let neighbours = try NearestNeighbours.train(matrix, options: options.neighbours)
    let distances = try neighbours.trainingDistances(matrix, threads: threads)
    let distanceScaling = DistanceScaling(distances)
    var sums = distances.map { distanceScaling.normalScore($0) }
    var members: [Member] = []
    for forestOptions in options.forests {
      let forest = try IsolationForest.train(matrix, options: forestOptions, threads: threads)
      let scores = try forest.scores(matrix, threads: threads)
      let member = Member(
        name: Self.name(of: forest, beside: members), forest: forest, scaling: ScoreScaling(scores))
      member.add(scores, to: &sums)
      members.append(member)
    }
    let ensemble = ForestEnsemble(
      members: members, neighbours: neighbours, distanceScaling: distanceScaling)
    return (ensemble, ensemble.means(sums))
  }

  /// Rows' mean normal scores: 0 in the mean of the training rows, higher for stranger ones.
  ///
  /// - Throws: `ForestError.features` if the matrix has not the features of the training rows.
  package func scores(_ matrix: FeatureMatrix, threads: Int) throws(ForestError) -> [Float] {
    let distances = try neighbours.distances(matrix, threads: threads)
    var sums = distances.map { distanceScaling.normalScore($0) }
    for member in members {
      member.add(try member.forest.scores(matrix, threads: threads), to: &sums)
    }
    return means(sums)
  }

  /// The variant's name, numbered where it is taken.
  private static func name(of forest: IsolationForest, beside members: [Member]) -> String {
    let variant = ForestVariant.allCases.first { $0.rule == forest.options.rule }
    let name = variant?.rawValue ?? "forest"
    let others = members.count { $0.name == name || $0.name.hasPrefix(name + "_") }
    return others == 0 ? name : "\(name)_\(others + 1)"
  }

  private func means(_ sums: [Double]) -> [Float] {
    sums.map { Float($0 / Double(members.count + 1)) }
  }
}
