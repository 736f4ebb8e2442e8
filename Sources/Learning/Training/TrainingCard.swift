/// What is to be known of a learned model beside its numbers.
package struct TrainingCard: Equatable, Sendable {
  /// Days, or other times, that it was trained on, and the one held out to stop by.
  package let first: String
  package let last: String
  package let heldOut: String
  /// Edges or steps that were learned from.
  package let rowCount: Int
  package let seed: UInt64
  /// Rounds over the training days up to the parameters that were kept.
  package let epochCount: Int
  /// Mean losses of that round, in nats.
  package let trainingLoss: Float
  package let heldOutLoss: Float

  package init(
    first: String, last: String, heldOut: String, rowCount: Int, seed: UInt64,
    _ stopping: EarlyStopping
  ) {
    self.first = first
    self.last = last
    self.heldOut = heldOut
    self.rowCount = rowCount
    self.seed = seed
    epochCount = stopping.bestEpochCount
    trainingLoss = stopping.trainingLoss
    heldOutLoss = stopping.bestLoss
  }

  private enum Key {
    static let first = "card.first"
    static let last = "card.last"
    static let heldOut = "card.held_out"
    static let rowCount = "card.row_count"
    static let seed = "card.seed"
    static let epochCount = "card.epoch_count"
    static let trainingLoss = "card.training_loss"
    static let heldOutLoss = "card.held_out_loss"
  }

  var metadata: [(key: String, value: String)] {
    [
      (Key.first, first), (Key.last, last), (Key.heldOut, heldOut), (Key.rowCount, "\(rowCount)"),
      (Key.seed, "\(seed)"), (Key.epochCount, "\(epochCount)"),
      (Key.trainingLoss, "\(trainingLoss)"), (Key.heldOutLoss, "\(heldOutLoss)"),
    ]
  }

  init(_ metadata: ModelMetadata) throws(LearningError) {
    first = try metadata.text(Key.first)
    last = try metadata.text(Key.last)
    heldOut = try metadata.text(Key.heldOut)
    rowCount = try metadata.number(Key.rowCount)
    seed = try metadata.number(Key.seed)
    epochCount = try metadata.number(Key.epochCount)
    trainingLoss = try metadata.loss(Key.trainingLoss)
    heldOutLoss = try metadata.loss(Key.heldOutLoss)
  }
}
