import Columnar
import Forest

/// The rows of a table that a person is to look at next, the first first.
package struct RowListing: Sendable {
  package let rows: ScoredRows
  package let layout: ScoreLayout
  /// The model, adjusted by the verdicts where there are any.
  package let model: ScoringModel
  package let problems: CellProblems
  /// Verdicts that were too many to count.
  package var unusedVerdictCount = 0
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

  /// The strangest rows without a verdict, by the model's forest as the verdicts change it and by
  /// the untouched one in turn, in two passes over the table.
  ///
  /// Anomalies are to come above the last row that the budget reaches by the untouched forest, and
  /// benign rows below. The listing's model has no p-values: those of the untouched scores say
  /// nothing of others.
  ///
  /// - Parameters:
  ///   - instant: verdicts given later don't count.
  ///   - verdictLimit: so many change the forest, the latest; rows of others aren't listed either.
  /// - Throws: `ForestError` for an ensemble, a forest that was adjusted before, and verdicts on
  ///   other features; `TableError` for a table without rows.
  package func strangest(
    of table: some FeatureTable, verdicts: Verdicts, asOf instant: Instant,
    verdictLimit: Int = FeedbackOptions.usualVerdictLimit
  ) throws -> RowListing {
    let forest = try untouchedForest()
    let answered = verdicts.counted(asOf: instant, limit: .max)
    let judged = Set(answered.map { RowKey(verdicts.rows, row: $0) })
    let usedCount = min(answered.count, verdictLimit)
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
          by: verdicts, asOf: instant,
          options: FeedbackOptions(line: line, verdictLimit: verdictLimit))),
      // A model without a card gets one, so that it is not adjusted again.
      card: (model.card ?? ModelCard(origin: "an unknown source")).adjusted(byVerdicts: usedCount))
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
    return RowListing(
      rows: scored, layout: layout, model: taught, problems: problems,
      unusedVerdictCount: answered.count - usedCount)
  }

  private func untouchedForest() throws(ForestError) -> IsolationForest {
    let expected = "the forest as it was trained, for all verdicts at once"
    guard let forest = model.forest else {
      throw .model(key: "verdicts", expected: expected, found: "an ensemble")
    }
    if let count = model.card?.verdictCount, count > 0 {
      throw .model(
        key: "verdicts", expected: expected, found: "one that \(count) have adjusted already")
    }
    return forest
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

  func finish() {
    all.cut()
    unjudged.cut()
  }
}

/// The rows of the highest scores; of equal ones, those that came first. Twice as many are gathered
/// before the lower half is cut off.
private struct TopRows {
  private struct Row {
    let number: Int
    let score: Float
    let features: [Float]
  }

  private let count: Int
  /// In order once they are cut.
  private var rows: [Row] = []
  /// Rows that come now count above it.
  private var floor = -Float.infinity

  init(count: Int) { self.count = count }

  var numbers: [Int] { rows.map(\.number) }

  /// Whether a row that comes now may be among them.
  func takes(_ score: Float) -> Bool { rows.count < count || score > floor }

  mutating func insert(_ scored: ScoredRows, _ place: Int) {
    rows.append(
      Row(
        number: scored.numbers[place], score: scored.scores[place],
        features: scored.rows.columns.map { $0[place] }))
    if rows.count == 2 * count { cut() }
  }

  mutating func cut() {
    rows.sort { $0.score != $1.score ? $0.score > $1.score : $0.number < $1.number }
    rows.removeLast(max(0, rows.count - count))
    if rows.count == count, let last = rows.last { floor = last.score }
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
