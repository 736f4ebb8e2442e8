import Columnar
import Events
import Features
import Forest
import Glibc

/// Host-hours that an isolation forest finds easy to tell from the hours of the days before, and
/// hours with more strange conversations than there should be.
///
/// The score is in bits: −log2 of the share of training rows of the host's class that are at least
/// as strange, plus the surprise of so many of the hour's conversations beyond the 99th percentile
/// of theirs.
struct ForestDetector: Detector {
  let name = "forest"
  let specificity = Specificity.deviation
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]
  let misledBy: Set<SourceFault.Kind> = [.silent, .repeated, .bytes, .keys, .clock]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    guard let models = inputs.models else { return }
    let limits = Limits(
      floor: try settings.number("floor"), ceiling: try settings.number("ceiling"),
      flowShape: try settings.number("flow_shape"), flowCap: try settings.number("flow_cap"))
    let strange = try StrangeFlows(models, inputs: inputs)
    let hosts = try models.hostHours.map { try IsolatedHours(models, forest: $0) }
    var row = 0
    try inputs.state.forEachHost(inputs.tables.hostHours, on: inputs.day) { host in
      defer { row += host.day.hours.count }
      guard !inputs.isNew(host.day.host.text), host.day.host.text != HostHour.internet else {
        return
      }
      for (index, start) in host.day.hours.enumerated() {
        guard let window = inputs.clock.window(of: start) else { continue }
        let isolated = hosts.map { $0.bits[row + index] } ?? 0
        let flows = strange.surprise(host.day.host.text, window: window, shape: limits.flowShape)
        let score = isolated + min(flows.bits, limits.flowCap)
        guard score >= limits.floor else { continue }
        var evidence = [
          Evidence(
            "strange_conversations", contribution: min(flows.bits, limits.flowCap),
            actual: Double(flows.count), typical: flows.expected)
        ]
        if let hosts {
          evidence += hosts.evidence(
            row: row + index, host: host, hour: index, inputs: inputs, bits: isolated)
        }
        evidence.sort { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
        try vote(
          RawVote(
            entity: host.day.host.text, window: inputs.clock.windows[window], detector: name,
            score: score, floor: limits.floor, ceiling: limits.ceiling,
            cause: inputs.instigators.instigator(of: host.day.host.text, evidence),
            evidence: Array(evidence.prefix(3).filter { $0.contribution > 0 })))
      }
    }
  }

  private struct Limits {
    let floor, ceiling, flowShape, flowCap: Double
  }
}

/// How many conversations of each host and hour are stranger than 99 of 100 of their class.
private struct StrangeFlows {
  private static let share = 0.01
  private let windowCount: Int
  /// Places of hosts; the windows of each follow one another in `counts`.
  private var places: [String: Int] = [:]
  private var counts: [(all: UInt32, strange: UInt32)] = []

  init(_ models: ForestModels, inputs: ScoringInputs) throws {
    windowCount = inputs.clock.windows.count
    guard let model = models.flows, let conversations = models.conversations else { return }
    let flows = try FlowFeatures(
      conversations, tables: inputs.tables, calendar: inputs.calendar, networks: models.networks,
      state: inputs.state)
    // By the code of a class; no conversation of a class without training rows is strange.
    let limits = (0...UInt8.max).map {
      model.tails[$0].map { $0.greatestScore(above: StrangeFlows.share) }
    }
    for index in 0..<flows.batchCount {
      let rows = try flows.rows(index)
      guard !rows.hosts.isEmpty else { continue }
      let scores = try model.forest.scores(
        FeatureMatrix(names: FlowFeature.names, columns: rows.columns), threads: models.threads)
      let classes = flows.classes
      counts += Array(repeating: (0, 0), count: classes.count * windowCount - counts.count)
      for row in rows.hosts.indices {
        let host = Int(rows.hosts[row])
        guard let limit = limits[Int(classes[host])] else { continue }
        let place = host * windowCount + Int(rows.windows[row])
        counts[place].all += 1
        if scores[row] > limit { counts[place].strange += 1 }
      }
    }
    for (place, host) in flows.hosts.enumerated() { places[host] = place }
  }

  /// The surprise of as many strange conversations as there are, in bits.
  func surprise(
    _ host: String, window: Int, shape: Double
  ) -> (bits: Double, count: Int, expected: Double) {
    guard let place = places[host] else { return (0, 0, 0) }
    let hour = counts[place * windowCount + window]
    let expected = Double(hour.all) * StrangeFlows.share
    // One of a hundred is strange on any host at some hour.
    guard hour.strange > 1 else { return (0, Int(hour.strange), expected) }
    let bits = NegativeBinomial.surprise(Double(hour.strange), mean: expected, shape: shape)
    return (bits, Int(hour.strange), expected)
  }
}
