/// Why a model can't be trained or read.
package enum LearningError: Error, Equatable, CustomStringConvertible {
  case noTrainingData(expected: String, found: Int)
  /// No epoch's loss on what was held out was a number.
  case diverged(epochCount: Int)
  /// What a model says of itself, or one of its numbers.
  case model(key: String, expected: String, found: String)
  /// What is wrong with the model in a file.
  indirect case file(path: String, LearningError)

  package var description: String {
    switch self {
    case .noTrainingData(let expected, let found):
      "expected \(expected) to train on, found \(found)"
    case .diverged(let epochCount):
      "expected a loss that is a number, found none in \(epochCount) rounds; train with shorter steps"
    case .model(let key, let expected, let found): "\(key): expected \(expected), found \(found)"
    case .file(let path, let error): "\(path): \(error); train the model anew"
    }
  }
}
