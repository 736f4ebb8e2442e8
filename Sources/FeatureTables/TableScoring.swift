import Forest
import Synchronization

/// Scores of consecutive rows, with what contributed most to each.
package struct ScoredRows: Sendable {
  /// The first row's number, from 0.
  package let firstRow: Int
  package let scores: [Float]
  /// contributions[rank][row]: a feature's place and by how many edges it shortens the row's path;
  /// as many ranks as were asked for.
  package let contributions: [[(feature: Int, edges: Double)]]
}

/// Where scores go, in the order of the rows.
package protocol ScoreSink: AnyObject {
  /// - Returns: false where nobody reads them any more.
  func write(_ rows: ScoredRows) throws -> Bool
  func finish() throws
}

/// Gives a table's rows their scores, a piece at a time for each thread.
package struct TableScoring {
  private let forest: IsolationForest
  private let explainedCount: Int
  private let threads: Int
  /// Contributions of as many rows, of all features, are held at a time.
  private static let attributedRowCount = 4_096

  /// - Parameter explainedCount: contributions to give for each row, at most as many as features.
  package init(_ forest: IsolationForest, explainedCount: Int = 0, threads: Int) {
    self.forest = forest
    self.explainedCount = min(explainedCount, forest.featureNames.count)
    self.threads = threads
  }

  /// - Throws: `TableError` unless the table has the forest's features.
  package func score(
    _ table: some FeatureTable, to sink: some ScoreSink
  ) throws -> (rowCount: Int, problems: CellProblems) {
    try table.requireFeatures(of: forest)
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
    let problems = try table.forEachPiece(of: forest.featureNames) { piece in
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
          try scored(
            try pieces[index].load(), firstRow: firstRows[index],
            threads: max(1, threads / pieces.count))
        }
        results.withLock { $0[index] = result }
      }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }

  private func scored(_ rows: FeatureMatrix, firstRow: Int, threads: Int) throws -> ScoredRows {
    var contributions: [[(feature: Int, edges: Double)]] = []
    if explainedCount > 0 {
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
    return ScoredRows(
      firstRow: firstRow, scores: try forest.scores(rows, threads: threads),
      contributions: contributions)
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
