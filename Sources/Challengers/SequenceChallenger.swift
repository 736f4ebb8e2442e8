import Columnar
import Events
import Learning

/// A model of sequences of steps and the peer groups that it knows.
package struct SequenceChallenger: Sendable {
  private let model: SequenceModel
  private let groups: GroupNumbers

  /// - Parameter groups: as `learned_groups.arrow` of the model.
  /// - Throws: `ChallengerError` where these are not the model's.
  package init(model: SequenceModel, groups: GroupNumbers) throws {
    guard groups.count == model.shape.entityKindCount else {
      throw ChallengerError(
        what: "peer groups", expected: "\(model.shape.entityKindCount - 1)",
        found: "\(groups.count - 1)")
    }
    guard model.shape.stepKindCount == StepKind.count else {
      throw ChallengerError(
        what: "kinds of steps", expected: "\(StepKind.count)",
        found: "\(model.shape.stepKindCount)")
    }
    self.model = model
    self.groups = groups
  }

  /// A host's day, as it is told to the model.
  package struct Day {
    package let group: String
    package let grams: [StepGram]

    package init(group: String, grams: [StepGram]) {
      self.group = group
      self.grams = grams
    }
  }

  /// −log₂ of how likely the model held the last step of each judged gram of each day, in their
  /// order.
  package func surprises(
    of days: [Day], threads: Int, judging isJudged: (StepGram) -> Bool
  ) throws -> [[Double]] {
    try model.surprises(
      of: days.map {
        StepSequence(entityKind: groups[$0.group], grams: $0.grams, isJudged: isJudged)
      }, threads: threads)
  }
}
