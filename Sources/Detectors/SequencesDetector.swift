import Challengers
import Columnar
import Events
import Features
import Glibc

/// Hosts that do, or suffer, things in an order that hosts of their kind hardly ever do: the steps
/// of an attack, each of which may be usual by itself. Simple n-grams do as well at this as learned
/// sequences (Landauer, Skopik, Wurzenberger 2024, doi:10.1145/3660768).
///
/// The score is the mean of the three greatest surprises −log₂ p(step | the two before it) in bits,
/// less log₂ of the number of different steps that were looked at, so that busy hosts do not have
/// one by chance. p is learned from days of hosts of the peer group, those of other hosts on the
/// day itself included: what many do at once is no attack on one of them. It corroborates only: as
/// a detector of its own it asks for more than it finds.
struct SequencesDetector: Detector {
  let name = "sequences"
  let specificity = Specificity.technique
  let neededDays = 7
  let corroborates = true
  let eventClasses: [EventClass] = [.flow, .dns, .http, .auth, .vpn, .alert]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let cap = try settings.number("cap")
    let leastHostDays = try settings.number("least_host_days")
    var habits = try StepHabits(inputs.state.stepHabits)
    try inputs.forEachKnownHost { host, group in
      habits.groups[group]?.add(host.steps.map(\.gram))
    }
    let known = Set(EventClass.allCases.filter { habits.dayCount($0) >= neededDays })
    try inputs.forEachKnownHost { host, group in
      let steps = host.steps.filter { known.contains($0.gram.last.eventClass) }
      // Taken out, so that it is changed in place.
      guard !steps.isEmpty, var others = habits.groups.removeValue(forKey: group) else {
        return
      }
      let grams = host.steps.map(\.gram)
      others.remove(grams)
      defer {
        others.add(grams)
        habits.groups[group] = others
      }
      guard Double(others.hostDays) >= leastHostDays else { return }
      let surprises = steps.map {
        SurprisingStep($0, bits: min(cap, -log2(others.model.probability($0.gram))))
      }.sorted { ($1.bits, $0.step.gram) < ($0.bits, $1.step.gram) }
      let score =
        surprises.prefix(3).reduce(0) { $0 + $1.bits } / 3 - log2(Double(steps.count))
      guard score >= floor, let lead = surprises.first else { return }
      try vote(
        RawVote(
          entity: host.name, window: inputs.window(of: lead.step.firstTime), detector: name,
          score: score, floor: floor, ceiling: ceiling,
          evidence: evidence(surprises.prefix(3), others)))
    }
  }

  /// The two most surprising steps, and what they were compared with.
  private func evidence(
    _ surprises: ArraySlice<SurprisingStep>, _ others: StepHabits.Group
  ) -> [Evidence] {
    var evidence: [Evidence] = []
    for surprise in surprises {
      let one = surprise.evidence(others.model)
      if evidence.count < 2, !evidence.contains(where: { $0.feature == one.feature }) {
        evidence.append(one)
      }
    }
    return evidence + [
      Evidence("peer_days", contribution: 0, actual: Double(others.hostDays))
    ]
  }
}

/// A step, and how unlikely it was after the two before it.
private struct SurprisingStep {
  let step: HostSteps.Step
  let bits: Double

  init(_ step: HostSteps.Step, bits: Double) {
    self.step = step
    self.bits = bits
  }

  /// The fewest steps in a row, up to this one, that no peer ever had; all three where some had.
  func evidence(_ model: StepModel) -> Evidence {
    let length = (1...3).first { model.hostDays(step.gram, stepCount: $0) == 0 } ?? 3
    let codes = step.gram.kinds.suffix(length).map { String($0.code) }.joined(separator: "_")
    return Evidence(
      "step_" + codes, contribution: bits,
      actual: Double(model.hostDays(step.gram, stepCount: length)))
  }
}
