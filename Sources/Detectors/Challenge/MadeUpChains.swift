import Challengers
import Columnar
import Events
import Features
import Randomness

/// Chains of steps that are put into a copy of a day's steps, each in the midst of what a host did.
struct MadeUpChains {
  /// `steps.arrow` with them.
  let steps: Table
  /// Those that took a step more than on the day.
  let hosts: Set<String>

  /// Of so many hosts one gets a chain.
  private static let hostsOfChain = 10

  /// - Parameter ranked: hosts that they may be found on.
  init(
    _ inputs: ScoringInputs, among ranked: Set<String>, _ draws: inout SeededGenerator
  ) throws {
    var days: [(name: String, steps: [HostSteps.Step])] = []
    try inputs.forEachKnownHost { host, _ in
      if ranked.contains(host.name) { days.append((host.name, host.stepsByTime)) }
    }
    let wanted = days.isEmpty ? 0 : max(1, days.count / MadeUpChains.hostsOfChain)
    var added: [String: [HostSteps.Step]] = [:]
    for place in draws.distinct(wanted, below: days.count).sorted() {
      let (name, own) = days[place]
      let after = draws.below(own.count)
      let new = AttackChain.drawn(&draws).grams(after: own[after].gram, besides: own.map(\.gram))
      guard !new.isEmpty else { continue }
      // What a host did is in slices of seconds: so they come between two of them.
      added[name] = new.enumerated().map { number, gram in
        HostSteps.Step(
          gram: gram,
          firstTime: own[after].firstTime.advanced(byMicroseconds: Int64(number) + 1))
      }
    }
    hosts = Set(added.keys)
    steps = try MadeUpChains.table(inputs.tables.steps, with: added)
  }

  /// The rows of one host stay together.
  private static func table(
    _ source: any BatchSource, with added: [String: [HostSteps.Step]]
  ) throws -> Table {
    let sink = TableSink()
    let copy = RowWriter(Step.schema, to: sink)
    func append(_ host: String, _ gram: UInt32, _ count: UInt32, _ time: Instant) throws {
      copy.table.column(Step.host).append(host)
      copy.table.column(Step.gram).append(gram)
      copy.table.column(Step.count).append(count)
      copy.table.column(Step.firstTime).append(time)
      try copy.endRow()
    }
    var last: String?
    func end() throws {
      guard let last else { return }
      for step in added[last] ?? [] { try append(last, step.gram.code, 1, step.firstTime) }
    }
    try source.forEachBatch { batch in
      let (hosts, grams) = (batch[Step.host], batch[Step.gram])
      let (counts, times) = (batch[Step.count], batch[Step.firstTime])
      for row in 0..<batch.rowCount {
        guard let host = hosts[row] else { continue }
        if host != last {
          try end()
          last = host
        }
        try append(host, grams.value(row), counts.value(row), times.value(row))
      }
    }
    try end()
    try copy.finish()
    return Table(schema: Step.schema, batches: sink.batches)
  }
}

/// Steps of an attack from one host: a foothold, a look round, a step to another machine, and what
/// follows.
package struct AttackChain {
  private let kinds: [StepKind]

  package static func drawn(_ draws: inout SeededGenerator) -> AttackChain {
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
    return AttackChain(kinds: ways.compactMap { $0[draws.below($0.count)] })
  }

  /// The steps after a gram, three at a time; those that the host had anyway add nothing.
  /// - Parameter gram: nil at the beginning of a day.
  package func grams(after gram: StepGram?, besides own: [StepGram]) -> [StepGram] {
    let before = gram?.kinds ?? [.pause, .pause, .pause]
    var last = [before[1], before[2]]
    var seen = Set(own)
    var new: [StepGram] = []
    for kind in kinds where kind != last[1] {
      let gram = StepGram(last[0], last[1], kind)
      if seen.insert(gram).inserted { new.append(gram) }
      last = [last[1], kind]
    }
    return new
  }
}
