import Randomness
import Testing

@testable import Forest

@Suite struct VerdictSolverTests {
  @Test("one verdict, worked by hand: it pulls until its row is where it is wanted, or fully")
  func byHand() {
    func pull(priorWeight: Double) -> Double {
      VerdictSolver(
        kernel: [0.5], distances: [-1], signs: [1], margin: 2, priorWeight: priorWeight
      ).pulls()[0]
    }
    // 3 edges are wanted, and a full pull gives 0.5 / λ.
    #expect(pull(priorWeight: 0.1) == 0.6)
    #expect(pull(priorWeight: 1) == 1)
    let content = VerdictSolver(
      kernel: [0.5], distances: [2.5], signs: [1], margin: 2, priorWeight: 1)
    #expect(content.pulls() == [0])
  }

  @Test("pulls are optimal: each is at its bound, or its row just where it is wanted")
  func optimality() {
    var random = SeededGenerator(seed: 50, stream: 0)
    for _ in 0..<20 {
      let (count, leafCount, treeCount) = (30, 5, 10)
      let leaves = (0..<count).map { _ in (0..<treeCount).map { _ in random.below(leafCount) } }
      var kernel: [Double] = []
      for a in leaves {
        for b in leaves {
          kernel.append(Double(zip(a, b).filter { $0 == $1 }.count) / Double(treeCount))
        }
      }
      let solver = VerdictSolver(
        kernel: kernel, distances: (0..<count).map { _ in 4 * random.unit() - 3 },
        signs: (0..<count).map { _ in random.below(2) == 0 ? 1 : -1 }, margin: 2,
        priorWeight: 0.2)
      let pulls = solver.pulls()
      for i in 0..<count {
        let shift = (0..<count).reduce(0.0) {
          $0 + kernel[i * count + $1] * pulls[$1] * solver.signs[$1] / solver.priorWeight
        }
        let shortfall = solver.margin - solver.signs[i] * (solver.distances[i] + shift)
        switch pulls[i] {
        case 0: #expect(shortfall <= 1e-6)
        case 1: #expect(shortfall >= -1e-6)
        default: #expect(abs(shortfall) <= 1e-6 && (0...1).contains(pulls[i]))
        }
      }
    }
  }
}
