import Randomness

/// A detector and another that would do its work: only one of them weighs on a day. A new one is
/// made in the file of its challenger, and named in `contests`.
package struct Contest: Sendable {
  package let champion: any Detector
  package let challenger: any Detector
  /// Puts what both are to find into a copy of a day, on hosts that are ranked.
  let attack:
    @Sendable (_ day: ScoringInputs, _ ranked: Set<String>, inout SeededGenerator) throws
      -> AttackedDay
  /// What the challenger makes of hosts, without what explains a vote, which takes longer.
  let challengerScores: @Sendable (_ day: ScoringInputs, Settings) throws -> [String: Double]
}

/// A copy of a day with attacks.
struct AttackedDay {
  let inputs: ScoringInputs
  /// Those that the attacks were put on.
  let hosts: Set<String>
}
