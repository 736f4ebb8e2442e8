/// Why a forest can't be trained, read or used.
package enum ForestError: Error, Equatable, CustomStringConvertible {
  case noTrainingData(rowCount: Int, featureCount: Int)
  case option(name: String, expected: String, found: Int)
  /// The features of a table are not those the forest was trained on.
  case features(expected: [String], found: [String])
  /// A tree that can't be evaluated.
  case tree(index: Int, node: Int, expected: String, found: String)
  /// What a model says about itself.
  case model(key: String, expected: String, found: String)
  /// What is wrong with the model in a file.
  indirect case file(path: String, ForestError)
  /// What is wrong with a forest that another program's was dumped to.
  indirect case dump(path: String, ForestError)

  package var description: String {
    switch self {
    case .noTrainingData(let rowCount, let featureCount):
      "expected rows and features to train a forest on, found \(rowCount) rows of "
        + "\(featureCount) features"
    case .option(let name, let expected, let found):
      "forest option \(name): expected \(expected), found \(found)"
    case .features(let expected, let found):
      Self.describeFeatures(expected: expected, found: found)
    case .tree(let index, let node, let expected, let found):
      "tree \(index), node \(node): expected \(expected), found \(found)"
    case .model(let key, let expected, let found):
      "\(key): expected \(expected), found \(found)"
    case .file(let path, let error):
      "\(path): \(error); train the forest anew"
    case .dump(let path, let error):
      "\(path): \(error); write it anew with pipelines/dump_forest.py"
    }
  }

  private static func describeFeatures(expected: [String], found: [String]) -> String {
    guard expected.count == found.count else {
      return "expected the forest's \(expected.count) features, found \(found.count); "
        + "train the forest on the same features"
    }
    let differing = zip(expected, found).enumerated().first { $0.element.0 != $0.element.1 }
    guard let (index, (wanted, given)) = differing else { return "the features agree" }
    return "feature \(index): expected \(wanted), found \(given); "
      + "train the forest on the same features"
  }
}
