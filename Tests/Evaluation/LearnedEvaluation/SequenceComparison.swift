import Challengers
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
    let groups = GroupNumbers(Set(known.values.map(\.group)).sorted())
    func sequence(_ grams: [StepGram], _ group: String?) -> StepSequence {
      StepSequence(entityKind: group.map { groups[$0] } ?? groups.count - 1, grams: grams)
    }
    let model = try model(at: modelPath, groupCount: groups.count) { host in
      known[host.name].map { sequence(host.grams, $0.group) }
    }
    var (scored, taken) = (0, 0.0)
    for day in first - 1..<store.days.count {
      let inputs = try store.inputs(ofDay: day)
      let all = try HostGrams.read(store.table(Step.schema, ofDay: day))
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
    at path: String?, groupCount: Int, sequence: (HostGrams) -> StepSequence?
  ) throws -> SequenceModel {
    if let path, FileManager.default.fileExists(atPath: path) {
      return try SequenceModel(path: path)
    }
    let days = max(0, first - SequenceComparison.trainingDays)..<first
    let sequences = try days.map { day in
      try HostGrams.read(store.table(Step.schema, ofDay: day)).compactMap(sequence)
    }
    let start = processorSeconds
    let model = try SequenceModel.train(
      on: sequences.dropLast().flatMap(\.self), heldOut: sequences.last ?? [],
      shape: SequenceModel.Shape(
        stepKindCount: StepKind.count, entityKindCount: groupCount),
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
  private func withChains(_ hosts: [HostGrams], day: Int) -> [HostGrams] {
    guard !hosts.isEmpty else { return [] }
    var draws = SeededGenerator(seed: SequenceComparison.seed, stream: 1_000 + day)
    return draws.distinct(min(SequenceComparison.chainCount, hosts.count), below: hosts.count)
      .map { place in
        var host = hosts[place]
        let chain = AttackChain.drawn(&draws)
        let place = draws.below(host.grams.count + 1)
        let before = place > 0 ? host.grams[place - 1] : nil
        host.grams.insert(contentsOf: chain.grams(after: before, besides: host.grams), at: place)
        return host
      }
  }
}
