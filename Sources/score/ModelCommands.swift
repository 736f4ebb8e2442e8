import ArrowFile
import Forest
import StageKit

/// Says what a model is.
struct ShowModel: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Print a model's card as Markdown: its trees, features and training rows.")

  @Argument(help: "The model: a forest's file, or an ensemble's folder.")
  var path: String

  func run() throws {
    let model = try ScoringModel(path: path)
    print(model.text(path: FileBytes.name(of: path)), terminator: "")
  }
}

/// Makes a model of another program's forest.
struct ImportModel: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-model",
    abstract: "Make a model of a forest that was fitted with scikit-learn or isotree.",
    discussion: """
      In Python, with the folder pipelines of Tidemark on the path:

        from dump_forest import dump
        dump(forest, "dump.arrow")

      Scores of float32 rows without missing values are those of the other program, to 1e-6.
      """)

  @Argument(help: "What pipelines/dump_forest.py wrote.")
  var dump: String

  @Option(help: "Where the model goes.")
  var output: String

  func run() throws {
    let dumped = try ForestDump(path: dump)
    if dumped.otherMissingCount > 0 {
      StandardError.write(
        "score: \(dump): \(dumped.otherMissingCount) of \(dumped.splitCount) splits take missing "
          + "values where Tidemark does not: rows that have any score otherwise")
    }
    try dumped.forest.write(to: output, metadata: ModelCard(origin: dumped.source).metadata)
  }
}

/// Writes a model for other runtimes.
struct ExportModel: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-model",
    abstract: "Write a model as ONNX, for other runtimes; its splits must be on single features.",
    discussion: """
      The ONNX model takes float32 rows, missing values as NaN, and gives the same scores to 1e-5.
      """)

  @Argument(help: "The model: a forest's file.")
  var path: String

  @Option(help: "Where the ONNX model goes.")
  var onnx: String

  func run() throws {
    let forest = try ScoringModel(path: path).requiredForest(for: "ONNX", path: path)
    let model: [UInt8]
    do throws(ForestError) {
      model = try forest.onnxModel()
    } catch {
      throw StageError("\(path): \(error)")
    }
    var file = try AtomicFile(path: onnx)
    try model.withUnsafeBytes { try file.append([$0]) }
    try file.commit()
  }
}

extension ScoringModel {
  /// - Parameter purpose: what takes no ensemble.
  /// - Throws: `StageError` for an ensemble.
  func requiredForest(for purpose: String, path: String) throws(StageError) -> IsolationForest {
    guard let forest else {
      throw StageError(
        "\(path): expected a forest for \(purpose), found an ensemble; take one of its forests, "
          + "such as \(path)/standard.arrow", code: .usage)
    }
    return forest
  }
}
