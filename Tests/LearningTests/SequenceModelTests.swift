import Randomness
import Testing

@testable import Learning

/// Sequences that are easily learned.
enum Walks {
  static var shape: SequenceModel.Shape {
    var shape = SequenceModel.Shape(stepKindCount: 6, entityKindCount: 2)
    (shape.width, shape.headCount, shape.hiddenWidth, shape.contextLength) = (16, 2, 16, 8)
    return shape
  }

  /// Walks round 1 … 4 or, for the other kind of entity, back; where each begins is drawn.
  static func drawn(_ count: Int, length: Int, stream: Int) -> [StepSequence] {
    var generator = SeededGenerator(seed: 2, stream: stream)
    return (0..<count).map { _ in
      let kind = generator.below(2)
      let start = generator.below(4)
      return StepSequence(
        entityKind: kind,
        steps: (0..<length).map {
          .init(kind: 1 + (start + (kind == 0 ? $0 : 3 * $0)) % 4, isJudged: true)
        })
    }
  }

  static func trained(seed: UInt64 = 7, threads: Int = 1) throws -> SequenceModel {
    var training = SequenceTraining(seed: seed, threads: threads)
    (training.greatestEpochCount, training.batchTokenCount) = (12, 128)
    training.stepLength = 0.01
    return try SequenceModel.train(
      on: drawn(80, length: 12, stream: 1), heldOut: drawn(10, length: 12, stream: 2),
      shape: shape, days: ("2026-03-01", "2026-03-09", "2026-03-10"), training)
  }
}

@Suite struct SequenceModelTests {
  @Test("what always comes next is no surprise, and what never does is one")
  func learns() throws {
    let model = try Walks.trained()
    var walk = Walks.drawn(1, length: 12, stream: 3)[0]
    let usual = try model.surprises(of: [walk], threads: 1)[0]
    // The first step is any of four.
    #expect((1.5...2.6).contains(usual[0]))
    #expect(usual.dropFirst().allSatisfy { $0 < 0.5 })
    walk.steps[9] = .init(kind: 5, isJudged: true)
    let odd = try model.surprises(of: [walk], threads: 1)[0]
    #expect(odd[9] > 5)
    #expect(odd.prefix(9).elementsEqual(usual.prefix(9)))
    #expect(
      StepSequence.chainScore(surprises: odd, stepCount: 12)
        > StepSequence.chainScore(surprises: usual, stepCount: 12) + 1)
  }

  @Test("a seed makes the same model on any number of threads, another seed another")
  func determinism() throws {
    let model = try Walks.trained()
    #expect(try Walks.trained(threads: 3) == model)
    #expect(try Walks.trained(seed: 8).parameters != model.parameters)
  }

  @Test("each judged step is in one window, with half a window before it", arguments: 1...40)
  func windows(length: Int) {
    var generator = SeededGenerator(seed: 4, stream: length)
    let steps = (0..<length).map { _ in
      StepSequence.Step(kind: generator.below(6), isJudged: generator.below(3) > 0)
    }
    let windows = StepSequence(entityKind: 1, steps: steps).windows(Walks.shape)
    #expect(
      windows.flatMap(\.next).compactMap(\.self)
        == steps.filter(\.isJudged).map(\.kind))
    for window in windows {
      #expect(window.tokens.count == window.next.count && window.tokens.count <= 8)
      #expect(window.tokens[0] == 7)
      for (place, next) in window.next.enumerated().dropLast() {
        if let next { #expect(window.tokens[place + 1] == next) }
      }
      let first = window.next.firstIndex { $0 != nil } ?? 0
      #expect(window.tokens == windows[0].tokens || first >= 4)
    }
  }

  @Test("nothing to learn from is an error that says so")
  func noData() {
    #expect(throws: LearningError.noTrainingData(expected: "judged steps", found: 0)) {
      try SequenceModel.train(
        on: [], heldOut: Walks.drawn(1, length: 3, stream: 1), shape: Walks.shape,
        days: ("a", "b", "c"), SequenceTraining(seed: 1, threads: 1))
    }
  }
}
