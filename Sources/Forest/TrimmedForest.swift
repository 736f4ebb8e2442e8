/// A forest that is fitted twice, the second time without the rows that the first found strangest,
/// so that a contaminated past does not pass for normal; with the tails of its scores by group.
package struct TrimmedForest: Sendable {
  /// The share of rows that the second fit leaves out.
  package static let trimmedShare = 0.05

  package let forest: IsolationForest
  /// Of the rows of each group, under the second fit, in which they are all counted.
  package let tails: GroupTails

  package init(forest: IsolationForest, tails: GroupTails) {
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
    return (TrimmedForest(forest: forest, tails: GroupTails(scores, groups: groups)), scores)
  }
}
