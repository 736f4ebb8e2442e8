import Columnar
import Detectors
import Events
import Features
import Foundation
import Learning
import Randomness

/// Hosts of days by how surprising their steps are, to n-grams of their peer group and to a learned
/// model of all groups; and what a chain of steps that is put into a host's day does to both.
struct SequenceComparison {
  private static let seed: UInt64 = 1
  private static let trainingDays = 28
  /// Hosts of a day that get a chain.
  private static let chainCount = 20
  private static let threads = 2

  private let store: Store
  private let first: Int

  init(_ store: Store, first: Int) throws {
    guard first >= 3 else {
      throw StoreError(description: "expected three days before the first, found \(first)")
    }
    self.store = store
    self.first = first
  }

  func run(modelPath: String?) throws {
    let known = try store.inputs(ofDay: first).state.hosts
    let groups = Set(known.values.map(\.group)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0) })
    func sequence(_ grams: [StepGram], _ group: String?) -> StepSequence {
      StepSequence(entityKind: group.flatMap { numbers[$0] } ?? groups.count, grams: grams)
    }
    let model = try model(at: modelPath, groupCount: groups.count) { host in
      known[host.name].map { sequence(host.grams, $0.group) }
    }
    var (scored, taken) = (0, 0.0)
    for day in first - 1..<store.days.count {
      let inputs = try store.inputs(ofDay: day)
      let all = try HostDay.read(store.table(Step.schema, ofDay: day))
      let hosts = all.filter {
        inputs.state.hosts[$0.name] != nil && inputs.activeHours[$0.name] != nil
          && !inputs.isNew($0.name)
      }
      let chained = withChains(hosts, day: day)
      var habits = try StepHabits(inputs.state.stepHabits)
      for host in all {
        if let group = inputs.state.hosts[host.name]?.group {
          habits.groups[group]?.add(host.grams)
        }
      }
      let sequences = (hosts + chained).map {
        sequence($0.grams, inputs.state.hosts[$0.name]?.group)
      }
      var surprises: [[Double]] = []
      taken += try seconds {
        surprises = try model.surprises(of: sequences, threads: SequenceComparison.threads)
      }
      scored += surprises.reduce(0) { $0 + $1.count }
      for (place, host) in (hosts + chained).enumerated() {
        let group = inputs.state.hosts[host.name]?.group ?? ""
        let own = hosts.first { $0.name == host.name }?.grams ?? []
        habits.groups[group]?.remove(own)
        let bits = host.grams.map {
          -log2(habits.groups[group]?.model.probability($0) ?? 1 / Double(StepKind.count))
        }
        habits.groups[group]?.add(own)
        let scores = [bits, surprises[place]].map {
          StepSequence.chainScore(surprises: $0, stepCount: host.grams.count)
        }
        print(
          place < hosts.count ? "hosts" : "chains", store.days[day], host.name, scores[0],
          scores[1], bits.reduce(0, +), surprises[place].reduce(0, +), bits.count,
          separator: "\t")
      }
    }
    printNote("scored_per_processor_second", Double(scored) / max(taken, 1e-9))
  }

  private func model(
    at path: String?, groupCount: Int, sequence: (HostDay) -> StepSequence?
  ) throws -> SequenceModel {
    if let path, FileManager.default.fileExists(atPath: path) {
      return try SequenceModel(path: path)
    }
    let days = max(0, first - SequenceComparison.trainingDays)..<first
    let sequences = try days.map { day in
      try HostDay.read(store.table(Step.schema, ofDay: day)).compactMap(sequence)
    }
    let start = processorSeconds
    let model = try SequenceModel.train(
      on: sequences.dropLast().flatMap(\.self), heldOut: sequences.last ?? [],
      // One kind more for hosts that are of no group yet.
      shape: SequenceModel.Shape(
        stepKindCount: StepKind.count, entityKindCount: groupCount + 1),
      days: (
        "\(store.days[days.lowerBound])", "\(store.days[first - 2])", "\(store.days[first - 1])"
      ),
      SequenceTraining(
        seed: SequenceComparison.seed, threads: SequenceComparison.threads))
    printNotes(model.card, model.parameters, took: processorSeconds - start)
    if let path { try model.write(to: path) }
    return model
  }

  /// Some of the hosts, each with the steps of an attack in the midst of its own.
  private func withChains(_ hosts: [HostDay], day: Int) -> [HostDay] {
    guard !hosts.isEmpty else { return [] }
    var draws = SeededGenerator(seed: SequenceComparison.seed, stream: 1_000 + day)
    return draws.distinct(min(SequenceComparison.chainCount, hosts.count), below: hosts.count)
      .map { place in
        var host = hosts[place]
        host.insert(AttackChain.drawn(&draws), at: draws.below(host.grams.count + 1))
        return host
      }
  }
}

/// What a host did on a day: steps three at a time, in the order in which they first came.
struct HostDay {
  let name: String
  private(set) var grams: [StepGram]

  static func read(_ table: any BatchSource) throws -> [HostDay] {
    struct Timed {
      let gram: StepGram
      let time: Instant
    }
    var (hosts, timed): ([String], [[Timed]]) = ([], [])
    try table.forEachBatch { batch in
      let (name, gram) = (batch[Step.host], batch[Step.gram])
      let time = batch[Step.firstTime]
      for row in 0..<batch.rowCount {
        guard let name = name[row] else { continue }
        if name != hosts.last {
          hosts.append(name)
          timed.append([])
        }
        timed[timed.count - 1].append(
          Timed(gram: StepGram(code: gram.value(row)), time: time.value(row)))
      }
    }
    return zip(hosts, timed).map { name, steps in
      HostDay(
        name: name,
        grams: steps.sorted { ($0.time, $0.gram) < ($1.time, $1.gram) }.map(\.gram))
    }
  }

  /// Puts steps after the gram before a place; those that the host had anyway add nothing.
  mutating func insert(_ chain: [StepKind], at place: Int) {
    let before = place > 0 ? grams[place - 1].kinds : [.pause, .pause, .pause]
    var last = [before[1], before[2]]
    var new: [StepGram] = []
    for kind in chain where kind != last[1] {
      let gram = StepGram(last[0], last[1], kind)
      if !grams.contains(gram), !new.contains(gram) { new.append(gram) }
      last = [last[1], kind]
    }
    grams.insert(contentsOf: new, at: place)
  }
}

extension StepSequence {
  /// Grams one after the other; where one doesn't go on from the last, its first two steps tell
  /// what came before it, after a pause.
  init(entityKind: Int, grams: [StepGram]) {
    var steps: [Step] = []
    var before: [StepKind] = []
    for gram in grams {
      let kinds = gram.kinds
      if Array(kinds.prefix(2)) != before {
        if kinds[0] != .pause { steps.append(Step(kind: 0, isJudged: false)) }
        steps += kinds.prefix(2).map { Step(kind: Int($0.code), isJudged: false) }
      }
      steps.append(Step(kind: Int(kinds[2].code), isJudged: true))
      before = Array(kinds.suffix(2))
    }
    self.init(entityKind: entityKind, steps: steps)
  }
}

/// Steps of an attack from one host: a foothold, a look round, a step to another machine, and what
/// follows.
enum AttackChain {
  static func drawn(_ draws: inout SeededGenerator) -> [StepKind] {
    let ways: [[StepKind?]] = [
      [
        .conversation(.toOutside, .other, isFailed: false), .nameMissing,
        .conversation(.toOutside, .web, isFailed: false),
      ],
      [
        .conversation(.toInside, .administration, isFailed: true),
        .conversation(.toInside, .wellKnown, isFailed: true),
        .conversation(.toInside, .other, isFailed: true),
      ],
      [.conversation(.toInside, .administration, isFailed: false)],
      [
        .conversation(.toOutside, .other, isFailed: false),
        .conversation(.toOutside, .administration, isFailed: false),
        .conversation(.toInside, .wellKnown, isFailed: false),
      ],
    ]
    return ways.compactMap { $0[draws.below($0.count)] }
  }
}
