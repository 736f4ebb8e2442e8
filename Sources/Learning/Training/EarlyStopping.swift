/// Keeps the parameters that did best on what was held out.
package struct EarlyStopping: Sendable {
  /// Epochs without a better one, after which to stop.
  package let patience: Int
  private var best: Parameters
  package private(set) var bestLoss = Float.infinity
  /// Epochs so far, and up to the best one.
  package private(set) var epochCount = 0
  package private(set) var bestEpochCount = 0
  package private(set) var trainingLoss = Float.infinity

  package init(_ parameters: Parameters, patience: Int) {
    self.patience = patience
    best = parameters
  }

  /// - Parameter loss: on what was held out; that of the best epoch is the least.
  package mutating func add(_ parameters: Parameters, trainingLoss: Float, loss: Float) {
    epochCount += 1
    guard loss < bestLoss else { return }
    (best, bestLoss, bestEpochCount) = (parameters, loss, epochCount)
    self.trainingLoss = trainingLoss
  }

  /// The parameters of the best epoch.
  /// - Throws: `LearningError.diverged` where none had a loss that is a number.
  package func learned() throws(LearningError) -> Parameters {
    guard bestEpochCount > 0 else { throw .diverged(epochCount: epochCount) }
    return best
  }

  package var isDone: Bool { epochCount - bestEpochCount >= patience }
}
