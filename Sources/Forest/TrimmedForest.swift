/// A forest that is fitted twice, the second time without the rows that the first found strangest,
/// so that a contaminated past does not pass for normal; with the tails of its scores by group.
package struct TrimmedForest: Sendable {
  /// The share of rows that the second fit leaves out.
  package static let trimmedShare = 0.05

  package let forest: IsolationForest
  /// Of the rows of each group, under the second fit, in which they are all counted.
  package let tails: [UInt8: ScoreReference]

  package init(forest: IsolationForest, tails: [UInt8: ScoreReference]) {
    self.forest = forest
    self.tails = tails
  }

  /// - Parameter groups: one number a row: rows of different groups have tails of their own.
  /// - Returns: the forest, and the scores of all rows.
  package static func train(
    _ matrix: FeatureMatrix, groups: [UInt8], options: ForestOptions, threads: Int
  ) throws(ForestError) -> (model: TrimmedForest, scores: [Float]) {
    precondition(groups.count == matrix.rowCount, "one group a row")
    var options = options
    options.trimmedShare = trimmedShare
    let forest = try IsolationForest.train(matrix, options: options, threads: threads)
    let scores = try forest.scores(matrix, threads: threads)
    var byGroup: [UInt8: [Float]] = [:]
    for (row, group) in groups.enumerated() { byGroup[group, default: []].append(scores[row]) }
    let tails = byGroup.mapValues { ScoreReference($0) }
    return (TrimmedForest(forest: forest, tails: tails), scores)
  }

  /// The tails as metadata of a model file.
  package var metadata: [String: String] {
    Dictionary(
      uniqueKeysWithValues: tails.map { (TrimmedForest.keyPrefix + String($0.key), $0.value.text) })
  }

  private static let keyPrefix = "tidemark.tail."

  /// - Throws: `ForestError.model` for malformed tails.
  package init(forest: IsolationForest, metadata: [String: String]) throws(ForestError) {
    var tails: [UInt8: ScoreReference] = [:]
    for (key, text) in metadata where key.hasPrefix(TrimmedForest.keyPrefix) {
      guard let group = UInt8(key.dropFirst(TrimmedForest.keyPrefix.count)) else {
        throw .model(key: key, expected: "a group's number", found: key)
      }
      tails[group] = try ScoreReference(key: key, text: text)
    }
    self.init(forest: forest, tails: tails)
  }
}
