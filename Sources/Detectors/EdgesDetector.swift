import Columnar
import Events
import Features

/// Internal hosts that reach others which neither they nor their peers are used to reach: movement
/// from machine to machine.
///
/// The score is that of the strangest new edge, s(e) + ½ max s of the strange edges into its
/// originator in the 24 hours before, and the surprise at how many new edges there are. Edges that
/// were never answered don't count: they are the scan detector's.
struct EdgesDetector: Detector {
  let name = "edges"
  let specificity = Specificity.technique
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let limits = try Movement.Limits(settings)
    let candidates = try EdgeCandidates(
      inputs, otherWeight: try settings.number("other_weight"))
    for movement in Movement.all(candidates, inputs, limits) where movement.score >= limits.floor {
      var evidence =
        [
          Evidence(
            "such_edges_share", contribution: movement.edge.surprise, actual: movement.edge.share)
        ] + movement.evidence
      evidence.sort { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
      try vote(movement.vote(of: name, inputs, limits, evidence: evidence))
    }
  }
}
