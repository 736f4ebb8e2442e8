import Columnar
import Events
import Testing

@testable import Features

@Suite("step model") struct StepModelTests {
  private static func gram(_ codes: UInt8...) -> StepGram {
    StepGram(StepKind(code: codes[0]), StepKind(code: codes[1]), StepKind(code: codes[2]))
  }

  /// Three days of hosts: 1 2 3 1, 1 2 4 and 2 3, each with pauses before.
  private static func model() -> StepModel {
    var model = StepModel()
    for gram in [gram(0, 0, 1), gram(0, 1, 2), gram(1, 2, 3), gram(2, 3, 1)] { model.add(gram) }
    for gram in [gram(0, 0, 1), gram(0, 1, 2), gram(1, 2, 4)] { model.add(gram) }
    for gram in [gram(0, 0, 2), gram(0, 2, 3)] { model.add(gram) }
    return model
  }

  /// Worked by hand. Of nine steps in all, 1 is 3, 2 is 3, 3 is 2 and 4 is 1 of them: four kinds.
  @Test("probabilities are Witten and Bell's")
  func handWorked() {
    let model = StepModelTests.model()
    let any = 1.0 / 58
    let three = (2 + 4 * any) / 13
    let four = (1 + 4 * any) / 13
    let five = 4 * any / 13
    // After 2 came 3 twice and 4 once: two kinds of three.
    let threeAfterTwo = (2 + 2 * three) / 5
    let fourAfterTwo = (1 + 2 * four) / 5
    let fiveAfterTwo = 2 * five / 5
    // After 1 2 came 3 once and 4 once.
    let cases: [(StepGram, Double)] = [
      (StepModelTests.gram(1, 2, 3), (1 + 2 * threeAfterTwo) / 4),
      (StepModelTests.gram(1, 2, 4), (1 + 2 * fourAfterTwo) / 4),
      (StepModelTests.gram(1, 2, 5), 2 * fiveAfterTwo / 4),
      // 3 2 never came: what came after 2 alone.
      (StepModelTests.gram(3, 2, 3), threeAfterTwo),
      // Nothing came after 4.
      (StepModelTests.gram(2, 4, 3), three),
    ]
    for (gram, expected) in cases {
      #expect(abs(model.probability(gram) - expected) < 1e-15, "\(gram)")
    }
  }

  @Test("all steps that may come next have probability 1 together")
  func sum() {
    let model = StepModelTests.model()
    for before in [[1, 2], [2, 3], [9, 9], [0, 0]] as [[UInt8]] {
      let sum = (1..<UInt8(StepKind.count)).reduce(0) {
        $0 + model.probability(StepModelTests.gram(before[0], before[1], $1))
      }
      #expect(abs(sum - 1) < 1e-12)
    }
  }

  @Test("what is taken back was never there")
  func removal() {
    var model = StepModelTests.model()
    let day = [StepModelTests.gram(7, 8, 9), StepModelTests.gram(1, 2, 3)]
    for gram in day { model.add(gram) }
    #expect(model.hostDays(StepModelTests.gram(1, 2, 3)) == 2)
    #expect(model.hostDays(StepModelTests.gram(5, 5, 9), stepCount: 1) == 1)
    for gram in day { model.remove(gram) }
    model.remove(StepModelTests.gram(50, 50, 50))
    let before = StepModelTests.model()
    for last in 1..<UInt8(StepKind.count) {
      for first in 0...4 as ClosedRange<UInt8> {
        let gram = StepModelTests.gram(first, 2, last)
        #expect(model.probability(gram) == before.probability(gram))
      }
    }
    #expect(model.hostDays(StepModelTests.gram(5, 5, 9), stepCount: 1) == 0)
  }

  @Test("no model says that all steps are alike")
  func empty() {
    #expect(StepModel().probability(StepModelTests.gram(1, 2, 3)) == 1.0 / 58)
  }
}
