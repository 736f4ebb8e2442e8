import Columnar
import Randomness

/// How a sequence model is trained.
package struct SequenceTraining: Sendable {
  package let seed: UInt64
  /// Only time depends on it.
  package let threads: Int
  package var greatestEpochCount = 16
  package var patience = 4
  /// Of the first epoch; it falls evenly to a tenth of that.
  package var stepLength: Float = 0.003
  /// Tokens that a step is made from, about.
  package var batchTokenCount = 1024
  /// Tokens of the training days, at most: an even draw of the windows of more.
  package var greatestTokenCount = 400_000

  package init(seed: UInt64, threads: Int) {
    self.seed = seed
    self.threads = threads
  }
}

extension SequenceModel {
  /// Parts of a batch whose gradients are added in their order, however many threads find them.
  private static let partCount = 4
  /// Streams of a seed: of the parameters' start, of the order of windows, of what is dropped.
  private static let (orderStream, dropStream) = (1_000_000, 2_000_000)

  /// Trains a model on sequences, and stops where it no longer gets better on those held out.
  ///
  /// - Parameter days: what the card says: the first and last day, and the one held out.
  /// - Throws: `LearningError.noTrainingData` where no step is judged, or nothing is held out.
  package static func train(
    on sequences: [StepSequence], heldOut: [StepSequence], shape: Shape,
    days: (first: String, last: String, heldOut: String), _ training: SequenceTraining
  ) throws -> SequenceModel {
    var model = SequenceModel(shape: shape, seed: training.seed)
    var order = SeededGenerator(seed: training.seed, stream: orderStream)
    let windows = model.windows(of: sequences, &order, training)
    let heldOutWindows = model.windows(of: heldOut, &order, training)
    let rowCount = windows.reduce(0) { $0 + $1.judgedCount }
    let heldOutCount = heldOutWindows.reduce(0) { $0 + $1.judgedCount }
    for (name, count) in [("judged steps", rowCount), ("judged steps held out", heldOutCount)]
    where count == 0 {
      throw LearningError.noTrainingData(expected: name, found: 0)
    }
    var adam = Adam(stepLength: training.stepLength)
    var stopping = EarlyStopping(model.parameters, patience: training.patience)
    var stepCount = 0
    while !stopping.isDone, stopping.epochCount < training.greatestEpochCount {
      let progress = Float(stopping.epochCount) / Float(training.greatestEpochCount)
      adam.stepLength = training.stepLength * (1 - 0.9 * progress)
      var total = 0.0
      for batch in batches(order.shuffled(windows), training.batchTokenCount) {
        let gradient = try model.gradient(batch, step: stepCount, training)
        adam.step(&model.parameters, gradients: gradient.matrices)
        total += gradient.loss
        stepCount += 1
      }
      let heldOutLoss = try model.loss(of: heldOutWindows, training)
      stopping.add(
        model.parameters, trainingLoss: Float(total / Double(rowCount)), loss: heldOutLoss)
    }
    model.parameters = try stopping.learned()
    model.card = TrainingCard(
      first: days.first, last: days.last, heldOut: days.heldOut, rowCount: rowCount,
      seed: training.seed, stopping)
    return model
  }

  private func windows(
    of sequences: [StepSequence], _ order: inout SeededGenerator, _ training: SequenceTraining
  ) -> [SequenceWindow] {
    var tokens = 0
    return order.shuffled(sequences.flatMap { $0.windows(shape) }).filter { window in
      tokens += window.tokens.count
      return tokens <= training.greatestTokenCount
    }
  }

  private static func batches(
    _ windows: [SequenceWindow], _ tokenCount: Int
  ) -> [[SequenceWindow]] {
    var batches: [[SequenceWindow]] = []
    var tokens = tokenCount
    for window in windows {
      if tokens >= tokenCount {
        batches.append([])
        tokens = 0
      }
      batches[batches.count - 1].append(window)
      tokens += window.tokens.count
    }
    return batches
  }

  private struct Gradient: Sendable {
    var matrices: [Matrix]
    /// The sum over judged steps.
    var loss: Double
  }

  /// Of the mean loss of a batch, found in parts.
  private func gradient(
    _ batch: [SequenceWindow], step: Int, _ training: SequenceTraining
  ) throws -> Gradient {
    let length = (batch.count + SequenceModel.partCount - 1) / SequenceModel.partCount
    let parts = stride(from: 0, to: batch.count, by: length).map { start in
      (number: start / length, windows: Array(batch[start..<min(start + length, batch.count)]))
    }
    let count = Float(batch.reduce(0) { $0 + $1.judgedCount })
    let found = try parallelMap(parts, threads: training.threads) { part in
      let tape = Tape()
      let recorded = RecordedParameters(parameters, on: tape)
      var generator: SeededGenerator? = SeededGenerator(
        seed: training.seed,
        stream: SequenceModel.dropStream + step * SequenceModel.partCount + part.number)
      let scores = scores(of: part.windows, recorded, on: tape, dropping: &generator)
      let loss = tape.crossEntropy(scores, classes: part.windows.flatMap(\.next))
      tape.differentiate(loss)
      let judged = Float(part.windows.reduce(0) { $0 + $1.judgedCount })
      var gradient = Gradient(
        matrices: recorded.gradients(tape), loss: Double(tape.value(loss).numbers[0] * judged))
      for place in gradient.matrices.indices { gradient.matrices[place].scale(by: judged / count) }
      return gradient
    }
    var sum = found[0]
    for part in found.dropFirst() {
      sum.loss += part.loss
      for (place, matrix) in part.matrices.enumerated() { sum.matrices[place].add(matrix) }
    }
    return sum
  }

  private func loss(of windows: [SequenceWindow], _ training: SequenceTraining) throws -> Float {
    let bits = try surprises(of: windows, threads: training.threads).flatMap(\.self)
    return Float(bits.reduce(0, +) / Double(max(1, bits.count)) * SequenceModel.natsPerBit)
  }
}

extension SequenceWindow {
  var judgedCount: Int { next.count { $0 != nil } }
}

extension SeededGenerator {
  /// In an order of which each is as likely (Durstenfeld 1964, doi:10.1145/364520.364540).
  fileprivate mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for last in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(last, below(last + 1))
    }
    return result
  }
}
