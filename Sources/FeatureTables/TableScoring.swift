import Forest
import Synchronization

/// Rows' scores, with what contributed most to each.
package struct ScoredRows: Sendable {
  /// The rows' numbers in their table, from 0.
  package let numbers: [Int]
  package let rows: FeatureMatrix
  package let scores: [Float]
  /// By the forest before verdicts adjusted it, where they have.
  package var untouchedScores: [Float] = []
  /// Where the model has a reference.
  package let pValues: [Double]
  /// contributions[rank][row]: a feature's place and by how many edges it shortens the row's path;
  /// as many ranks as were asked for.
  package let contributions: [[(feature: Int, edges: Double)]]
}

/// Which columns are written of each row.
package struct ScoreLayout: Sendable {
  package let featureNames: [String]
  /// Contributions of each row.
  package let explainedCount: Int
  package let hasPValues: Bool
  /// Whether scores are those of a forest that verdicts have adjusted, and those of the untouched
  /// one are given, too.
  package var hasUntouchedScores = false
}

/// Where scores go.
package protocol ScoreSink: AnyObject {
  /// - Returns: false where nobody reads them any more.
  func write(_ rows: ScoredRows) throws -> Bool
  func finish() throws
}

/// Gives a table's rows their scores, a piece at a time for each thread.
package struct TableScoring {
  private let model: ScoringModel
  private let explainedCount: Int
  private let threads: Int
  /// Contributions of as many rows, of all features, are held at a time.
  private static let attributedRowCount = 4_096

  /// - Parameter explainedCount: contributions to give for each row, at most as many as features;
  ///   none where the model is an ensemble.
  package init(_ model: ScoringModel, explainedCount: Int = 0, threads: Int) {
    self.model = model
    self.explainedCount = model.forest == nil ? 0 : min(explainedCount, model.featureNames.count)
    self.threads = threads
  }

  /// What is to be written of each row.
  package var layout: ScoreLayout {
    ScoreLayout(
      featureNames: model.featureNames, explainedCount: explainedCount,
      hasPValues: model.reference != nil)
  }

  /// - Throws: `TableError` unless the table has the model's features.
  package func score(
    _ table: some FeatureTable, to sink: some ScoreSink
  ) throws -> (rowCount: Int, problems: CellProblems) {
    try table.requireFeatures(model.featureNames)
    var round: [TablePiece] = []
    var rowCount = 0
    func finishRound() throws -> Bool {
      let pieces = round
      round = []
      for rows in try scored(pieces, firstRow: rowCount) {
        rowCount += rows.scores.count
        guard try sink.write(rows) else { return false }
      }
      return true
    }
    let problems = try table.forEachPiece(of: model.featureNames) { piece in
      round.append(piece)
      return try round.count < threads || finishRound()
    }
    _ = try finishRound()
    try sink.finish()
    return (rowCount, problems)
  }

  private func scored(_ pieces: [TablePiece], firstRow: Int) throws -> [ScoredRows] {
    var starts: [Int] = []
    var start = firstRow
    for piece in pieces {
      starts.append(start)
      start += piece.rowCount
    }
    let firstRows = starts
    let results = Mutex([Result<ScoredRows, any Error>?](repeating: nil, count: pieces.count))
    inParallel(taskCount: pieces.count, threads: threads) { takeTask in
      while let index = takeTask() {
        let result = Result {
          let rows = try pieces[index].load()
          let first = firstRows[index]
          return try scored(
            rows, numbers: Array(first..<first + rows.rowCount),
            threads: max(1, threads / pieces.count))
        }
        results.withLock { $0[index] = result }
      }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }

  func scored(_ rows: FeatureMatrix, numbers: [Int], threads: Int) throws -> ScoredRows {
    var contributions: [[(feature: Int, edges: Double)]] = []
    if let forest = model.forest, explainedCount > 0 {
      contributions = [[(feature: Int, edges: Double)]](repeating: [], count: explainedCount)
      for start in stride(from: 0, to: rows.rowCount, by: Self.attributedRowCount) {
        let part = start..<min(start + Self.attributedRowCount, rows.rowCount)
        let block = FeatureMatrix(
          names: rows.names, columns: rows.columns.map { Array($0[part]) })
        let all = try forest.contributions(block, threads: threads)
        for row in 0..<block.rowCount {
          let edges = all.row(row)
          for (rank, place) in edges.greatestPlaces(explainedCount).enumerated() {
            contributions[rank].append((place - edges.startIndex, edges[place]))
          }
        }
      }
    }
    let scores = try model.scores(rows, threads: threads)
    return ScoredRows(
      numbers: numbers, rows: rows, scores: scores,
      pValues: model.reference.map { scores.map($0.pValue) } ?? [], contributions: contributions)
  }
}

extension ArraySlice<Double> {
  /// Where the `count` greatest numbers are, the greatest first, of equal ones the first.
  fileprivate func greatestPlaces(_ count: Int) -> [Int] {
    var places: [Int] = []
    places.reserveCapacity(count)
    for place in indices {
      if places.count == count {
        guard let last = places.last, self[place] > self[last] else { continue }
        places.removeLast()
      }
      var low = 0
      var high = places.count
      while low < high {
        let middle = (low + high) / 2
        if self[places[middle]] < self[place] { high = middle } else { low = middle + 1 }
      }
      places.insert(place, at: low)
    }
    return places
  }
}
