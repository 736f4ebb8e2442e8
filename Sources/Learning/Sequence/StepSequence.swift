import Glibc

/// What an entity did, step by step.
package struct StepSequence: Equatable, Sendable {
  package struct Step: Equatable, Sendable {
    package let kind: Int
    /// Whether it is learned and judged; others only tell what came before.
    package let isJudged: Bool

    package init(kind: Int, isJudged: Bool) {
      self.kind = kind
      self.isJudged = isJudged
    }
  }

  package let entityKind: Int
  package var steps: [Step]

  package init(entityKind: Int, steps: [Step]) {
    self.entityKind = entityKind
    self.steps = steps
  }

  /// Mean of the three greatest surprises less log₂ of the number of judged steps: that of a whole
  /// sequence, by the measure that n-grams have.
  package static func chainScore(surprises: [Double], stepCount: Int) -> Double {
    surprises.sorted(by: >).prefix(3).reduce(0, +) / 3 - log2(Double(max(1, stepCount)))
  }
}

/// A stretch of a sequence that fits a model's context.
package struct SequenceWindow: Sendable {
  /// The kind of entity, as stepKindCount + entityKind, then steps.
  package let tokens: [Int]
  /// The step after each token; nil where it isn't judged, or was in the window before.
  package let next: [Int?]
}

extension StepSequence {
  /// The windows of a sequence: each judged step comes next in one of them, with at least half of a
  /// window before it, or all there is.
  package func windows(_ shape: SequenceModel.Shape) -> [SequenceWindow] {
    let longest = shape.contextLength
    let stride = longest / 2
    var windows: [SequenceWindow] = []
    // Steps up to here have been judged.
    var judged = 0
    var start = 0
    while judged < steps.count {
      let end = min(steps.count, start + longest)
      let known = steps[start..<end - 1].map(\.kind)
      let next = steps.indices[start..<end].map { place in
        place >= judged && steps[place].isJudged ? steps[place].kind : nil
      }
      if next.contains(where: { $0 != nil }) {
        windows.append(
          SequenceWindow(tokens: [shape.stepKindCount + entityKind] + known, next: next))
      }
      judged = end
      start += stride
    }
    return windows
  }
}
