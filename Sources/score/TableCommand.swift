import FeatureTables
import Forest
import StageKit

/// Scores a table of anybody's, without a site or a store.
struct ScoreTable: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Score the rows of a CSV or Arrow table with an isolation forest, or an ensemble.",
    discussion: """
      Columns of numbers and booleans are features; others are left out, as stderr says. Empty
      cells, nulls and NaN are missing values. Scores are 0 to 1, higher is stranger: what
      scikit-learn calls -score_samples. Rows are counted from 0.

        score table rows.csv --output scores.csv           train on the table itself
        score table rows.arrow --train normal.arrow --save-model forest.arrow
        score table rows.arrow --model forest.arrow --explain 3
        score table rows.arrow --train normal.arrow --variant ensemble --p-values

      An ensemble is forests of several variants and nearest neighbours: each row's score is the
      mean of theirs, in standard deviations of the training rows' scores from their mean. It is
      kept as a folder.

      With --p-values, a fifth of the training rows is held out, and new rows get the chance of a
      score as high among such rows. It holds for rows like the training rows, and says nothing of
      the rows that were trained on.

      Of a table of more rows than 65,536, or trees times samples, so many are drawn to grow the
      trees from. Rows are scored piece by piece: memory does not grow with the table. Arrow files
      and streams may be compressed with lz4 or zstd; those of one huge compressed batch are read
      whole.
      """)

  private static let defaults = ForestOptions(seed: 1)
  private static let ensemble = "ensemble"
  private static let treeCounts = 1...100_000
  private static let sampleCounts = 2...(1 << 24)

  @Argument(help: "The table: CSV with a row of names, or Arrow (.arrow, .arrows, .feather, .ipc).")
  var rows: String

  @Option(help: "Where scores go, as Arrow or CSV by its ending; without it, CSV on stdout.")
  var output: String?

  @Option(help: "A table to train on, if not the one that is scored.")
  var train: String?

  @Option(help: "A model to score with, instead of training one.")
  var model: String?

  @Option(help: "Where to keep the model that was trained: a forest's file, an ensemble's folder.")
  var saveModel: String?

  @Flag(help: "Hold a fifth of the training rows out, for p-values of others.")
  var pValues = false

  @Option(help: "The features, separated by commas, if not all columns of numbers.")
  var columns: String?

  @Option(help: "Columns that are no features, separated by commas.")
  var exclude: String?

  @Option(help: "Trees to grow. (default: \(ScoreTable.defaults.treeCount))")
  var trees: Int?

  @Option(
    help: """
      How trees grow: standard (the default), extended, pooled_gain, density or sci_forest; or \
      ensemble, for several.
      """)
  var variant: String?

  @Option(help: "Rows that each tree is grown from. (default: \(ScoreTable.defaults.sampleCount))")
  var samples: Int?

  @Option(help: "What the trees' randomness starts from. (default: \(ScoreTable.defaults.seed))")
  var seed: UInt64?

  @Option(help: "Threads to use. Results do not depend on it.")
  var threads = 2

  @Option(help: "Features to name for each row, those first that shorten its path most.")
  var explain = 0

  @Option(help: "What separates cells of CSV.")
  var delimiter = ","

  @Flag(help: "The first line of CSV is a row; columns are c0, c1 and on.")
  var noHeader = false

  func validate() throws {
    guard (1...64).contains(threads) else { throw ValidationError("--threads: expected 1 to 64") }
    guard delimiter.utf8.count == 1, !["\"", "\r", "\n"].contains(delimiter) else {
      throw ValidationError(
        "--delimiter: expected one character of ASCII that is no quote and ends no line")
    }
    if let trees, !Self.treeCounts.contains(trees) {
      throw ValidationError(
        "--trees: expected \(Self.treeCounts.lowerBound) to \(Self.treeCounts.upperBound), "
          + "found \(trees)")
    }
    if let samples, !Self.sampleCounts.contains(samples) {
      throw ValidationError(
        "--samples: expected \(Self.sampleCounts.lowerBound) to \(Self.sampleCounts.upperBound), "
          + "found \(samples)")
    }
    if let variant, variant != Self.ensemble, ForestVariant(rawValue: variant) == nil {
      let names = (ForestVariant.allCases.map(\.rawValue) + [Self.ensemble]).joined(separator: ", ")
      throw ValidationError("--variant: expected one of \(names)")
    }
    guard variant != Self.ensemble || (samples == nil && explain == 0) else {
      throw ValidationError(
        "--variant ensemble: expected without --samples and --explain; "
          + "explain with one of its forests, such as FOLDER/standard.arrow")
    }
    guard explain >= 0 else { throw ValidationError("--explain: expected 0 or more") }
    guard model == nil || (train == nil && saveModel == nil && columns == nil && exclude == nil)
    else {
      throw ValidationError(
        "--model: expected without --train, --save-model, --columns and --exclude")
    }
    guard
      model == nil
        || (variant == nil && trees == nil && samples == nil && seed == nil && !pValues)
    else {
      throw ValidationError(
        "--model: expected without --variant, --trees, --samples, --seed and --p-values, "
          + "which are for training")
    }
  }

  func run() throws {
    if isArrow(rows) { return try run(try ArrowTable(path: rows)) }
    try run(try csvTable(rows))
  }

  private func run(_ table: some FeatureTable) throws {
    let model = try readModel() ?? trained(for: table)
    let scoring = TableScoring(model, explainedCount: explain, threads: threads)
    let problems: CellProblems
    if let output, isArrow(output) {
      problems = try scoring.score(
        table, to: try ArrowScores(path: output, layout: scoring.layout)
      ).problems
    } else {
      problems = try scoring.score(
        table, to: try CSVScores(path: output, layout: scoring.layout)
      ).problems
    }
    say(rows, problems.lines)
  }

  private func readModel() throws -> ScoringModel? {
    guard let path = model else { return nil }
    let model = try ScoringModel(path: path)
    guard explain == 0 || model.forest != nil else {
      throw StageError(
        "\(path): expected a forest to explain scores with, found an ensemble; explain with one of "
          + "its forests, such as \(path)/standard.arrow", code: .usage)
    }
    return model
  }

  /// Trains on `train`, or on the table that is scored.
  private func trained(for table: some FeatureTable) throws -> ScoringModel {
    guard let train else { return try trained(on: table, isScored: true) }
    if isArrow(train) { return try trained(on: try ArrowTable(path: train), isScored: false) }
    return try trained(on: try csvTable(train), isScored: false)
  }

  private func trained(on table: some FeatureTable, isScored: Bool) throws -> ScoringModel {
    func list(_ names: String?) -> [String]? {
      names?.split(separator: ",").map(String.init)
    }
    if columns == nil, !table.others.isEmpty {
      let others = table.others.map(\.description).joined(separator: ", ")
      say(table.path, ["columns left out: \(others)"])
    }
    let choice = ColumnChoice(wanted: list(columns), excluded: list(exclude) ?? [])
    let training = try TableTraining(
      table, columns: try choice.columns(of: table), recipe: recipe, hasPValues: pValues,
      origin: FileBytes.name(of: table.path), threads: threads)
    // What is wrong with the table that is scored is said once it is.
    if !isScored { say(table.path, training.problems.lines) }
    if isScored, pValues {
      say(table.path, ["p-values of the four fifths that were trained on are ranks among the rest"])
    }
    if let saveModel { try training.model.write(to: saveModel) }
    return training.model
  }

  private var recipe: ModelRecipe {
    let seed = seed ?? Self.defaults.seed
    let treeCount = trees ?? Self.defaults.treeCount
    if variant == Self.ensemble { return .ensemble(.init(treeCount: treeCount, seed: seed)) }
    let rule = variant.flatMap(ForestVariant.init(rawValue:))?.rule ?? Self.defaults.rule
    return .forest(
      ForestOptions(
        treeCount: treeCount, sampleCount: samples ?? Self.defaults.sampleCount, seed: seed,
        rule: rule))
  }

  private func isArrow(_ path: String) -> Bool {
    [".arrow", ".arrows", ".feather", ".ipc"].contains(where: path.hasSuffix)
  }

  private func csvTable(_ path: String) throws -> CSVTable {
    let separator = path.hasSuffix(".tsv") && delimiter == "," ? "\t" : delimiter
    return try CSVTable(
      path: path, delimiter: separator.utf8.first ?? UInt8(ascii: ","), hasHeader: !noHeader)
  }

  private func say(_ path: String, _ lines: [String]) {
    for line in lines { StandardError.write("score: \(path): \(line)") }
  }
}
