import ArrowFile
import Columnar

/// Writes scores to an Arrow file, which appears when it is complete: `row` and `score`,
/// `untouched_score` and `p_value` where there are any, and for each contribution, the greatest
/// first, `feature_1` and `contribution_1` and on.
package final class ArrowScores: ScoreSink {
  private enum ScoreColumn {
    static let row = ColumnKey<Values<UInt64>>("row", isNullable: false)
    static let score = ColumnKey<Values<Float>>("score", isNullable: false)
    static let untouchedScore = ColumnKey<Values<Float>>("untouched_score", isNullable: false)
    static let pValue = ColumnKey<Values<Double>>("p_value", isNullable: false)
    static func feature(_ rank: Int) -> ColumnKey<Coded<Strings>> {
      ColumnKey("feature_\(rank + 1)", isNullable: false)
    }
    /// In edges.
    static func contribution(_ rank: Int) -> ColumnKey<Values<Double>> {
      ColumnKey("contribution_\(rank + 1)", isNullable: false)
    }
  }

  private let writer: ArrowWriter
  private let table: TableBuilder
  private let layout: ScoreLayout

  package init(path: String, layout: ScoreLayout) throws {
    let explained = (0..<layout.explainedCount).flatMap {
      [ScoreColumn.feature($0).field, ScoreColumn.contribution($0).field]
    }
    let schema = Schema(
      "row_scores", version: 1,
      [ScoreColumn.row.field, ScoreColumn.score.field]
        + (layout.hasUntouchedScores ? [ScoreColumn.untouchedScore.field] : [])
        + (layout.hasPValues ? [ScoreColumn.pValue.field] : []) + explained)
    writer = try ArrowWriter(path: path, schema: schema)
    table = TableBuilder(schema)
    self.layout = layout
  }

  package func write(_ rows: ScoredRows) throws -> Bool {
    for start in stride(from: 0, to: rows.scores.count, by: maximumBatchRowCount) {
      let part = start..<min(start + maximumBatchRowCount, rows.scores.count)
      let (row, score) = (table.column(ScoreColumn.row), table.column(ScoreColumn.score))
      for index in part {
        row.append(UInt64(rows.numbers[index]))
        score.append(rows.scores[index])
      }
      if layout.hasUntouchedScores {
        let untouchedScore = table.column(ScoreColumn.untouchedScore)
        for index in part { untouchedScore.append(rows.untouchedScores[index]) }
      }
      if layout.hasPValues {
        let pValue = table.column(ScoreColumn.pValue)
        for index in part { pValue.append(rows.pValues[index]) }
      }
      for (rank, contributions) in rows.contributions.enumerated() {
        let feature = table.column(ScoreColumn.feature(rank))
        let edges = table.column(ScoreColumn.contribution(rank))
        for index in part {
          feature.append(layout.featureNames[contributions[index].feature])
          edges.append(contributions[index].edges)
        }
      }
      try writer.write(table.finishBatch())
    }
    return true
  }

  package func finish() throws { try writer.finish() }
}
