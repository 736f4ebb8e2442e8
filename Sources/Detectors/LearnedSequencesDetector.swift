import Challengers
import Columnar
import Events
import Features
import Glibc

/// The same chains of steps that `sequences` looks for, with the surprise of a learned model at
/// each step, after up to 63 before it, in place of that of n-grams of the peer group.
///
/// The score is the mean of the three greatest surprises in bits less log₂ of the number of
/// different steps that were looked at; the evidence is these three.
struct LearnedSequencesDetector: Detector {
  let name = "learned-sequences"
  let specificity = Specificity.technique
  let neededDays = 7
  let corroborates = true
  let eventClasses: [EventClass] = [.flow, .dns, .http, .auth, .vpn, .alert]

  func obstacle(_ inputs: ScoringInputs) -> String? {
    inputs.learned?.sequences == nil ? "no model of sequences yet" : nil
  }

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    for chain in try chains(inputs, settings: settings) where chain.score >= floor {
      guard let lead = chain.surprising.first else { continue }
      try vote(
        RawVote(
          entity: chain.host, window: inputs.window(of: lead.step.firstTime), detector: name,
          score: chain.score, floor: floor, ceiling: ceiling,
          evidence: chain.surprising.map { one in
            let codes = one.step.gram.kinds.map { String($0.code) }.joined(separator: "_")
            return Evidence("learned_step_\(codes)", contribution: one.bits, actual: one.bits)
          }))
    }
  }

  /// A host's day, with its three most surprising steps.
  struct Chain {
    let host: String
    let score: Double
    let surprising: [(step: HostSteps.Step, bits: Double)]
  }

  /// Of all hosts of the day that are known for some days, whatever the floor.
  func chains(_ inputs: ScoringInputs, settings: Settings) throws -> [Chain] {
    guard let learned = inputs.learned, let model = learned.sequences else { return [] }
    let cap = try settings.number("cap")
    let habits = try StepHabits(inputs.state.stepHabits)
    let known = Set(EventClass.allCases.filter { habits.dayCount($0) >= neededDays })
    func isJudged(_ gram: StepGram) -> Bool { known.contains(gram.last.eventClass) }
    var hosts: [(name: String, group: String, steps: [HostSteps.Step])] = []
    try inputs.forEachKnownHost { host, group in
      guard host.steps.contains(where: { isJudged($0.gram) }) else { return }
      hosts.append((host.name, group, host.stepsByTime))
    }
    let surprises = try model.surprises(
      of: hosts.map { .init(group: $0.group, grams: $0.steps.map(\.gram)) },
      threads: learned.threads, judging: isJudged)
    return zip(hosts, surprises).map { host, bits in
      let judged = zip(host.steps.filter { isJudged($0.gram) }, bits)
        .map { (step: $0, bits: min(cap, $1)) }
      let surprising = judged.sorted {
        ($1.bits, $0.step.gram) < ($0.bits, $1.step.gram)
      }.prefix(3)
      return Chain(
        host: host.name,
        score: surprising.reduce(0) { $0 + $1.bits } / 3 - log2(Double(judged.count)),
        surprising: Array(surprising))
    }
  }
}

extension Contest {
  static let sequences: Contest = {
    let challenger = LearnedSequencesDetector()
    return Contest(
      champion: SequencesDetector(), challenger: challenger,
      attack: { day, ranked, draws in
        let chains = try MadeUpChains(day, among: ranked, &draws)
        return AttackedDay(inputs: day.replacing(chains.steps), hosts: chains.hosts)
      },
      challengerScores: { day, settings in
        let chains = try challenger.chains(day, settings: settings)
        return Dictionary(chains.map { ($0.host, $0.score) }, uniquingKeysWith: max)
      })
  }()
}
