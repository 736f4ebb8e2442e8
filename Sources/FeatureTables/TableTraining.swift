import Forest

/// A model trained on a table, with its card.
package struct TableTraining {
  package let model: ScoringModel
  package let problems: CellProblems

  /// The share of the rows that are held out where p-values are wanted.
  package static let heldOutShare = 0.2

  /// Reads the table once. Of more than 65,536 rows, or trees × ψ where that is more, as many are
  /// drawn to train on; the card is of all rows but for medians and scores.
  ///
  /// - Parameter hasPValues: whether to hold rows out of training, for new rows' p-values.
  /// - Throws: `TableError` for fewer than two rows, or three with p-values; `ForestError` for
  ///   options out of range.
  package init(
    _ table: some FeatureTable, columns: [String], recipe: ModelRecipe, hasPValues: Bool = false,
    origin: String, threads: Int
  ) throws {
    var sample = RowSample(names: columns, recipe: recipe)
    var summary = TrainingSummary(names: columns)
    problems = try table.forEachPiece(of: columns) { piece in
      let rows = try piece.load()
      sample.add(rows)
      summary.add(rows)
      return true
    }
    let leastCount = hasPValues ? 3 : 2
    guard summary.rowCount >= leastCount else {
      throw TableError(
        table.path, expected: "\(leastCount) rows or more to train on",
        found: "\(summary.rowCount)")
    }
    model = try ScoringModel.train(
      sample.rows, recipe: recipe, heldOutShare: hasPValues ? Self.heldOutShare : 0,
      origin: origin, summary: summary, threads: threads)
  }
}
