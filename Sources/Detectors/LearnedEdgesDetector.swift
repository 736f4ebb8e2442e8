import Challengers
import Columnar
import Events
import Features

/// The same movement from machine to machine that `edges` looks for, with the surprise of a learned
/// model at each new edge in place of that of walks and habits.
///
/// What the edge's surprise rests on is told by leaving out, by turns, whom its originator is used
/// to reach, by whom its responder is used to be reached, and who signs in to or from either: a
/// contribution is by how many bits the edge would surprise less.
struct LearnedEdgesDetector: Detector {
  let name = "learned-edges"
  let specificity = Specificity.technique
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]

  func obstacle(_ inputs: ScoringInputs) -> String? {
    inputs.learned?.edges == nil ? "no model of edges yet" : nil
  }

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    guard let model = inputs.learned?.edges else { return }
    let limits = try Movement.Limits(settings)
    for movement in try movements(inputs, settings: settings) where movement.score >= limits.floor {
      try vote(movement.vote(of: name, inputs, limits, evidence: evidence(of: movement, model)))
    }
  }

  /// Of all hosts with a new edge, whatever the floor.
  func movements(_ inputs: ScoringInputs, settings: Settings) throws -> [Movement] {
    guard let model = inputs.learned?.edges else { return [] }
    let candidates = try EdgeCandidates(
      inputs, otherWeight: try settings.number("other_weight"), learned: model)
    return try Movement.all(candidates, inputs, Movement.Limits(settings))
  }

  private func evidence(of movement: Movement, _ model: EdgeChallenger) -> [Evidence] {
    let pair = EdgeChallenger.Pair(
      originator: movement.host, responder: movement.responder, service: movement.target.service)
    let bits = model.surprises([pair])[0]
    let lead = Evidence("learned_edge", contribution: movement.edge.surprise, actual: bits)
    let drivers = model.drivers(of: pair).filter { $0.bitsWithout < bits }.map { driver in
      Evidence(
        driver.feature, contribution: bits - driver.bitsWithout, actual: driver.bitsWithout)
    }
    // One driver at least, where there is one.
    let parts = movement.evidence.sorted { $1.contribution < $0.contribution }
      .prefix(drivers.isEmpty ? 2 : 1)
    // What leads tells days on which many hosts have the same, so that no name may.
    return [lead]
      + (parts + drivers).prefix(2)
      .sorted { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
  }
}

extension EdgeChallenger.Driver {
  /// What `MeasureText` has words for.
  var feature: String {
    switch part {
    case .reached: "learned_reaches_\(name)"
    case .reaching: "learned_reached_by_\(name)"
    case .userOfOriginator: "learned_used_by_\(name)"
    case .userOfResponder: "learned_peer_used_by_\(name)"
    }
  }
}

extension Contest {
  static let edges: Contest = {
    let challenger = LearnedEdgesDetector()
    return Contest(
      champion: EdgesDetector(), challenger: challenger,
      attack: { day, ranked, draws in
        let movement = try MadeUpMovement(day, among: ranked, &draws)
        return AttackedDay(inputs: day.replacing(movement.edges), hosts: movement.hosts)
      },
      challengerScores: { day, settings in
        let movements = try challenger.movements(day, settings: settings)
        return Dictionary(movements.map { ($0.host, $0.score) }, uniquingKeysWith: max)
      })
  }()
}
