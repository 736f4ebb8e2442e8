import FeatureTables
import Forest
import StageKit

/// Scores a table of anybody's, without a site or a store.
struct ScoreTable: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Score the rows of a CSV or Arrow table with an isolation forest, or an ensemble.",
    discussion: """
      Columns of numbers and booleans are features; others are left out, as stderr says. Empty \
      cells, nulls and NaN are missing values. Scores are 0 to 1, higher is stranger: what \
      scikit-learn calls -score_samples. Rows are counted from 0.

        score table rows.csv --output scores.csv           train on the table itself
        score table rows.arrow --train normal.arrow --save-model forest.arrow
        score table rows.arrow --model forest.arrow --explain 3
        score table rows.arrow --train normal.arrow --variant ensemble --p-values

      An ensemble is forests of several variants and nearest neighbours: each row's score is the \
      mean of theirs, in standard deviations of the training rows' scores from their mean. It is \
      kept as a folder.

      With --p-values, a fifth of the training rows is held out, and new rows get the chance of a \
      score as high among such rows. It holds for rows like the training rows, and says nothing of \
      the rows that were trained on.

      With --budget, the strangest rows are written and no others: those that a person looks at. \
      Add a column verdict with anomaly or benign to them, and

        score table rows.csv --model forest.arrow --budget 20 --verdicts answered.csv

      lists those to look at next: half by the forest that the verdicts have adjusted, which gives \
      their scores, and half by the untouched one. --save-model keeps the adjusted forest.

      Of a table of more rows than 65,536, or trees times samples, so many are drawn to grow the \
      trees from. Rows are scored piece by piece: memory does not grow with the table. Arrow files \
      and streams may be compressed with lz4 or zstd; those of one huge compressed batch are read \
      whole.
      """)

  @Argument(help: "The table: CSV with a row of names, or Arrow (.arrow, .arrows, .feather, .ipc).")
  var rows: String

  @Option(help: "Where scores go, as Arrow or CSV by its ending; without it, CSV on stdout.")
  var output: String?

  @Option(help: "A model to score with, instead of training one.")
  var model: String?

  @Option(
    help: """
      Where to keep the model that was trained, or adjusted by verdicts: a forest's file, an \
      ensemble's folder.
      """)
  var saveModel: String?

  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Looking at rows") var listing: ListingOptions

  @Option(help: "Threads to use. Results do not depend on it.")
  var threads = 2

  @Option(help: "Features to name for each row, those first that shorten its path most.")
  var explain = 0

  @Option(help: "What separates cells of tables in CSV; in verdicts and scores, commas do.")
  var delimiter = ","

  @Flag(help: "The first line of CSV is a row; columns are c0, c1 and on.")
  var noHeader = false

  func validate() throws {
    guard (1...64).contains(threads) else { throw ValidationError("--threads: expected 1 to 64") }
    guard delimiter.utf8.count == 1, !["\"", "\r", "\n"].contains(delimiter) else {
      throw ValidationError(
        "--delimiter: expected one character of ASCII that is no quote and ends no line")
    }
    guard explain >= 0 else { throw ValidationError("--explain: expected 0 or more") }
    guard training.variant != TrainingOptions.ensemble || (explain == 0 && !listing.hasVerdicts)
    else {
      throw ValidationError(
        "--variant ensemble: expected without --explain and --verdicts; keep the ensemble, and use "
          + "one of its forests, such as FOLDER/standard.arrow")
    }
    guard !training.pValues || !listing.hasVerdicts else {
      throw ValidationError("--p-values: expected without --verdicts; adjusted forests have none")
    }
    guard model == nil || training.isEmpty else {
      throw ValidationError(
        "--model: expected without --train, --columns, --exclude, --trees, --variant, --samples, "
          + "--seed and --p-values, which are for training")
    }
    guard model == nil || saveModel == nil || listing.hasVerdicts else {
      throw ValidationError("--save-model: expected without --model, or with --verdicts")
    }
  }

  func run() throws {
    if isArrow(rows) { return try run(try ArrowTable(path: rows)) }
    try run(try csvTable(rows))
  }

  private func run(_ table: some FeatureTable) throws {
    let model = try readModel() ?? trained(for: table)
    guard let budget = listing.budget else {
      if let saveModel { try model.write(to: saveModel) }
      let scoring = TableScoring(model, explainedCount: explain, threads: threads)
      let scored = try scoring.score(table, to: try sink(scoring.layout))
      say(rows, scored.problems.lines)
      return
    }
    let picking = RowPicking(model, budget: budget, explainedCount: explain, threads: threads)
    let picked: RowListing
    if listing.hasVerdicts {
      let verdicts = try Verdicts(
        paths: listing.verdicts, featureNames: model.featureNames, rowsOf: table)
      do {
        picked = try picking.strangest(of: table, verdicts: verdicts, asOf: try listing.instant)
      } catch let error as ForestError {
        throw StageError("\(self.model ?? rows): \(error)")
      }
      sayOfVerdicts(picked, on: model)
    } else {
      picked = try picking.strangest(of: table)
    }
    if let saveModel { try picked.model.write(to: saveModel) }
    let sink = try sink(picked.layout)
    _ = try sink.write(picked.rows)
    try sink.finish()
    say(rows, picked.problems.lines)
  }

  private func sayOfVerdicts(_ picked: RowListing, on model: ScoringModel) {
    if picked.unusedVerdictCount > 0 {
      let limit = FeedbackOptions.usualVerdictLimit
      say(
        listing.verdicts.joined(separator: ", "),
        ["of more than \(limit) verdicts the latest count; left out: \(picked.unusedVerdictCount)"])
    }
    if model.reference != nil {
      say(self.model ?? rows, ["p-values are of this model's scores; the adjusted forest has none"])
    }
  }

  private func sink(_ layout: ScoreLayout) throws -> any ScoreSink {
    if let output, isArrow(output) { return try ArrowScores(path: output, layout: layout) }
    return try CSVScores(path: output, layout: layout)
  }

  private func readModel() throws -> ScoringModel? {
    guard let path = model else { return nil }
    let model = try ScoringModel(path: path)
    if explain > 0 || listing.hasVerdicts {
      _ = try model.requiredForest(for: "--explain and --verdicts", path: path)
    }
    return model
  }

  /// Trains on a table of its own, or on the table that is scored.
  private func trained(for table: some FeatureTable) throws -> ScoringModel {
    guard let path = training.train else { return try trained(on: table, isScored: true) }
    if isArrow(path) { return try trained(on: try ArrowTable(path: path), isScored: false) }
    return try trained(on: try csvTable(path), isScored: false)
  }

  private func trained(on table: some FeatureTable, isScored: Bool) throws -> ScoringModel {
    if training.columns == nil, !table.others.isEmpty {
      let others = table.others.map(\.description).joined(separator: ", ")
      say(table.path, ["columns left out: \(others)"])
    }
    let trained = try TableTraining(
      table, columns: try training.choice.columns(of: table), recipe: training.recipe,
      hasPValues: training.pValues, origin: FileBytes.name(of: table.path), threads: threads)
    // What is wrong with the table that is scored is said once it is.
    if !isScored { say(table.path, trained.problems.lines) }
    if isScored, training.pValues {
      say(table.path, ["p-values of the rows that were trained on are ranks among the rest"])
    }
    return trained.model
  }

  private func isArrow(_ path: String) -> Bool {
    [".arrow", ".arrows", ".feather", ".ipc"].contains(where: path.hasSuffix)
  }

  private func csvTable(_ path: String) throws -> CSVTable {
    try CSVTable(path: path, delimiter: csvDelimiter(path), hasHeader: !noHeader)
  }

  private func csvDelimiter(_ path: String) -> UInt8 {
    let separator = path.hasSuffix(".tsv") && delimiter == "," ? "\t" : delimiter
    return separator.utf8.first ?? UInt8(ascii: ",")
  }

  private func say(_ path: String, _ lines: [String]) {
    for line in lines { StandardError.write("score: \(path): \(line)") }
  }
}
