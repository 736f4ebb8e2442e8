import Forest

/// A forest trained on a table, with its card.
package struct TableTraining {
  package let forest: IsolationForest
  package let card: ModelCard
  package let problems: CellProblems

  /// Reads the table once. Of more than 65,536 rows, or trees × ψ where that is more, as many are
  /// drawn to grow the trees from; the card is of all rows but for medians and scores.
  ///
  /// - Throws: `TableError` for fewer than two rows, `ForestError` for options out of range.
  package init(
    _ table: some FeatureTable, columns: [String], options: ForestOptions, origin: String,
    threads: Int
  ) throws {
    var sample = RowSample(names: columns, options: options)
    var summary = TrainingSummary(names: columns)
    problems = try table.forEachPiece(of: columns) { piece in
      let rows = try piece.load()
      sample.add(rows)
      summary.add(rows)
      return true
    }
    guard summary.rowCount > 1 else {
      throw TableError(
        table.path, expected: "2 rows or more to train on", found: "\(summary.rowCount)")
    }
    let rows = sample.rows
    forest = try IsolationForest.train(rows, options: options, threads: threads)
    card = try ModelCard(
      of: forest, origin: origin, summary: summary, rows: rows, threads: threads)
  }
}
