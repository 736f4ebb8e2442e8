import Columnar
import Forest

/// The rows of a table that a person is to look at next, the first first.
package struct RowListing: Sendable {
  package let rows: ScoredRows
  package let layout: ScoreLayout
  /// The model, adjusted by the verdicts where there are any.
  package let model: ScoringModel
  package let problems: CellProblems
}

/// Picks the rows that a person is to look at.
package struct RowPicking {
  private let model: ScoringModel
  private let budget: Int
  private let explainedCount: Int
  private let threads: Int

  /// - Parameter budget: rows that the person looks at; 1 or more.
  package init(_ model: ScoringModel, budget: Int, explainedCount: Int = 0, threads: Int) {
    precondition(budget > 0, "a row to look at")
    self.model = model
    self.budget = budget
    self.explainedCount = explainedCount
    self.threads = threads
  }

  /// The strangest rows, in one pass over the table.
  package func strangest(of table: some FeatureTable) throws -> RowListing {
    let strangest = StrangestRows(count: budget, judged: [])
    let scoring = TableScoring(model, explainedCount: explainedCount, threads: threads)
    let problems = try TableScoring(model, threads: threads).score(table, to: strangest).problems
    let rows = strangest.all.matrix(names: model.featureNames)
    return RowListing(
      rows: try scoring.scored(rows, numbers: strangest.all.numbers, threads: threads),
      layout: scoring.layout, model: model, problems: problems)
  }

  /// The strangest rows without a verdict, by the forest as the verdicts change it and by the
  /// untouched one in turn, in two passes over the table.
  ///
  /// Anomalies are to come above the last row that the budget reaches by the untouched forest, and
  /// benign rows below. The listing's model has no p-values: those of the untouched scores say
  /// nothing of others.
  ///
  /// - Parameter instant: verdicts given later don't count.
  /// - Throws: `ForestError` for verdicts on other features and a forest that was adjusted before; `TableError` for a table without rows.
  package func strangest(
    of table: some FeatureTable, forest: IsolationForest, verdicts: Verdicts, asOf instant: Instant
  ) throws -> RowListing {
    if let count = model.card?.verdictCount, count > 0 {
      throw ForestError.model(
        key: "verdicts", expected: "all of them on the forest as it was trained",
        found: "one that \(count) have adjusted already")
    }
    let counted = verdicts.counted(asOf: instant, limit: .max)
    let judged = Set(counted.map { RowKey(verdicts.rows, row: $0) })
    let untouched = StrangestRows(count: budget, judged: judged)
    let problems = try TableScoring(model, threads: threads).score(table, to: untouched).problems
    let shown = untouched.all.matrix(names: model.featureNames)
    guard shown.rowCount > 0 else {
      throw TableError(table.path, expected: "rows to look at", found: "none")
    }
    let line = forest.pathLength(shown, row: shown.rowCount - 1)
    let taught = ScoringModel(
      .forest(
        try forest.adjusted(
          by: verdicts, asOf: instant, options: FeedbackOptions(line: line))),
      card: model.card?.adjusted(byVerdicts: counted.count))
    let adjusted = StrangestRows(count: budget, judged: judged)
    _ = try TableScoring(taught, threads: threads).score(table, to: adjusted)
    let numbers = sharedBudget(
      adjusted.unjudged.numbers, untouched.unjudged.numbers, count: budget)
    let rows = (adjusted.unjudged + untouched.unjudged).matrix(
      of: numbers, names: model.featureNames)
    let scoring = TableScoring(taught, explainedCount: explainedCount, threads: threads)
    var scored = try scoring.scored(rows, numbers: numbers, threads: threads)
    scored.untouchedScores = try forest.scores(rows, threads: threads)
    var layout = scoring.layout
    layout.hasUntouchedScores = true
    return RowListing(rows: scored, layout: layout, model: taught, problems: problems)
  }
}

/// Keeps the strangest of the rows that pass by: of all, and of those without a verdict.
private final class StrangestRows: ScoreSink {
  private(set) var all: TopRows
  private(set) var unjudged: TopRows
  private let judged: Set<RowKey>

  init(count: Int, judged: Set<RowKey>) {
    all = TopRows(count: count)
    unjudged = TopRows(count: count)
    self.judged = judged
  }

  func write(_ rows: ScoredRows) -> Bool {
    for (place, score) in rows.scores.enumerated() where unjudged.takes(score) {
      // What is passed over above scores too low for either.
      if all.takes(score) { all.insert(rows, place) }
      if judged.isEmpty || !judged.contains(RowKey(rows.rows, row: place)) {
        unjudged.insert(rows, place)
      }
    }
    return true
  }

  func finish() {}
}

/// The rows of the highest scores; of equal ones, those that came first.
private struct TopRows {
  private struct Row {
    let number: Int
    let score: Float
    let features: [Float]
  }

  private let count: Int
  private var rows: [Row] = []

  init(count: Int) { self.count = count }

  var numbers: [Int] { rows.map(\.number) }

  func takes(_ score: Float) -> Bool {
    guard rows.count == count, let last = rows.last else { return true }
    return score > last.score
  }

  mutating func insert(_ scored: ScoredRows, _ place: Int) {
    let score = scored.scores[place]
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].score < score { high = middle } else { low = middle + 1 }
    }
    if rows.count == count { rows.removeLast() }
    rows.insert(
      Row(
        number: scored.numbers[place], score: score,
        features: scored.rows.columns.map { $0[place] }), at: low)
  }

  func matrix(names: [String]) -> FeatureMatrix {
    FeatureMatrix(
      names: names, columns: names.indices.map { feature in rows.map { $0.features[feature] } })
  }

  /// - Precondition: they are among these rows.
  func matrix(of numbers: [Int], names: [String]) -> FeatureMatrix {
    let places = Dictionary(
      rows.enumerated().map { ($0.element.number, $0.offset) }, uniquingKeysWith: { a, _ in a })
    let wanted = numbers.compactMap { places[$0] }
    return FeatureMatrix(
      names: names,
      columns: names.indices.map { feature in wanted.map { rows[$0].features[feature] } })
  }

  static func + (a: TopRows, b: TopRows) -> TopRows {
    var both = TopRows(count: a.count + b.count)
    both.rows = a.rows + b.rows
    return both
  }
}
