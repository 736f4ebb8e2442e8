import Columnar
import Events
import FeatureTables
import Forest
import StageKit

/// What a model is trained on, and how.
struct TrainingOptions: ParsableArguments {
  static let ensemble = "ensemble"
  private static let defaults = ForestOptions(seed: 1)
  private static let treeCounts = 1...100_000
  private static let sampleCounts = 2...(1 << 24)

  @Option(help: "A table to train on, if not the one that is scored.")
  var train: String?

  @Option(help: "The features, separated by commas, if not all columns of numbers.")
  var columns: String?

  @Option(help: "Columns that are no features, separated by commas.")
  var exclude: String?

  @Option(help: "Trees to grow. (default: \(TrainingOptions.defaults.treeCount))")
  var trees: Int?

  @Option(
    help: """
      How trees grow: standard (the default), extended, pooled_gain, density or sci_forest; or \
      ensemble, for several.
      """)
  var variant: String?

  @Option(
    help: "Rows that each tree is grown from. (default: \(TrainingOptions.defaults.sampleCount))")
  var samples: Int?

  @Option(
    help: "What the trees' randomness starts from. (default: \(TrainingOptions.defaults.seed))")
  var seed: UInt64?

  @Flag(help: "Hold a fifth of the training rows out, for p-values of others.")
  var pValues = false

  func validate() throws {
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
    guard variant != Self.ensemble || samples == nil else {
      throw ValidationError("--samples: expected without --variant ensemble, whose forests differ")
    }
  }

  /// Whether none is given.
  var isEmpty: Bool {
    train == nil && columns == nil && exclude == nil && trees == nil && variant == nil
      && samples == nil && seed == nil && !pValues
  }

  var choice: ColumnChoice {
    func list(_ names: String?) -> [String]? { names?.split(separator: ",").map(String.init) }
    return ColumnChoice(wanted: list(columns), excluded: list(exclude) ?? [])
  }

  var recipe: ModelRecipe {
    let seed = seed ?? Self.defaults.seed
    let treeCount = trees ?? Self.defaults.treeCount
    if variant == Self.ensemble { return .ensemble(.init(treeCount: treeCount, seed: seed)) }
    let rule = variant.flatMap(ForestVariant.init(rawValue:))?.rule ?? Self.defaults.rule
    return .forest(
      ForestOptions(
        treeCount: treeCount, sampleCount: samples ?? Self.defaults.sampleCount, seed: seed,
        rule: rule))
  }
}

/// Which rows a person looks at, and what people said of some.
struct ListingOptions: ParsableArguments {
  private static let budgets = 1...100_000

  @Option(help: "Write only so many rows, the strangest first.")
  var budget: Int?

  @Option(
    help: """
      CSV with a column verdict (anomaly, benign or nothing), the features or the numbers of the \
      table's rows in a column row, and where wanted known_at; may be given more than once. The \
      latest \(FeedbackOptions.usualVerdictLimit) count.
      """)
  var verdicts: [String] = []

  @Option(help: "Leave out verdicts that were known later: 2026-03-28 or 2026-03-28T14:05:06Z.")
  var asOf: String?

  var hasVerdicts: Bool { !verdicts.isEmpty }

  func validate() throws {
    if let budget, !Self.budgets.contains(budget) {
      throw ValidationError(
        "--budget: expected \(Self.budgets.lowerBound) to \(Self.budgets.upperBound), "
          + "found \(budget)")
    }
    guard !hasVerdicts || budget != nil else {
      throw ValidationError("--verdicts: expected with --budget, the rows that a person looks at")
    }
    guard asOf == nil || hasVerdicts else {
      throw ValidationError("--as-of: expected with --verdicts")
    }
    _ = try instant
  }

  /// The last of all where none is given.
  var instant: Instant {
    get throws {
      guard let asOf else { return Instant(microseconds: .max) }
      guard let instant = Instant(utc: asOf) else {
        throw ValidationError(
          "--as-of: expected 2026-03-28 or 2026-03-28T14:05:06Z, found \(asOf)")
      }
      return instant
    }
  }
}
